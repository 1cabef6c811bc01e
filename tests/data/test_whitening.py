"""ZCA whitening against its closed form."""

import numpy as np
import pytest

from studio.data.statistics import channel_statistics
from studio.data.whitening import PATCH_EPSILON, patch_kernels, zca
from studio.errors import DataError
from studio.nets.preprocess import Preprocessing


@pytest.fixture
def pictures():
    """Smooth ones, whose neighbouring pixels are alike."""
    rng = np.random.default_rng(0)
    rough = rng.integers(0, 256, (400, 5, 5, 3))
    smooth = rough[:, :-1, :-1] + rough[:, 1:, :-1] + rough[:, :-1, 1:] + rough[:, 1:, 1:]
    return (smooth // 4).astype(np.uint8)


def normalised(pictures):
    mean, std = channel_statistics(pictures)
    recipe = Preprocessing(size=pictures.shape[1:3], mean=mean, std=std)
    return recipe, recipe.batch_from_bytes(pictures).reshape(len(pictures), -1).astype(np.float64)


def test_whitened_values_have_the_identity_as_covariance(pictures):
    recipe, values = normalised(pictures)
    assert np.abs(np.cov(values.T, bias=True) - np.eye(48)).max() > 0.3
    mean, matrix = zca(pictures, recipe, epsilon=1e-9)
    assert mean.dtype == matrix.dtype == np.float32
    whitened = (values - mean) @ matrix.T
    assert np.allclose(whitened.mean(axis=0), 0, atol=1e-4)
    assert np.allclose(np.cov(whitened.T, bias=True), np.eye(48), atol=2e-3)


def test_it_is_the_symmetric_root_of_the_inverse(pictures):
    recipe, values = normalised(pictures)
    _, matrix = zca(pictures, recipe, epsilon=0.25)
    covariance = np.cov(values.T, bias=True)
    assert np.allclose(matrix, matrix.T, atol=1e-5)
    expected = np.linalg.inv(covariance + 0.25 * np.eye(48))
    assert np.allclose(matrix @ matrix, expected, atol=1e-3)


def test_pieces_give_the_same(pictures, monkeypatch):
    recipe, _ = normalised(pictures)
    whole = zca(pictures, recipe)
    monkeypatch.setattr("studio.data.whitening._PIECE", 37)
    for one, other in zip(whole, zca(pictures, recipe), strict=True):
        assert np.allclose(one, other, atol=1e-4)


def test_too_large_and_too_few_are_refused():
    large = Preprocessing(size=(33, 32))
    with pytest.raises(DataError, match="3,168 values are too large to be whitened"):
        zca(np.zeros((1, 33, 32, 3), np.uint8), large)
    with pytest.raises(DataError, match="no pictures"):
        zca(np.zeros((0, 32, 32, 3), np.uint8), Preprocessing())


def patches_of(pictures, recipe, side):
    values = recipe.batch_from_bytes(pictures).astype(np.float64)
    height, width = values.shape[2] - side + 1, values.shape[3] - side + 1
    places = [(row, column) for row in range(height) for column in range(width)]
    cut = [values[:, :, row : row + side, column : column + side] for row, column in places]
    return np.concatenate(cut).reshape(len(places) * len(values), -1)


def test_answers_to_patches_have_no_correlations_and_come_with_both_signs(pictures):
    recipe, _ = normalised(pictures)
    kernels = patch_kernels(pictures, recipe, 2, 24)
    assert kernels.shape == (24, 3, 2, 2)
    assert kernels.dtype == np.float32
    np.testing.assert_array_equal(kernels[12:], -kernels[:12])
    patches = patches_of(pictures, recipe, 2)
    own = kernels[:12].reshape(12, -1).astype(np.float64)
    variances = np.linalg.eigvalsh(np.cov(patches.T, bias=True))[::-1]
    expected = np.diag(variances / (np.sqrt(variances + PATCH_EPSILON) ** 2))
    assert np.allclose(np.cov((patches @ own.T).T, bias=True), expected, atol=1e-3)
    lengths = np.linalg.norm(own, axis=1)
    assert (np.diff(lengths) > 0).all()  # the strongest direction has the shortest kernel


def test_of_fewer_kernels_the_strongest_are_kept(pictures):
    recipe, _ = normalised(pictures)
    most = patch_kernels(pictures, recipe, 2, 100)
    assert len(most) == 24
    few = patch_kernels(pictures, recipe, 2, 5)
    np.testing.assert_array_equal(few, np.concatenate([most[:3], most[12:14]]))
    with pytest.raises(DataError, match="no pictures"):
        patch_kernels(pictures[:0], recipe, 2, 5)
