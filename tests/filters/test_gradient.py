import cv2
import numpy as np
import pytest
from scipy import ndimage
from skimage import filters as skimage_filters

from studio.filters.arithmetic import explain
from studio.filters.gradient import Difference, Prewitt, Scharr, Sobel
from studio.filters.roberts import Roberts

SCIPY = {"mirror": "mirror", "reflect": "reflect", "replicate": "nearest"}
SCIPY |= {"wrap": "wrap", "zero": "constant"}
CENTRAL = [Difference, Prewitt, Sobel, Scharr]
ALL = [*CENTRAL, Roberts]
EVERY_SIZE = [*((kind, {}) for kind in ALL), (Sobel, {"side": "5"}), (Sobel, {"side": "7"})]


def along(kind, pixels, axis, mode):
    """One plane by SciPy, in 64 bits."""
    if kind is Sobel:
        return ndimage.sobel(pixels, axis=axis, mode=mode)
    if kind is Prewitt:
        return ndimage.prewitt(pixels, axis=axis, mode=mode)
    if kind is Roberts:
        # SciPy puts the pixel at the lower right of four; the origin moves it to the upper left.
        weights = [[-1, 0], [0, 1]] if axis == 1 else [[0, -1], [1, 0]]
        return ndimage.correlate(pixels, weights, mode=mode, origin=-1)
    smoothing = {Difference: [0, 1, 0], Scharr: [3, 10, 3]}[kind]
    rise = ndimage.correlate1d(pixels, [-1, 0, 1], axis=axis, mode=mode)
    return ndimage.correlate1d(rise, smoothing, axis=1 - axis, mode=mode)


def oracle(kind, pixels, border):
    """x and y of each channel by itself."""
    planes = np.moveaxis(pixels.astype(np.float64), 2, 0)
    return tuple(
        np.stack([along(kind, plane, axis, SCIPY[border]) for plane in planes], axis=2)
        for axis in (1, 0)
    )


def degrees(kind, gx, gy):
    return np.degrees(np.arctan2(gx + gy, gx - gy) if kind is Roberts else np.arctan2(gy, gx))


def noise(shape, dtype):
    values = np.random.default_rng(0).random(shape)
    pixels = (values * np.iinfo(dtype).max).round().astype(dtype)
    pixels[:4, :4] = np.iinfo(dtype).max  # even ground, and the steepest edges there are
    pixels[:4, 4:6] = 0
    return pixels


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("border", SCIPY)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 7, 3), (2, 3, 1), (43, 61, 3)])
def test_equals_scipy(kind, border, dtype, shape):
    pixels = noise(shape, dtype)
    gx, gy = oracle(kind, pixels, border)
    wanted = {
        "x": gx,
        "y": gy,
        "magnitude": np.sqrt(gx**2 + gy**2),
        "direction": degrees(kind, gx, gy),
    }
    for output, want in wanted.items():
        ours = kind(output=output, border=border).apply(pixels)
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, want.astype(np.float32), err_msg=output)


@pytest.mark.parametrize(("kind", "scale"), [(Sobel, 4), (Prewitt, 3), (Scharr, 16)])
def test_magnitude_is_scikit_images_up_to_its_scale(kind, scale):
    pixels = noise((30, 40, 1), "uint8")
    function = getattr(skimage_filters, kind.kind)
    theirs = function(pixels[..., 0].astype(float)) * scale * np.sqrt(2)
    ours = kind(border="reflect").apply(pixels)[..., 0]
    # In scikit-image, 1/2 and the root of 1/2 make an edge from 0 to 1 count 1/√2.
    np.testing.assert_allclose(ours[1:-1, 1:-1], theirs[1:-1, 1:-1], rtol=1e-6)


def test_roberts_is_scikit_images_up_to_its_scale():
    pixels = noise((30, 40, 1), "uint8")
    theirs = skimage_filters.roberts(pixels[..., 0].astype(float)) * np.sqrt(2)
    ours = Roberts(border="valid").apply(pixels)[..., 0]
    np.testing.assert_allclose(ours, theirs[:-1, :-1], rtol=1e-6)


@pytest.mark.parametrize("size", [3, 5, 7])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_sobel_of_all_sizes_is_opencvs(size, dtype):
    pixels = noise((40, 50, 3), "uint16").astype(dtype)
    for output, order in (("x", (1, 0)), ("y", (0, 1))):
        ours = Sobel(side=str(size), output=output).apply(pixels)
        theirs = cv2.Sobel(pixels.astype(np.float64), cv2.CV_64F, *order, ksize=size)
        np.testing.assert_array_equal(ours, theirs.astype(np.float32))


@pytest.mark.parametrize("kind", ALL)
def test_floating_point(kind):
    pixels = np.random.default_rng(0).normal(size=(20, 30, 3)).astype(np.float32)
    gx, gy = oracle(kind, pixels, "mirror")
    np.testing.assert_allclose(kind(output="x").apply(pixels), gx, atol=1e-5)
    np.testing.assert_allclose(kind().apply(pixels), np.hypot(gx, gy), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("kind", "values"), EVERY_SIZE)
def test_the_kernels_are_those_that_are_used(kind, values):
    impulse = np.zeros((15, 15, 1), np.uint8)
    impulse[7, 7] = 1
    for output, kernel in kind(**values).kernels().items():
        filtering = kind(output=output, border="zero", **values)
        out = filtering.apply(impulse)[..., 0]
        reach = filtering.reach
        patch = out[7 - reach.bottom : 8 + reach.top, 7 - reach.right : 8 + reach.left]
        np.testing.assert_array_equal(patch, kernel[::-1, ::-1])
        assert np.count_nonzero(out) == np.count_nonzero(kernel)


@pytest.mark.parametrize("kind", ALL)
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
    for kind in ALL:
        for output in ("x", "y", "magnitude", "direction", "edges"):
            assert not kind(output=output).apply(flat).any()


# Edges


@pytest.mark.parametrize(("kind", "values"), EVERY_SIZE)
def test_the_steepest_is_reached_and_never_passed(kind, values):
    filtering = kind(**values, border="valid")
    steepest = filtering.steepest
    reach = filtering.reach
    shape = 1 + reach.top + reach.bottom, 1 + reach.left + reach.right
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 2, shape) for _ in range(300)]
    down, right = (np.arange(count) - (count - 1) / 2 for count in shape)
    for angle in np.linspace(0, np.pi, 721):  # straight edges are the steepest there are
        side = np.cos(angle) * right + np.sin(angle) * down[:, None]
        pictures += [side > 1e-9, side > -1e-9]
    found = [filtering.apply(np.asarray(one, np.uint8)[..., None])[0, 0, 0] for one in pictures]
    assert max(found) <= steepest * (1 + 1e-6)
    assert max(found) >= 0.97 * steepest


def test_the_steepest_of_sobel_by_trying_all():
    across, down = (kernel.ravel() for kernel in Sobel().kernels().values())
    every = (np.arange(2**9)[:, None] >> np.arange(9)) & 1
    most = np.hypot(every @ across, every @ down).max()
    assert Sobel().steepest == pytest.approx(most)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_edges_are_white_in_the_pictures_depth(kind, dtype):
    pixels = noise((30, 40, 3), "uint16")
    white = {"uint8": 255, "uint16": 65535, "float32": 1}[dtype]
    pixels = (pixels / 65535 * white).astype(dtype)
    out = kind(output="edges", threshold=0.3).apply(pixels)
    magnitude = kind().apply(pixels)
    assert out.dtype == dtype
    least = np.float32(0.3 * kind().steepest * white)
    np.testing.assert_array_equal(out, np.where(magnitude >= least, white, 0))
    assert 0 < np.count_nonzero(out) < out.size


def test_nothing_is_steeper_than_the_steepest():
    cross = np.zeros((9, 9, 1), np.uint8)
    cross[:, 5:] = 255
    assert Sobel(output="edges", threshold=0.8).apply(cross).any()
    assert not Sobel(output="edges", threshold=1).apply(cross).any()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("output", ["x", "y", "magnitude", "direction", "edges"])
def test_the_arithmetic_ends_in_the_result(kind, output):
    pixels = noise((9, 9, 1), "uint8")
    out = kind(output=output, threshold=0.3).apply(pixels)
    for y, x in ((0, 0), (4, 5), (8, 8)):
        shown = explain(kind(output=output, threshold=0.3), pixels, out, y, x)
        assert np.float32(shown.exact) == pytest.approx(shown.stored, rel=1e-6)
