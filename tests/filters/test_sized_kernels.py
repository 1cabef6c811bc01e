import copy
import json
import pickle

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage, signal

from studio.declare import options
from studio.errors import SettingError
from studio.filters.chain import Chain, Step, parse_step
from studio.filters.kernel import MAX_WEIGHT, made_by, parse_kernel, title_of
from studio.filters.linear import Convolution
from studio.filters.sized_kernels import (
    MAX_SIDE,
    SIZED,
    Box,
    Gabor,
    Gaussian,
    LaplacianOfGaussian,
    MadeKernel,
    Motion,
    Unsharp,
)


def corners(kind):
    """The kernel as it comes, and with each parameter at its bounds."""
    yield {}
    for item in options(SIZED[kind]):
        yield {item.name: type(item.default)(item.low)}
        yield {item.name: type(item.default)(item.high)}


EACH = [
    pytest.param(kind, values, id=f"{kind}-{values}") for kind in SIZED for values in corners(kind)
]


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_every_kernel_at_its_bounds(kind, values):
    made = SIZED[kind](**values)
    weights = np.array(made.kernel)
    assert weights.shape == (made.size, made.size)
    assert np.isfinite(weights).all()
    assert np.abs(weights).max() <= MAX_WEIGHT
    zero = kind in ("log", "gabor")
    assert weights.sum() == pytest.approx(0 if zero else 1, abs=1e-9)
    # Alike from both sides, except for a wave whose crest is off the centre.
    if values.get("phase", 0) == 0 and not (kind == "unsharp" and made.size % 2 == 0):
        np.testing.assert_allclose(weights, weights[::-1, ::-1], atol=1e-12)


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_text_json_and_copies_remember_what_made_them(kind, values):
    made = SIZED[kind](**values)
    kernel = parse_kernel(made.text)
    assert kernel == made.kernel
    assert made_by(kernel) == made
    chain = Chain(steps=(Step(filter=Convolution(kernel=made.kernel)),))
    again = Chain.build(json.loads(json.dumps(chain.model_dump(mode="json"))))
    assert again == chain
    assert made_by(again.steps[0].filter.kernel) == made
    for copied in (copy.deepcopy(kernel), pickle.loads(pickle.dumps(kernel))):
        assert copied == kernel
        assert made_by(copied) == made


@pytest.mark.parametrize("kind", SIZED)
def test_it_explains_itself(kind):
    made = SIZED[kind]
    assert made.name == kind
    assert made.title[0].isupper()
    assert made.help.endswith(".")
    assert "=" in made.formula
    assert any(part.isdigit() for part in made.source)
    assert all(item.help.endswith(".") for item in options(made))


@pytest.mark.parametrize(
    "text",
    [
        "gaussian size=7 sigma=1.5",
        "Gaussian  sigma=1.5  size=7",
        "gaussian",
        "gaussian size = 7",
        "GAUSSIAN, size=7, sigma=1.5",
    ],
)
def test_typed_as_people_type(text):
    assert parse_kernel(text) == Gaussian(size=7, sigma=1.5).kernel


def test_typed_on_the_command_line():
    step = parse_step('convolution kernel="motion size=9 angle=−45" result=same')
    assert made_by(step.filter.kernel) == Motion(size=9, angle=-45)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gaussian size=64", "gaussian: size can't be '64'. It must be a whole number"),
        ("gaussian size=seven", "gaussian: size can't be 'seven'"),
        ("box sigma=2", "box: there is no setting 'sigma'. The settings are: size"),
        ("box size=3 size=5", "box: size is given twice"),
        ("log size=1", "log: size can't be '1'"),
        ("blur size=3", "there is no 'blur' with parameters: those are box, gaussian"),
        ("sobel-x size=3", "there is no 'sobel-x' with parameters"),
    ],
)
def test_wrong_parameters_are_named(text, message):
    with pytest.raises(SettingError) as caught:
        Convolution.build({"kernel": text})
    assert message in str(caught.value)
    assert caught.value.field == "kernel"


def test_an_edited_kernel_is_nobodys():
    rows = [list(row) for row in Gaussian().kernel]
    rows[0][0] += 1
    assert made_by(parse_kernel(rows)) is None
    assert title_of(parse_kernel(rows)) == "Own kernel"
    assert title_of(Gaussian().kernel) == "Gaussian"


# Oracles


@pytest.mark.parametrize("size", [1, 2, 5, 63])
def test_box(size):
    picture = np.random.default_rng(0).random((70, 80))
    theirs = ndimage.uniform_filter(picture, size)
    ours = ndimage.correlate(picture, np.array(Box(size=size).kernel))
    np.testing.assert_allclose(ours, theirs)


@given(st.integers(1, MAX_SIDE), st.floats(0.1, 32))
def test_gaussian_is_scipys(size, sigma):
    row = signal.windows.gaussian(size, sigma)
    want = np.outer(row, row) / row.sum() ** 2
    np.testing.assert_allclose(Gaussian(size=size, sigma=sigma).weights(), want, atol=1e-12)


def test_unsharp_is_the_picture_and_what_a_blur_takes_away():
    picture = np.random.default_rng(0).random((20, 30)).astype(np.float32)
    blurred = cv2.GaussianBlur(picture, (7, 7), 1.2, borderType=cv2.BORDER_REFLECT_101)
    made = Unsharp(size=7, sigma=1.2, amount=0.7)
    ours = Convolution(kernel=made.kernel).apply(picture[..., None])[..., 0]
    np.testing.assert_allclose(ours, picture + 0.7 * (picture - blurred), atol=1e-6)


def test_laplacian_of_gaussian_is_scipys():
    """Far enough out, nothing is cut off, and the mean that is taken away is next to nothing."""
    impulse = np.zeros((41, 41))
    impulse[20, 20] = 1
    theirs = ndimage.gaussian_laplace(impulse, 2.0)
    ours = LaplacianOfGaussian(size=41, sigma=2.0).weights()
    np.testing.assert_allclose(ours, theirs, atol=0.02 * np.abs(theirs).max())


def test_motion_along_rows_columns_and_diagonals():
    row = np.zeros((5, 5))
    row[2] = 0.2
    np.testing.assert_allclose(Motion(size=5, angle=0).weights(), row)
    np.testing.assert_allclose(Motion(size=5, angle=180).weights(), row)
    np.testing.assert_allclose(Motion(size=5, angle=90).weights(), row.T)
    slanted = Motion(size=9, angle=45).weights()
    np.testing.assert_allclose(slanted, slanted.T)  # down to the right
    assert np.trace(slanted) > 3 * np.trace(slanted[::-1])
    np.testing.assert_allclose(Motion(size=9, angle=-45).weights(), slanted[::-1], atol=1e-15)


@given(
    st.integers(3, 41).filter(lambda size: size % 2),
    st.floats(2, 20),
    st.floats(-180, 180),
    st.floats(0.5, 12),
    st.floats(0.3, 3),
)
def test_gabor_is_opencvs_without_its_mean_under_the_bell(size, wavelength, angle, sigma, ratio):
    # OpenCV's formula is the same; it turns the kernel by 180°, which a phase of 0 doesn't show.
    values = (size, size), sigma, np.radians(angle), wavelength, ratio
    wave = cv2.getGaborKernel(*values, 0.0)
    bell = cv2.getGaborKernel((size, size), sigma, np.radians(angle), 1e12, ratio, 0.0)
    want = wave - bell * wave.sum() / bell.sum()
    want /= np.abs(want).sum()
    made = Gabor(size=size, wavelength=wavelength, angle=angle, sigma=sigma, ratio=ratio)
    np.testing.assert_allclose(made.weights(), want, atol=1e-9)


def test_gabor_answers_to_stripes_of_its_width_and_direction():
    x = np.arange(64)
    stripes = np.tile(np.cos(2 * np.pi * x / 8), (64, 1)).astype(np.float32)[..., None]
    upright = Convolution(kernel=Gabor(angle=0).kernel).apply(stripes)
    lying = Convolution(kernel=Gabor(angle=90).kernel).apply(stripes)
    assert np.abs(upright).max() > 50 * np.abs(lying).max()


def test_a_kernel_is_a_tuple_like_any_other():
    assert Box(size=3).kernel == ((1 / 9,) * 3,) * 3
    assert isinstance(Box(size=3).kernel, MadeKernel)
    assert hash(Box(size=3).kernel) == hash(((1 / 9,) * 3,) * 3)
