"""An attribution drawn over the picture."""

import numpy as np
import pytest
from PIL import Image

from studio.errors import SettingError
from studio.image.picture import Picture
from studio.insight.attribution import METHODS, explain
from studio.insight.attribution_figure import check_ending, write_attribution
from studio.insight.overlay import laid_over, scale_end, seen_by_network, tinted
from studio.nets.model import load_model
from studio.nets.preprocess import Preprocessing


def test_what_the_network_sees_is_the_picture_without_normalisation():
    pixels = np.random.default_rng(2).integers(0, 256, (9, 7, 3), np.uint8)
    preprocessing = Preprocessing(size=(9, 7), mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.1))
    seen = seen_by_network(preprocessing, preprocessing.apply(Picture(pixels)))
    np.testing.assert_array_equal(seen, pixels)


def test_what_the_network_sees_in_grey():
    pixels = np.arange(42, dtype=np.uint8).reshape(6, 7, 1)
    preprocessing = Preprocessing(size=(6, 7), channels=1, mean=(0.1,), std=(0.3,))
    seen = seen_by_network(preprocessing, preprocessing.apply(Picture(pixels)))
    np.testing.assert_array_equal(seen, np.repeat(pixels, 3, axis=2))


def test_colours_say_the_sign_and_alpha_the_strength():
    values = np.array([[-4, -1, 0, 1, 4, 9]], np.float32)
    tint = tinted(values, True, 4.0, 0.8)[0].astype(int)
    assert tint[:, 3].tolist() == [204, 102, 0, 102, 204, 204]
    red_minus_blue = tint[:, 0] - tint[:, 2]
    assert (np.sign(red_minus_blue) == [-1, -1, 0, 1, 1, 1]).all()
    strength = tinted(np.array([[0, 1, 4]], np.float32), False, 4.0)[0]
    assert strength[:, 3].tolist() == [0, 128, 255]
    assert np.diff(strength[:, :3].astype(int).sum(axis=1)).min() > 0


def test_the_picture_shows_through_in_grey():
    picture = np.full((1, 2, 3), (200, 100, 50), np.uint8)
    tint = np.array([[[10, 20, 30, 0], [10, 20, 30, 255]]], np.uint8)
    first, second = laid_over(picture, tint)[0].tolist()
    assert len(set(first)) == 1
    assert first[0] == pytest.approx(0.299 * 200 + 0.587 * 100 + 0.114 * 50, abs=1)
    assert second == [10, 20, 30]


def test_the_scale_leaves_out_the_strongest_few():
    values = np.ones((40, 40), np.float32)
    values[0, 0] = -100
    assert scale_end(values) == 1
    assert scale_end(np.zeros((3, 3), np.float32)) == 1
    lonely = np.zeros((100, 100), np.float32)
    lonely[5, 5] = -7
    assert scale_end(lonely) == 7


@pytest.fixture(scope="module")
def explained():
    model = load_model("lenet5-mnist")
    values = np.random.default_rng(0).standard_normal((1, 28, 28)).astype(np.float32)
    seen = seen_by_network(model.card.preprocessing, values)
    results = {}
    for kind in ("saliency", "integrated_gradients", "grad_cam"):
        *_, results[kind] = explain(model, values, 2, METHODS[kind]())
    return results, seen


@pytest.mark.parametrize("kind", ["saliency", "integrated_gradients", "grad_cam"])
def test_figures_and_numbers(kind, explained, tmp_path):
    results, seen = explained
    for ending in (".png", ".pdf", ".npy"):
        write_attribution(results[kind], seen, tmp_path / f"why{ending}")
    with Image.open(tmp_path / "why.png") as image:
        assert image.width > image.height > 600
        assert len(np.unique(np.asarray(image).reshape(-1, 4), axis=0)) > 100
    assert (tmp_path / "why.pdf").read_bytes().startswith(b"%PDF")
    np.testing.assert_array_equal(np.load(tmp_path / "why.npy"), results[kind].values)


def test_the_same_attribution_gives_the_same_file(explained, tmp_path):
    results, seen = explained
    for name in ("one.pdf", "two.pdf"):
        write_attribution(results["saliency"], seen, tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize("name", ["why.gif", "why", ".png2"])
def test_other_endings(name):
    with pytest.raises(SettingError, match=r"can't be written into.*\.png or \.pdf.*\.npy"):
        check_ending(name)
