"""Kernels learned from pictures: against SciPy's filters, least squares and torch's autograd."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import ndimage

from studio.errors import PictureError, SettingError
from studio.filters import FILTERS
from studio.insight.kernel_learning import KernelLearning, best_kernel, learn_kernel

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
GAUSSIAN = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def photo(height=120, width=150, channels=1, seed=0):
    """Neighbours alike and a mean far from zero, as in a photo; height x width x channels."""
    noise = np.random.default_rng(seed).normal(0, 1, (height, width, channels))
    smooth = ndimage.gaussian_filter(noise, (2, 2, 0)) * 6 + 0.2 * noise
    return np.clip(120 + 40 * smooth, 0, 255).astype(np.uint8)


def correlated(pixels, kernel, mode="mirror"):
    """SciPy's correlation with the window's centre where the studio has it; float32."""
    # SciPy's centre of an even side is half of it, too.
    out = [
        ndimage.correlate(pixels[..., c].astype(np.float64), kernel, mode=mode)
        for c in range(pixels.shape[2])
    ]
    return np.stack(out, axis=2).astype(np.float32)


def learned(before, after, **values):
    return list(learn_kernel(before, after, KernelLearning.build(values)))


def sized(kernel, **values):
    return {"height": kernel.shape[0], "width": kernel.shape[1], **values}


@pytest.mark.parametrize("kernel", [SOBEL, GAUSSIAN], ids=["sobel", "gaussian"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_hundred_steps_find_the_kernel(kernel, channels):
    before = photo(channels=channels)
    steps = learned(before, correlated(before, kernel), **sized(kernel))
    assert [step.step for step in steps] == list(range(101))
    assert np.abs(steps[0].kernel).max() == 0
    assert np.abs(steps[-1].kernel - kernel).max() < 1e-3
    errors = [step.error for step in steps]
    assert all(later < earlier for earlier, later in pairwise(errors))


def test_the_studio_s_own_result_is_undone():
    before = photo(channels=3)
    made = FILTERS["convolution"].build({"kernel": "emboss", "flip": True, "scale": 0.5})
    steps = learned(before, made.apply(before))
    assert steps[-1].kernel == pytest.approx(made.kernel_used, abs=1e-3)


@settings(max_examples=15, deadline=None)
@given(some.integers(1, 6), some.integers(1, 6), some.integers(0, 99))
def test_least_squares_gives_any_kernel_back(height, width, seed):
    kernel = np.random.default_rng(seed).normal(size=(height, width))
    before = photo(40, 50, seed=seed)
    best = best_kernel(before, correlated(before, kernel), KernelLearning.build(sized(kernel)))
    assert best.kernel == pytest.approx(kernel, abs=1e-4)
    assert best.is_exact
    assert best.settled


def test_a_border_that_was_invented_is_not_learned_from():
    before = photo()
    one = learned(before, correlated(before, GAUSSIAN, "wrap"), **sized(GAUSSIAN, steps=20))
    other = learned(before, correlated(before, GAUSSIAN, "mirror"), **sized(GAUSSIAN, steps=20))
    assert np.array_equal(one[-1].kernel, other[-1].kernel)


@pytest.mark.parametrize("side", [2, 3, 4, 5])
def test_a_result_without_border_lies_where_it_was_made(side):
    before = photo()
    kernel = np.random.default_rng(3).normal(size=(side, side))
    rows = tuple(map(tuple, kernel.tolist()))
    valid = FILTERS["convolution"].build({"kernel": rows, "border": "valid"}).apply(before)
    assert valid.shape[0] == before.shape[0] - side + 1
    found = best_kernel(before, valid, KernelLearning(height=side, width=side)).kernel
    assert found == pytest.approx(kernel, abs=1e-3)
    larger = best_kernel(before, valid, KernelLearning(height=side + 2, width=side + 2)).kernel
    assert larger[1:-1, 1:-1] == pytest.approx(kernel, abs=1e-3)


def test_the_gradient_is_autograd_s():
    torch = pytest.importorskip("torch")
    before = photo(64, 64)
    after = correlated(before, SOBEL)
    steps = learned(before, after, bias=True, steps=3, start="random", whiten=False)
    step = steps[-1]
    # The picture is small enough for all its windows; 8 pixels at each side are left out.
    kernel = torch.tensor(step.kernel[None, None], requires_grad=True)
    picture = torch.tensor(before[7:-7, 7:-7, 0].astype(np.float64)[None, None])
    wanted = torch.tensor(after[8:-8, 8:-8, 0].astype(np.float64)[None, None])
    error = ((torch.nn.functional.conv2d(picture, kernel) + step.offset - wanted) ** 2).mean()
    torch.autograd.backward(error)
    assert step.error == pytest.approx(float(error.detach()), rel=1e-9)
    assert step.gradient == pytest.approx(kernel.grad[0, 0].numpy(), rel=1e-9)


def test_plain_descent_moves_against_the_gradient():
    before = photo()
    steps = learned(
        before, correlated(before, SOBEL), whiten=False, learning_rate=0.1, steps=4, start="random"
    )
    for this, following in pairwise(steps):
        moved = following.kernel - this.kernel
        # Levels of 0 to 255 in the gradient, 0 to 1 for the learning rate.
        assert moved == pytest.approx(-0.1 * this.gradient / 255**2, rel=1e-9)


def test_whitened_descent_is_as_fast_in_every_direction():
    before = photo()
    after = correlated(before, SOBEL)
    best = best_kernel(before, after, KernelLearning()).kernel
    steps = learned(before, after, steps=10, start="random")
    far = [step.kernel - best for step in steps]
    for this, following in pairwise(far):
        assert following == pytest.approx(0.9 * this, abs=1e-6)


@pytest.mark.parametrize("optimiser", ["momentum", "adam"])
def test_other_optimisers_come_near(optimiser):
    before = photo()
    steps = learned(before, correlated(before, SOBEL), optimiser=optimiser, steps=300)
    assert steps[-1].kernel == pytest.approx(SOBEL, abs=0.01)


def test_small_batches_find_it_too():
    before = photo()
    steps = learned(before, correlated(before, SOBEL), batch=64, steps=400)
    assert steps[-1].kernel == pytest.approx(SOBEL, abs=0.01)


def test_an_offset_is_learned_where_it_is_wanted():
    before = photo()
    after = correlated(before, SOBEL) + np.float32(30)
    steps = learned(before, after, bias=True, steps=150)
    assert steps[-1].offset == pytest.approx(30, abs=0.01)
    assert steps[-1].kernel == pytest.approx(SOBEL, abs=1e-3)
    assert learned(before, after, steps=2)[-1].offset == 0
    assert not best_kernel(before, after, KernelLearning()).is_exact


def test_a_median_leaves_what_least_squares_leaves():
    before = photo()
    after = FILTERS["median"].build({"radius": 1}).apply(before)
    best = best_kernel(before, after, KernelLearning())
    inside = slice(15, -15), slice(18, -18)  # an eighth of each side is left out
    shifted = [
        np.roll(before[..., 0].astype(float), (1 - i, 1 - j), (0, 1))[inside].ravel()
        for i in range(3)
        for j in range(3)
    ]
    wanted = after[..., 0][inside].astype(float).ravel()
    solved, (left,), *_ = np.linalg.lstsq(np.stack(shifted, axis=1), wanted, rcond=None)
    assert best.kernel.ravel() == pytest.approx(solved, abs=1e-9)
    assert best.error == pytest.approx(left / wanted.size, rel=1e-9)
    assert best.spread == pytest.approx(wanted.var())
    assert not best.is_exact
    steps = learned(before, after)
    assert steps[-1].kernel == pytest.approx(best.kernel, abs=1e-3)
    assert best.error <= steps[-1].error <= best.error * (1 + 1e-6)


def test_rounding_alone_is_exact_still():
    before = photo()
    after = np.round(correlated(before, GAUSSIAN)).astype(np.uint8)
    best = best_kernel(before, after, KernelLearning.build(sized(GAUSSIAN)))
    assert best.error == pytest.approx(1 / 12, rel=0.1)
    assert best.is_exact


@pytest.mark.parametrize(("depth", "factor"), [(np.uint16, 257), (np.float32, 1 / 255)])
def test_depth_changes_units_only(depth, factor):
    levels = photo()
    before = (levels.astype(np.float64) * factor).astype(depth)
    steps = learned(before, correlated(before, SOBEL), steps=30)
    plain = learned(levels, correlated(levels, SOBEL), steps=30)
    assert steps[-1].kernel == pytest.approx(plain[-1].kernel, abs=1e-4)
    assert steps[-1].error == pytest.approx(plain[-1].error * factor**2, rel=1e-3)


def test_large_pictures_are_sampled():
    before = photo(400, 500)
    steps = learned(before, correlated(before, SOBEL), steps=100)
    assert steps[-1].kernel == pytest.approx(SOBEL, abs=1e-3)
    again = learned(before, correlated(before, SOBEL), steps=100)
    assert np.array_equal(steps[-1].kernel, again[-1].kernel)
    other = learned(before, correlated(before, SOBEL), steps=100, seed=1)
    assert other[0].error != steps[0].error


def test_a_picture_that_leaves_weights_open_says_so():
    ramp = np.tile(np.arange(100, dtype=np.uint8)[None, :, None], (90, 1, 1))
    best = best_kernel(ramp, correlated(ramp, SOBEL), KernelLearning())
    assert not best.settled
    assert best.error == pytest.approx(0, abs=1e-6)
    assert np.isfinite(learned(ramp, correlated(ramp, SOBEL))[-1].kernel).all()


def test_a_step_too_large_is_named():
    before = photo()
    with pytest.raises(SettingError, match=r"learning rate of 9 .* at most 0\.5") as caught:
        learned(before, correlated(before, SOBEL), learning_rate=9)
    assert caught.value.field == "learning_rate"


def bad_pairs():
    before = photo()
    grey, colour = before, photo(channels=3)
    holed = before.astype(np.float32)
    holed[60, 70] = np.nan
    plain = np.full_like(before, 7)
    yield "channel", (colour, grey), {}
    yield "adds none", (before, before[::2, ::2]), {}
    yield "adds none", (before[:-1], before), {}
    yield "not a number", (before, holed), {}
    yield "not a number", (holed, before), {}
    yield "one value everywhere", (plain, plain), {}
    yield "doesn't fit", (before[:10], before[:10]), {"height": 11}
    yield "doesn't fit", (before[:, :10], before[:, :10]), {"width": 11}


@pytest.mark.parametrize(("words", "pair", "values"), list(bad_pairs()))
def test_pairs_that_teach_nothing_are_refused(words, pair, values):
    with pytest.raises((PictureError, SettingError), match=words) as caught:
        learned(*pair, **values)
    if isinstance(caught.value, SettingError):
        assert caught.value.field in values


def test_a_picture_as_small_as_the_kernel_is_enough():
    before = photo(15, 15)
    after = correlated(before, SOBEL)
    assert learned(before, after, height=15, width=15, steps=2)[-1].error >= 0
    with pytest.raises(PictureError, match="one value everywhere"):
        learned(before[:1, :1], after[:1, :1], height=1, width=1)


@pytest.mark.parametrize(("name", "value"), [("height", 0), ("width", 16), ("learning_rate", -1)])
def test_settings_out_of_bounds_are_refused(name, value):
    with pytest.raises(SettingError) as caught:
        KernelLearning.build({name: value})
    assert caught.value.field == name


def test_it_learns_without_torch():
    code = "import sys, studio.insight.kernel_learning; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
