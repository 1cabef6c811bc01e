"""The sizes of results in the Filter workspace: the formula, and what doesn't fit."""

from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QToolTip, QWidget

from studio.document import Document
from studio.filters import FILTERS
from studio.filters.base import Family
from studio.filters.chain import Chain, Step
from studio.image.picture import Picture
from studio.window.chrome import theme
from studio.window.chrome.status import Status
from studio.window.filter.add_menu import FAMILIES
from studio.window.filter.chain_list import FAULT_ROLE
from studio.window.filter.sizing import SizeLines, sizes_of
from studio.window.filter.space import FilterSpace
from studio.window.job import running_jobs
from studio.window.session import Session

STRIDE = FILTERS["stride"].build({"stride": 2})
MEDIAN = FILTERS["median"].build({"radius": 2, "border": "valid"})
PICTURE = Picture(np.random.default_rng(0).integers(0, 256, (30, 41, 3), np.uint8), name="noise")


def chain(*filters):
    return Chain(steps=tuple(Step(filter=one) for one in filters))


@pytest.fixture
def space(qtbot):
    session = Session(Document(chain=chain(STRIDE, MEDIAN)))
    session.paste_picture(PICTURE)
    made = FilterSpace(session, Status())
    window = QMainWindow()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    window.show()
    settle(qtbot, made)
    return made


def settle(qtbot, space):
    session = space._session
    qtbot.waitUntil(
        lambda: (
            space.result is not None
            and space.result.chain == session.document.chain
            and space.result.picture is session.picture
            and space.renderer.is_filled
            and not running_jobs()
        )
    )


def choose(space, row):
    space.panel.rows.setCurrentIndex(space.panel.rows.steps.index(row))


def formulas(space):
    lines = space.panel.size_lines
    if lines.isHidden():
        return None
    return tuple(line.text().replace("\N{NO-BREAK SPACE}", " ") for line in lines.formulas)


def break_it(qtbot, space):
    """Make the second filter's window larger than what the first gives; it is the chosen one."""
    choose(space, 1)
    settle(qtbot, space)
    space.panel.set_filter(MEDIAN.change(radius=9))
    qtbot.waitUntil(lambda: not space.message.isHidden() and not running_jobs())


def fault(space, row):
    return space.panel.rows.steps.index(row).data(FAULT_ROLE)


def sentence(space):
    shown = space.panel.form._sentences["border"]
    return None if shown.isHidden() else shown.text()


def is_marked(space):
    field = space.panel.form.fields["border"]
    return any(part.property("refused") for part in field.findChildren(QWidget))


def test_sizes_are_those_that_are_computed():
    filters = [STRIDE, FILTERS["padding"].build({"pad": 3}), MEDIAN]
    whole = chain(*filters)
    pixels = PICTURE.pixels
    for row in range(3):
        before = chain(*filters[:row]).run(pixels).shape[:2]
        assert sizes_of(whole, pixels.shape[:2], row) == (before, None)


def test_what_is_off_changes_no_size():
    steps = (Step(filter=STRIDE, on=False), Step(filter=MEDIAN))
    assert sizes_of(Chain(steps=steps), (30, 41), 1).before == (30, 41)


def test_behind_a_filter_that_does_not_fit_no_size_is_known():
    whole = chain(MEDIAN, MEDIAN.change(radius=20), STRIDE)
    for row, before in enumerate([(30, 41), (26, 37), None]):
        sizes = sizes_of(whole, (30, 41), row)
        assert sizes.before == before
        assert (sizes.fault.step, sizes.fault.field) == (1, "border")


def test_the_formula_of_the_chosen_filter(space, qtbot):
    choose(space, 0)
    assert formulas(space) == STRIDE.size_words(30, 41)
    choose(space, 1)
    assert formulas(space) == MEDIAN.size_words(15, 21)
    assert formulas(space)[0].endswith("= 11")
    assert "dilation" in space.panel.size_lines.toolTip()
    settle(qtbot, space)
    assert space.result.size == (11, 17)


def test_a_filter_that_keeps_the_size_has_no_formula(space, qtbot):
    choose(space, 1)
    space.panel.set_filter(MEDIAN.change(border="mirror"))
    assert formulas(space) is None
    settle(qtbot, space)
    choose(space, 0)
    space.panel.set_filter(STRIDE.change(stride=1))
    assert formulas(space)[0].endswith("= 30")  # a stride of 1 is still a stride
    space.panel.switch(0)
    assert formulas(space) is None
    settle(qtbot, space)


def test_the_formula_stands_beneath_the_form(space, qtbot):
    for row in (0, 1, 0):
        choose(space, row)
        settle(qtbot, space)
        lines, form = space.panel.size_lines, space.panel.form
        assert lines.mapTo(space, QPoint(0, 0)).y() >= form.mapTo(space, QPoint(0, 0)).y()


def test_a_long_formula_breaks_before_its_result(qtbot):
    lines = SizeLines()
    qtbot.addWidget(lines)
    lines.show_size(MEDIAN, (4000, 6000))
    assert lines.formulas[0].text().split(" ")[1].startswith("=")


def test_another_picture_has_another_formula(space, qtbot):
    choose(space, 0)
    space._session.paste_picture(Picture(PICTURE.pixels[:20], name="lower"))
    assert formulas(space) == STRIDE.size_words(20, 41)
    settle(qtbot, space)


def test_an_impossible_size_is_marked_where_it_can_be_changed(space, qtbot):
    last = space.result
    break_it(qtbot, space)
    assert sentence(space) == "The window of 19 × 19 doesn't fit into a picture of 15 × 21."
    assert is_marked(space)
    assert fault(space, 1).field == "border"
    assert fault(space, 0) is None
    assert "19 × 19" in space.message.words.text()
    assert space.result is last
    assert formulas(space) is None
    assert "19 × 19" in space._to_explain()
    space.panel.set_filter(MEDIAN)
    settle(qtbot, space)
    assert sentence(space) is None
    assert not is_marked(space)
    assert fault(space, 1) is None
    assert space.message.isHidden()
    assert formulas(space) == MEDIAN.size_words(15, 21)


def test_the_row_is_blamed_while_another_is_chosen(space, qtbot, pixels_of):
    choose(space, 0)
    settle(qtbot, space)
    rows = space.panel.rows
    error = np.array(theme.colour("error").getRgb()[:3])

    def reds():
        """Pixels of each row that are nearly the colour of errors."""
        near = (np.abs(pixels_of(rows).astype(int) - error) < 40).all(axis=2)
        return [
            int(near[box.top() : box.bottom(), theme.px(74) :].sum())
            for box in (rows.visualRect(rows.steps.index(row)) for row in range(2))
        ]

    assert reds() == [0, 0]
    break_it(qtbot, space)
    choose(space, 0)
    first, second = reds()
    assert first == 0
    assert second > 50
    assert "19 × 19" in rows.steps.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    at = rows.visualRect(rows.steps.index(1)).center() - QPoint(30, 0)
    rows.viewportEvent(QHelpEvent(QHelpEvent.Type.ToolTip, at, rows.mapToGlobal(at)))
    assert "Take a smaller window" in QToolTip.text()
    QToolTip.hideText()
    choose(space, 1)
    assert sentence(space) is not None


def test_the_filter_that_takes_too_much_may_be_an_earlier_one(space, qtbot):
    """Another picture, or another filter before it, may be why a filter doesn't fit any more."""
    choose(space, 1)
    space._session.paste_picture(Picture(PICTURE.pixels[:8, :8], name="tiny"))
    assert "4 × 4" in sentence(space)
    qtbot.waitUntil(lambda: not space.message.isHidden() and not running_jobs())
    space._session.paste_picture(PICTURE)
    assert sentence(space) is None
    settle(qtbot, space)


def test_every_family_has_its_place_in_the_menu(space):
    assert set(FAMILIES) == set(get_args(Family))
    entries = space.panel.add_entries
    titles = [entry.text() for entry in entries]
    assert titles.index("Gradient") < titles.index("Tone") < titles.index("Resample")
    found = []
    for entry in entries:
        menu = entry.menu()
        assert entry.toolTip() != entry.text()
        if isinstance(menu, QMenu):
            assert menu.toolTipsVisible()
            found += menu.actions()
        else:
            found.append(entry)
    assert sorted(map(id, found)) == sorted(map(id, space.panel.add_actions))
    assert all(entry in space.menu_actions["Picture"] for entry in entries)
