"""A learned kernel does to a picture, as a filter, what it does in its layer."""

import numpy as np
import pytest
import torch

from studio.errors import SettingError
from studio.filters.chain import Chain, Step
from studio.insight.kernel_filter import as_filter, kernel_slice
from studio.insight.kernels import learned_kernels
from studio.nets.layer import Window
from studio.nets.untrained import untrained
from studio.nets.zoo import network

RNG = np.random.default_rng(5)


def filtered(filter, pixels):
    result = Chain(steps=(Step(filter=filter),)).run(pixels[..., None])
    return result[..., 0] / filter.scale


@pytest.mark.parametrize(
    ("size", "padding", "dilation"),
    [
        ((3, 3), 1, 1),
        ((5, 5), 2, 1),
        ((3, 3), 2, 2),
        ((4, 4), 1, 1),
        ((4, 4), 2, 1),
        ((1, 1), 0, 1),
    ],
)
def test_the_filter_gives_what_torch_does(size, padding, dilation):
    weights = RNG.normal(0, 1, size).astype(np.float32)
    pixels = RNG.random((20, 22), np.float32)
    window = Window(size, (1, 1), (padding,) * 2, (dilation,) * 2)
    result = filtered(as_filter(weights, window), pixels)
    expected = torch.nn.functional.conv2d(
        torch.from_numpy(pixels)[None, None],
        torch.from_numpy(weights)[None, None],
        padding=padding,
        dilation=dilation,
    )[0, 0].numpy()
    rows, columns = expected.shape  # an even kernel with padding gives one row more or less
    shared = slice(0, min(rows, 20)), slice(0, min(columns, 22))
    np.testing.assert_allclose(result[shared], expected[shared], atol=1e-5)


def test_weights_are_exact_and_results_stay_in_range():
    weights = RNG.normal(0, 9, (3, 3)).astype(np.float32)
    made = as_filter(weights)
    np.testing.assert_array_equal(np.array(made.kernel), weights.astype(np.float64))
    assert np.abs(made.kernel_used).sum() == pytest.approx(1)
    assert made.result == "float"
    result = Chain(steps=(Step(filter=made),)).run(
        RNG.integers(0, 256, (9, 9, 1), np.uint8, endpoint=False)
    )
    assert np.abs(result).max() <= 255


def test_a_dead_kernel_is_a_filter_too():
    assert as_filter(np.zeros((3, 3))).scale == 1


def test_a_slice_and_the_mean_of_all():
    model = untrained(network("convnet"))
    kernels = learned_kernels(model.card.network.table(), model.weights, "conv1")
    weights = model.weights["conv1.weight"][7].astype(np.float64)
    np.testing.assert_array_equal(kernel_slice(kernels, 7, 2), weights[2])
    np.testing.assert_allclose(kernel_slice(kernels, 7, "mean"), weights.mean(axis=0))


def test_kernels_that_no_filter_holds():
    with pytest.raises(SettingError, match="64 × 64"):
        as_filter(np.ones((64, 64)))
    with pytest.raises(SettingError, match="dilated by 1 × 2"):
        as_filter(np.ones((3, 3)), Window((3, 3), dilation=(1, 2)))
