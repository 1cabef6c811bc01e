import math

import numpy as np
import pytest
from scipy import stats

from studio.filters import FILTERS
from studio.filters.noise import GaussianNoise, SaltAndPepper, Speckle

KINDS = ("gaussian_noise", "salt_and_pepper", "speckle")
WHITE = {"uint8": 255, "uint16": 65535, "float32": 1}


def even(share, dtype, shape=(300, 700, 3)):
    white = WHITE[dtype]
    value = share * white
    return np.full(shape, round(value) if white > 1 else value, dtype)


@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("sigma", [2, 10])
def test_gaussian_noise_has_its_mean_and_deviation(dtype, sigma):
    pixels = even(0.5, dtype)
    out = GaussianNoise(sigma=sigma).apply(pixels)
    assert out.dtype == dtype
    more = (out.astype(np.float64) - pixels) / WHITE[dtype] * 100
    count = more.size
    rounding = (100 / WHITE[dtype]) ** 2 / 12 if WHITE[dtype] > 1 else 0
    deviation = math.sqrt(sigma**2 + rounding)
    assert abs(more.mean()) < 5 * deviation / math.sqrt(count)
    assert more.std() == pytest.approx(deviation, rel=5 / math.sqrt(2 * count))


def test_gaussian_noise_is_normal_and_without_memory():
    out = GaussianNoise(sigma=100).apply(even(0, "float32", (256, 512, 3)))
    assert stats.kstest(out.ravel()[:60000], "norm").pvalue > 0.001
    assert abs(out).max() > 4
    flat = out - out.mean()
    for axis, step in ((0, 1), (0, 64), (1, 1), (1, 256), (2, 1)):
        near = np.take(flat, range(flat.shape[axis] - step), axis)
        far = np.take(flat, range(step, flat.shape[axis]), axis)
        assert abs((near * far).mean()) < 5 / math.sqrt(near.size)


@pytest.mark.parametrize("dtype", WHITE)
def test_speckle_grows_with_the_value(dtype):
    for share in (0.1, 0.5):
        pixels = even(share, dtype)
        out = Speckle(sigma=20).apply(pixels).astype(np.float64)
        value = float(pixels[0, 0, 0])
        rounding = 1 / 12 if dtype != "float32" else 0
        wanted = math.sqrt((0.2 * value) ** 2 + rounding)
        assert out.mean() == pytest.approx(value, abs=5 * wanted / math.sqrt(out.size))
        assert out.std() == pytest.approx(wanted, rel=5 / math.sqrt(2 * out.size))
    np.testing.assert_array_equal(Speckle().apply(even(0, dtype)), 0)


@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize(("share", "balance"), [(5, 50), (40, 20), (100, 0), (30, 100)])
def test_salt_and_pepper_has_its_shares(dtype, share, balance):
    pixels = even(0.5, dtype)
    out = SaltAndPepper(share=share, balance=balance).apply(pixels)
    assert out.dtype == dtype
    assert set(np.unique(out)) <= {0, pixels[0, 0, 0], WHITE[dtype]}
    for value, wanted in ((WHITE[dtype], share * balance), (0, share * (100 - balance))):
        p = wanted / 10000
        spread = math.sqrt(p * (1 - p) / out.size)
        assert (out == value).mean() == pytest.approx(p, abs=5 * spread + 1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_no_noise_changes_nothing(kind):
    pixels = np.random.default_rng(0).integers(0, 65536, (30, 40, 3), dtype=np.uint16)
    field = "share" if kind == "salt_and_pepper" else "sigma"
    np.testing.assert_array_equal(FILTERS[kind](**{field: 0}).apply(pixels), pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides(kind):
    pixels = even(0.5, "uint8", (40, 50, 3))
    made = FILTERS[kind]
    first = made(seed=1).apply(pixels)
    np.testing.assert_array_equal(first, made(seed=1).apply(pixels))
    assert (first != made(seed=2).apply(pixels)).any()


@pytest.mark.parametrize("kind", KINDS)
def test_one_noise_for_all_colours(kind):
    pixels = even(0.5, "float32", (40, 300, 3))
    own, same = (FILTERS[kind](per_channel=each).apply(pixels) for each in (True, False))
    np.testing.assert_array_equal(same, same[..., :1].repeat(3, axis=2))
    assert (own[..., 0] != own[..., 1]).any()


@pytest.mark.parametrize("kind", ["gaussian_noise", "speckle"])
def test_whole_numbers_are_cut_and_floats_are_not(kind):
    made = FILTERS[kind](sigma=100)
    whole, free = (made.apply(even(1, dtype)) for dtype in ("uint16", "float32"))
    assert whole.min() == 0
    assert whole.max() == 65535
    assert (whole == 65535).mean() > 0.4
    assert free.min() < -1
    assert free.max() > 2
    kept = np.rint(free.astype(np.float64) * 65535).clip(0, 65535)
    assert np.abs(whole - kept).max() <= 1
