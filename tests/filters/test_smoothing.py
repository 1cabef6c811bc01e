import cv2
import numpy as np
import pytest

from studio.filters.arithmetic import explain, why_none
from studio.filters.cutting import Box
from studio.filters.evaluation import Evaluation
from studio.filters.smoothing import Bilateral, NonLocalMeans

PAD = {"mirror": "reflect", "reflect": "symmetric", "replicate": "edge", "wrap": "wrap"}
WHITE = {"uint8": 255, "uint16": 65535, "float32": 1}


def soft(shape, dtype, seed=0):
    """Noise that is smooth enough for neighbours to resemble each other."""
    values = np.random.default_rng(seed).random((*shape[:2], 3)).astype(np.float32)
    values = cv2.GaussianBlur(values, (0, 0), 1)[..., : shape[2]]
    values = (values - values.min()) / (values.max() - values.min())
    return (values * WHITE[dtype]).astype(dtype)


def around(pixels, far, border):
    sides = [(far, far), (far, far), (0, 0)]
    if border in PAD:
        return np.pad(pixels.astype(float), sides, PAD[border])
    return np.pad(pixels.astype(float), sides)


def bilateral(pixels, radius, colour, space, border):
    """The formula, neighbour by neighbour."""
    height, width, _ = pixels.shape
    padded = around(pixels, radius, border)
    total, weights = 0.0, 0.0
    for y in range(-radius, radius + 1):
        for x in range(-radius, radius + 1):
            if y * y + x * x > radius**2:
                continue
            other = padded[radius + y :, radius + x :][:height, :width]
            differs = np.abs(other - pixels).sum(axis=2, keepdims=True)
            weight = np.exp(-(differs**2) / (2 * colour**2) - (x * x + y * y) / (2 * space**2))
            total, weights = total + weight * other, weights + weight
    return total / weights


def non_local_means(pixels, strength, patch, search, border, squared):
    """The formula, patch by patch."""
    height, width, _ = pixels.shape
    far = patch + search
    padded = around(pixels, far, border)

    def part(y, x):
        return padded[far + y :, far + x :][:height, :width]

    total, weights = 0.0, 0.0
    steps = range(-patch, patch + 1)
    for y in range(-search, search + 1):
        for x in range(-search, search + 1):
            differ = [part(i, j) - part(y + i, x + j) for i in steps for j in steps]
            if squared:
                apart = np.mean(np.square(differ), axis=(0, 3))
            else:
                apart = np.mean(np.abs(differ), axis=(0, 3)) ** 2
            weight = np.exp(-apart / strength**2)[..., None]
            total, weights = total + weight * part(y, x), weights + weight
    return total / weights


@pytest.mark.parametrize("border", [*PAD, "zero"])
@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 6, 3), (17, 23, 1), (17, 23, 3)])
def test_bilateral_is_its_formula(border, dtype, shape):
    pixels = soft((17, 23, 3), dtype)[: shape[0], : shape[1], : shape[2]]
    white = WHITE[dtype]
    filtering = Bilateral(radius=3, sigma_space=2.5, sigma_colour=0.12, border=border)
    exact = bilateral(pixels.astype(float), 3, 0.12 * white, 2.5, border)
    out = filtering.apply(pixels)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, exact, atol={"uint8": 0.501, "uint16": 0.6}.get(dtype, 2e-6))


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_bilateral_is_opencvs(dtype):
    pixels = soft((60, 150, 3), dtype)
    ours = Bilateral(radius=4, sigma_space=3, sigma_colour=0.2).apply(pixels)
    theirs = cv2.bilateralFilter(pixels, 9, 0.2 * WHITE[dtype], 3, borderType=cv2.BORDER_REFLECT101)
    off = np.abs(ours.astype(float) - theirs)
    assert off.max() <= (1 if dtype == "uint8" else 1e-6)
    assert np.count_nonzero(off > 0.5) <= 2  # rounded the other way


def test_bilateral_spares_an_edge_that_a_gaussian_smears():
    step = np.zeros((20, 20, 1), np.uint8)
    step[:, 10:] = 200
    noisy = step + np.random.default_rng(0).integers(0, 11, step.shape).astype(np.uint8)
    out = Bilateral(radius=4, sigma_space=3, sigma_colour=0.08).apply(noisy).astype(int)
    assert (out[:, 10] - out[:, 9]).min() > 185
    assert out[:, 2:8].std() < 0.5 * noisy[:, 2:8].std()


@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_arithmetic_of_the_bilateral_ends_in_the_result(dtype, channels):
    pixels = soft((12, 13, channels), dtype)
    filtering = Bilateral(radius=2, sigma_colour=0.2)
    out = filtering.apply(pixels)
    for y, x, channel in ((0, 0, 0), (5, 6, channels - 1), (11, 12, 0)):
        shown = explain(filtering, pixels, out, y, x, channel)
        assert shown.exact == pytest.approx(shown.stored, abs=0.51 if dtype != "float32" else 1e-6)
        assert shown.taps.sum() == 13
        assert shown.working.terms[0].kernel.sum() == pytest.approx(1)


@pytest.mark.parametrize("border", ["mirror", "replicate", "wrap"])
@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("channels", [1, 3])
def test_non_local_means_is_its_formula(border, dtype, channels):
    pixels = soft((15, 18, channels), dtype, seed=1)
    white = WHITE[dtype]
    filtering = NonLocalMeans(strength=0.1, patch=1, search=3, border=border)
    squared = dtype == "uint8"
    exact = non_local_means(pixels.astype(float), 0.1 * white, 1, 3, border, squared)
    out = filtering.apply(pixels)
    assert out.dtype == dtype
    # OpenCV looks the weights up in a table by distances in coarse steps.
    np.testing.assert_allclose(out, exact, atol={"uint8": 1.01}.get(dtype, 0.003 * white))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_non_local_means_is_opencvs(dtype):
    pixels = soft((60, 80, 1), dtype)
    ours = NonLocalMeans(strength=0.05, patch=3, search=5).apply(pixels)
    theirs = cv2.fastNlMeansDenoising(
        pixels,
        [0.05 * WHITE[dtype]],
        templateWindowSize=7,
        searchWindowSize=11,
        normType=cv2.NORM_L2 if dtype == "uint8" else cv2.NORM_L1,
    )
    np.testing.assert_array_equal(ours[..., 0], theirs)


def test_non_local_means_takes_noise_away():
    stripes = np.tile((np.arange(40) // 5 % 2 * 120 + 60).astype(float), (40, 1))
    noisy = stripes + np.random.default_rng(0).normal(0, 10, stripes.shape)
    out = NonLocalMeans(strength=0.05).apply(np.rint(noisy).astype(np.uint8)[..., None])[..., 0]
    assert np.abs(out - stripes).mean() < 0.4 * np.abs(noisy - stripes).mean()
    assert "patches" in why_none(NonLocalMeans())


@pytest.mark.parametrize("filtering", [Bilateral(), NonLocalMeans(search=2)], ids=lambda f: f.kind)
def test_numbers_beyond_white_are_kept(filtering):
    """Such as what a filter makes of 8 bits in floating point."""
    pixels = soft((20, 30, 3), "float32") * 500 - 100
    out = filtering.apply(pixels)
    assert out.min() < -50
    assert out.max() > 300


@pytest.mark.parametrize("filtering", [Bilateral(), NonLocalMeans(search=2)], ids=lambda f: f.kind)
def test_what_is_no_number_does_no_harm(filtering):
    pixels = soft((20, 30, 3), "float32")
    pixels[3, 4] = np.nan
    pixels[7, 20] = np.inf
    pixels[9, 25] = -np.inf
    assert np.isfinite(filtering.apply(pixels)).all()


@pytest.mark.parametrize("border", ["constant", "zero"])
@pytest.mark.parametrize("kind", [Bilateral, NonLocalMeans])
def test_a_border_out_of_range_is_the_same_in_pieces(kind, border):
    filtering = kind(border=border, border_value=-7.5)
    pixels = soft((40, 90, 1), "float32") + 1
    evaluation = Evaluation((filtering,), pixels)
    whole = evaluation.whole()
    for box in (Box(0, 9, 0, 90), Box(17, 40, 30, 70)):
        part = whole[box.top : box.bottom, box.left : box.right]
        np.testing.assert_array_equal(evaluation.get(box), part)
