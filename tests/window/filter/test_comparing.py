"""Two filters compared in the Filter workspace, driven as a person does."""

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from skimage.metrics import mean_squared_error, structural_similarity

from studio.document import Document
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.filters.quality import Errors
from studio.image.picture import Picture
from studio.image.read import read_picture
from studio.window.chrome.status import Status
from studio.window.filter.comparing_errors import Measured, filter_like, other_for
from studio.window.filter.comparing_table import (
    better,
    decimals_for,
    error_words,
    verdict,
)
from studio.window.filter.space import FilterSpace
from studio.window.job import running_jobs
from studio.window.session import Session

NOISE = FILTERS["salt_and_pepper"].build({"share": 10})
MEDIAN = FILTERS["median"].build({"radius": 1})
GREY = FILTERS["grey"].build()
INVERT = FILTERS["invert"].build()
BOX = other_for(MEDIAN)


def steps(*filters):
    return Chain(steps=tuple(Step(filter=one) for one in filters))


def opened(qtbot, *filters):
    made = FilterSpace(Session(Document(picture="camera", chain=steps(*filters))), Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    settle(qtbot, made)
    made.comparing.action.trigger()
    settle(qtbot, made)
    return made


@pytest.fixture
def space(qtbot):
    return opened(qtbot, NOISE, MEDIAN, INVERT)


@pytest.fixture
def median_chosen(space, qtbot):
    choose(space, qtbot, 1)
    return space


def choose(space, qtbot, row):
    space.panel.rows.setCurrentIndex(space.panel.rows.steps.index(row))
    settle(qtbot, space)


def settle(qtbot, space):
    """Wait until the views show what they should, and the errors are known."""
    session = space._session

    def is_there():
        result = space.result
        return (
            result is not None
            and result.chain == session.document.chain
            and result.other == space.comparing.other
            and result.picture is session.picture
            and space.renderer.is_filled
            and not running_jobs()
        )

    qtbot.waitUntil(is_there)


def numbers(space):
    return [space.comparing.panel.table.words(row) for row in range(3)]


def expected(reference, *results):
    """The numbers in the table, as scikit-image has them: MSE and SSIM."""
    found = []
    for result in results:
        first, second = reference.astype(np.float64), result.astype(np.float64)
        ssim = structural_similarity(
            first,
            second,
            data_range=255,
            channel_axis=2,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        found.append((f"{mean_squared_error(first, second):,.2f}", f"{ssim:.4f}"))
    return found


def shown_numbers(space):
    return [(words[0].split()[-1], words[2].split()[-1]) for words in numbers(space)]


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_median_is_compared_with_a_mean_of_its_size(median_chosen):
    space, panel = median_chosen, median_chosen.comparing.panel
    pixels = space._session.picture.pixels
    noisy = NOISE.apply(pixels)
    median, mean = MEDIAN.apply(noisy), BOX.apply(noisy)
    assert BOX.border == MEDIAN.border
    assert np.shape(BOX.kernel) == (3, 3)
    assert shown_numbers(space) == expected(pixels, median, mean, noisy)
    assert panel.table.is_marked(0) == (True, True, True)
    assert panel.table.is_marked(1) == panel.table.is_marked(2) == (False,) * 3
    assert all("▴" in words for words in numbers(space)[0])
    assert panel.words.startswith("A is nearer")
    # The views show the same two, and what follows in the chain counts in neither.
    assert np.array_equal(
        space.result.before.get(space.result.before.evaluation._stages[2].box), median
    )
    assert np.array_equal(space.result.after.evaluation.whole(), mean)


def test_both_get_the_same_noise(median_chosen):
    before, after = median_chosen.result.before, median_chosen.result.after
    assert before.evaluation._stages[1] is after.evaluation._stages[1]


def test_the_views_are_named_and_give_place_again(median_chosen, qtbot):
    space = median_chosen
    assert space.compare.before._badge == "A: Median, 3 × 3"
    assert space.compare.after._badge.startswith("B: Convolution")
    assert space.compare.split._names[0] == "A: Median, 3 × 3"
    assert space.arithmetic.isHidden()
    shown = space.comparing.panel
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    settle(qtbot, space)
    assert shown.isHidden()
    assert not space.arithmetic.isHidden()
    assert not space.comparing.action.isChecked()
    assert (space.compare.before._badge, space.compare.after._badge) == ("Before", "After")
    assert space.result.before.filters == ()
    assert space.result.after.filters == (NOISE, MEDIAN, INVERT)


def test_the_cursor_s_values_are_those_of_a_and_b(median_chosen, qtbot):
    space = median_chosen
    space.compare.cursor_moved.emit(5, 4)
    settle(qtbot, space)
    noisy = NOISE.apply(space._session.picture.pixels)
    a, b = MEDIAN.apply(noisy)[4, 5, 0], BOX.apply(noisy)[4, 5, 0]
    assert space._status.cursor_text == f"5, 4   A {a}   B {b}"


def test_the_settings_of_b_are_edited(median_chosen, qtbot):
    space, panel = median_chosen, median_chosen.comparing.panel
    panel.kind.setCurrentIndex(panel.kind.findData("percentile"))
    settle(qtbot, space)
    assert space.comparing.other == filter_like("percentile", MEDIAN)
    changed = panel.form.value.change(radius=2, percent=50)
    panel.form.changed.emit(changed)
    settle(qtbot, space)
    assert space.result.other == changed
    noisy = NOISE.apply(space._session.picture.pixels)
    assert (
        shown_numbers(space)[1] == expected(space._session.picture.pixels, changed.apply(noisy))[0]
    )
    assert space._session.document.chain == steps(NOISE, MEDIAN, INVERT)
    # Another kind and back: it is as it was left.
    panel.kind.setCurrentIndex(panel.kind.findData("minimum"))
    panel.kind.setCurrentIndex(panel.kind.findData("percentile"))
    assert panel.form.value == changed
    settle(qtbot, space)


def test_a_keeps_its_pieces_when_b_changes(median_chosen, qtbot):
    space = median_chosen
    drawn = []
    space.renderer._drawing.result.connect(drawn.append)
    space.comparing.compare_with(MEDIAN.change(radius=2))
    settle(qtbot, space)
    assert {getattr(piece, "which", "after") for piece in drawn} == {"after"}


def test_b_keeps_its_stage_when_a_changes(median_chosen, qtbot):
    space = median_chosen
    space.comparing.compare_with(MEDIAN.change(radius=3))
    settle(qtbot, space)
    before = space.result.after.evaluation
    space.panel.set_filter(MEDIAN.change(radius=2))
    settle(qtbot, space)
    assert space.result.after.evaluation is before
    space.panel.rows.set_row(0)
    space.panel.set_filter(NOISE.change(seed=1))  # but never with yesterday's noise
    choose(space, qtbot, 1)
    evaluation = space.result.after.evaluation
    assert evaluation is not before
    assert evaluation._stages[1] is space.result.evaluation._stages[1]


def test_the_mean_follows_the_median_s_size_until_a_person_chose(median_chosen, qtbot):
    space = median_chosen
    space.panel.set_filter(MEDIAN.change(radius=2))
    settle(qtbot, space)
    assert np.shape(space.comparing.other.kernel) == (5, 5)
    space.comparing.compare_with(MEDIAN)
    space.panel.set_filter(MEDIAN.change(radius=3))
    settle(qtbot, space)
    assert space.comparing.other == MEDIAN


def test_use_b_is_one_step_and_compares_with_what_was_there(median_chosen, qtbot):
    space, stack = median_chosen, median_chosen._session.undo_stack
    space.panel.set_filter(MEDIAN.change(border="reflect"))
    settle(qtbot, space)
    other, count = space.comparing.other, stack.count()
    click(qtbot, space.comparing.panel._use)
    settle(qtbot, space)
    assert stack.count() == count + 1
    assert space._session.document.chain == steps(NOISE, other, INVERT)
    assert space.comparing.other == MEDIAN.change(border="reflect")
    assert space.comparing.panel.table.is_marked(1) == (True, True, True)
    stack.undo()
    settle(qtbot, space)
    assert space._session.document.chain.steps[1].filter == MEDIAN.change(border="reflect")
    assert space.comparing.other == other


def test_the_reference_is_the_stage_before_the_noise(qtbot):
    space = opened(qtbot, GREY, INVERT, NOISE, MEDIAN)
    choose(space, qtbot, 3)
    reference = space.comparing.panel.reference
    assert reference.count() == 4
    assert reference.currentText() == "After Invert"
    pixels = INVERT.apply(GREY.apply(space._session.picture.pixels))
    noisy = NOISE.apply(pixels)
    assert shown_numbers(space)[::2] == expected(pixels, MEDIAN.apply(noisy), noisy)
    reference.setCurrentIndex(3)  # what goes into both
    settle(qtbot, space)
    assert numbers(space)[2] == ("0", "∞", "1.0000")
    assert "Without a filter" in space.comparing.panel.words
    nearest, _ = shown_numbers(space)[0]
    assert nearest == f"{mean_squared_error(noisy.astype(float), MEDIAN.apply(noisy)):,.0f}"
    space.panel.switch(1)  # other stages: the choice has no meaning any more
    settle(qtbot, space)
    assert reference.currentText().startswith("After Grey")
    assert reference.count() == 3


def test_without_noise_the_reference_is_the_picture(qtbot):
    space = opened(qtbot, INVERT, MEDIAN)
    assert space.comparing.panel.reference.currentText() == "Picture as opened"


def test_results_without_a_border_are_compared_where_all_have_pixels(median_chosen, qtbot):
    space = median_chosen
    space.comparing.compare_with(MEDIAN.change(radius=2, border="valid"))
    settle(qtbot, space)
    pixels = space._session.picture.pixels
    noisy = NOISE.apply(pixels)
    results = MEDIAN.apply(noisy), MEDIAN.change(radius=2).apply(noisy), noisy
    inner = (slice(2, -2),) * 2
    assert shown_numbers(space) == expected(pixels[inner], *(one[inner] for one in results))
    assert "one has no border" in space.comparing.panel.words


def test_sizes_that_differ_otherwise_are_refused(median_chosen, qtbot):
    space, panel = median_chosen, median_chosen.comparing.panel
    panel.kind.setCurrentIndex(panel.kind.findData("stride"))
    settle(qtbot, space)
    assert "can't be compared pixel by pixel" in panel.words
    assert numbers(space) == [("–",) * 3] * 3
    panel.kind.setCurrentIndex(panel.kind.findData("median"))
    settle(qtbot, space)
    assert "nearer" in panel.words or "Neither" in panel.words


def test_a_b_that_cannot_work_is_marked_where_it_is_wrong(median_chosen, qtbot):
    space = median_chosen
    small = np.zeros((20, 20, 1), np.uint8)
    space._session.paste_picture(Picture(small, name="small"))
    settle(qtbot, space)
    space.comparing.compare_with(MEDIAN.change(radius=30, border="valid"))
    form = space.comparing.panel.form
    qtbot.waitUntil(lambda: not form._sentences["border"].isHidden())
    assert numbers(space) == [("–",) * 3] * 3
    assert not space.message.isHidden()
    space.comparing.compare_with(MEDIAN.change(radius=1, border="valid"))
    settle(qtbot, space)
    assert form._sentences["border"].isHidden()
    assert space.message.isHidden()


def test_a_filter_that_is_off_has_nothing_to_compare(median_chosen, qtbot):
    space = median_chosen
    space.panel.switch(1)
    settle(qtbot, space)
    assert space.comparing.other is None
    assert space.comparing.panel.words == "Median is switched off."
    assert not space.comparing.panel._use.isEnabled()
    assert space.compare.before._badge == "Before"
    space.panel.switch(1)
    settle(qtbot, space)
    assert space.comparing.other == BOX
    assert space.compare.before._badge == "A: Median, 3 × 3"
    for _ in range(3):
        space.panel.remove(0)
    settle(qtbot, space)
    assert space.comparing.panel.words.startswith("Choose a filter")


def test_what_is_saved_is_the_chain_s_result(median_chosen, qtbot, tmp_path):
    space = median_chosen
    space.saving.write(space.result, tmp_path / "out.png")
    qtbot.waitUntil(lambda: not space.saving.is_busy)
    chain, picture = space._session.document.chain, space._session.picture
    assert np.array_equal(read_picture(tmp_path / "out.png").pixels, chain.run(picture.pixels))


def test_two_floating_point_results_share_one_scale(qtbot):
    sobel, prewitt = (
        FILTERS["sobel"].build({"output": "x"}),
        FILTERS["prewitt"].build({"output": "x"}),
    )
    space = opened(qtbot, sobel)
    space.comparing.compare_with(prewitt)
    settle(qtbot, space)
    before, after = space.result.before, space.result.after
    assert before.depth == "float32"
    assert after.depth == "float32"
    assert (before.scale.kind, before.scale.high) == (after.scale.kind, after.scale.high)


def test_every_filter_can_be_b(space, qtbot):
    choose(space, qtbot, 1)
    for kind in FILTERS:
        other = filter_like(kind, MEDIAN)
        assert other.kind == kind
        if "radius" in type(other).model_fields:
            assert other.radius == 1
    assert filter_like("median", FILTERS["convolution"].build({"kernel": "1 1 1 1 1"})).radius == 2
    assert filter_like("median", FILTERS["grey"].build()).radius == 1
    assert np.shape(other_for(MEDIAN.change(radius=63)).kernel) == (63, 63)


def test_live_pictures_are_not_compared(median_chosen, qtbot):
    space = median_chosen
    space.comparing.allow(False)
    assert space.comparing.panel.isHidden()
    assert not space.comparing.action.isEnabled()
    space.comparing.allow(True)
    assert space.comparing.action.isEnabled()
    settle(qtbot, space)


# The numbers and the words


def test_the_better_of_two():
    low, high = Errors(1.0, 48.13, 0.9), Errors(4.0, 42.11, 0.95)
    assert better(low, high) == ("A", "A", "B")
    assert better(high, low) == ("B", "B", "A")
    assert better(low, low) == ("", "", "")
    assert better(Errors(1.0, 48.13, math.nan), Errors(2.0, 45.1, math.nan)) == ("A", "A", "")


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([82.86, 401.5], 2),
        ([1613978.2, 5e6], 0),
        ([0.5, 2.0], 4),
        ([0.001], 6),
        ([1e-5, 3.0], None),
        ([0.0, 12.0], 2),
        ([0.0, 0.0], 0),
        ([math.nan, 3.0], 3),
    ],
)
def test_numbers_have_as_many_decimals_as_the_smallest_needs(values, decimals):
    assert decimals_for(values) == decimals


def test_the_numbers_in_words():
    assert error_words(Errors(2271.996, 14.567, 0.19544), 2) == ("2,272.00", "14.57", "0.1954")
    assert error_words(Errors(0.0, math.inf, 1.0), 2) == ("0", "∞", "1.0000")
    assert error_words(Errors(1e-7, 70.0, 0.99999), None) == ("1.0 × 10⁻⁷", "70.00", "0.9999")
    assert error_words(Errors(1e5, -1.87, -0.25), 0) == ("100,000", "−1.87", "−0.2500")
    assert error_words(Errors(math.nan, math.nan, math.nan), 2) == ("–", "–", "–")


def test_the_verdict():
    def said(chosen, other, unfiltered=9.0, is_whole=True):
        errors = [Errors(mse, -mse, ssim) for mse, ssim in (chosen, other, (unfiltered, 0.1))]
        return verdict(Measured(*errors, is_whole))

    assert "A is nearer to the reference" in said((1, 0.9), (2, 0.8))
    assert "2.0 times smaller" in said((1, 0.9), (2, 0.8))
    assert "B is a little nearer" in said((2.05, 0.8), (2, 0.9))
    assert said((1, 0.8), (2, 0.9)) == "A is nearer by MSE and PSNR, B by SSIM."
    assert "B is nearer to the reference by SSIM" in said((1, 0.8), (1, 0.9))
    assert "Neither" in said((1, 0.8), (1, 0.8))
    assert "A gives the reference exactly" in said((0, 1), (1, 0.8))
    assert "Without a filter" in said((1, 0.9), (2, 0.8), unfiltered=0.5)
    assert "no border" in said((1, 0.9), (2, 0.8), is_whole=False)
