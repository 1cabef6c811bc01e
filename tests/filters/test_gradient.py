import numpy as np
import pytest
from scipy import ndimage

from studio.filters.gradient import Prewitt, Sobel

SCIPY = {"mirror": "mirror", "reflect": "reflect", "replicate": "nearest"}
SCIPY |= {"wrap": "wrap", "zero": "constant"}
ORACLES = [(Sobel, ndimage.sobel), (Prewitt, ndimage.prewitt)]


def oracle(function, pixels, border):
    """SciPy's x and y of each channel by itself, in float64."""

    def along(axis):
        planes = np.moveaxis(pixels.astype(np.float64), 2, 0)
        return np.stack([function(p, axis=axis, mode=SCIPY[border]) for p in planes], axis=2)

    return along(1), along(0)


def noise(shape, dtype):
    values = np.random.default_rng(0).random(shape)
    pixels = (values * np.iinfo(dtype).max).round().astype(dtype)
    pixels[:4, :4] = np.iinfo(dtype).max  # even ground, and the steepest edges there are
    pixels[:4, 4:6] = 0
    return pixels


@pytest.mark.parametrize(("kind", "function"), ORACLES)
@pytest.mark.parametrize("border", SCIPY)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 7, 3), (2, 3, 1), (43, 61, 3)])
def test_equals_scipy(kind, function, border, dtype, shape):
    pixels = noise(shape, dtype)
    gx, gy = oracle(function, pixels, border)
    wanted = {
        "x": gx,
        "y": gy,
        "magnitude": np.sqrt(gx**2 + gy**2),
        "direction": np.degrees(np.arctan2(gy, gx)),
    }
    for output, want in wanted.items():
        ours = kind(output=output, border=border).apply(pixels)
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, want.astype(np.float32), err_msg=output)


@pytest.mark.parametrize(("kind", "function"), ORACLES)
def test_floating_point(kind, function):
    pixels = np.random.default_rng(0).normal(size=(20, 30, 3)).astype(np.float32)
    gx, gy = oracle(function, pixels, "mirror")
    np.testing.assert_allclose(kind(output="x").apply(pixels), gx, atol=1e-6)
    np.testing.assert_allclose(kind().apply(pixels), np.hypot(gx, gy), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [Sobel, Prewitt])
def test_the_kernels_are_those_that_are_used(kind):
    impulse = np.zeros((5, 5, 1), np.uint8)
    impulse[2, 2] = 1
    for output, kernel in kind().kernels().items():
        out = kind(output=output, border="valid").apply(impulse)[..., 0]
        np.testing.assert_array_equal(out, kernel[::-1, ::-1])


@pytest.mark.parametrize("kind", [Sobel, Prewitt])
@pytest.mark.parametrize(
    ("step", "degrees"),
    [((0, 1), 0), ((1, 0), 90), ((0, -1), 180), ((-1, 0), -90), ((1, 1), 45), ((-1, -1), -135)],
)
def test_direction_points_where_it_gets_brighter(kind, step, degrees):
    down, right = np.mgrid[:5, :5]
    ramp = (100 + 10 * (step[0] * down + step[1] * right)).astype(np.uint8)[..., None]
    out = kind(output="direction", border="valid").apply(ramp)
    np.testing.assert_allclose(out, degrees, atol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_direction_is_180_never_minus_180(dtype):
    falling = np.array([[9, 7, 4, 0]] * 4, dtype)[..., None]
    out = Sobel(output="direction", border="mirror").apply(falling)
    np.testing.assert_array_equal(out[:, 1:-1], 180)


def test_even_ground_has_no_gradient():
    flat = np.full((6, 6, 3), 65535, np.uint16)
    for output in ("x", "y", "magnitude", "direction"):
        assert not Sobel(output=output).apply(flat).any()
