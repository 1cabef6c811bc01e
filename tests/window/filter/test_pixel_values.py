"""The numbers in the pixels of the Filter workspace."""

import numpy as np
import pytest
from PySide6.QtWidgets import QMainWindow

from studio.document import Document
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.image.picture import Picture
from studio.window.chrome.status import Status
from studio.window.filter.live_view import LiveFilter
from studio.window.filter.space import FilterSpace
from studio.window.job import running_jobs
from studio.window.session import Session

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
MEDIAN = FILTERS["median"].build({"radius": 2, "border": "valid"})


def chain(*filters):
    return Chain(steps=tuple(Step(filter=one) for one in filters))


@pytest.fixture
def space(qtbot):
    session = Session(Document(chain=chain(MEDIAN)))
    session.paste_picture(Picture(NOISE, name="noise"))
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


def written(view):
    return view._numbers


def holds(numbers, pixels):
    box = numbers.box
    part = pixels[box.top : box.bottom, box.left : box.right]
    return np.array_equal(numbers.values, part) and part.size > 0


def test_near_enough_the_values_are_written(space, qtbot):
    assert written(space.compare.before) is None
    space.compare.current.zoom_to(60)
    settle(qtbot, space)
    assert holds(written(space.compare.before), NOISE)
    assert holds(written(space.compare.after), space.result.evaluation.whole())
    assert holds(written(space.compare.split), space.result.evaluation.whole())
    assert holds(space.compare.split._numbers_before, NOISE)
    space.compare.fit()
    settle(qtbot, space)
    assert written(space.compare.before) is None
    assert written(space.compare.after) is None


def test_panning_asks_for_other_pixels(space, qtbot):
    space.compare.current.zoom_to(60)
    settle(qtbot, space)
    first = written(space.compare.before).box
    space.compare.current.pan(3000, 3000)
    settle(qtbot, space)
    assert written(space.compare.before).box != first
    assert written(space.compare.before).box[::2] == (0, 0)
    assert holds(written(space.compare.before), NOISE)


def test_a_new_result_never_has_the_old_numbers(space, qtbot):
    space.compare.current.zoom_to(60)
    settle(qtbot, space)
    seen = []
    space.renderer.result_changed.connect(lambda _: seen.append(written(space.compare.after)))
    space.renderer.result_changed.connect(lambda _: seen.append(written(space.compare.before)))
    kept = written(space.compare.before)
    space.panel.set_filter(MEDIAN.change(radius=1))
    settle(qtbot, space)
    assert seen[0] is None
    assert seen[1] is kept  # the picture before is the same one
    assert holds(written(space.compare.after), space.result.evaluation.whole())
    space._session.paste_picture(Picture(255 - NOISE, name="other"))
    settle(qtbot, space)
    assert seen[3] is None
    assert holds(written(space.compare.before), 255 - NOISE)


def test_no_numbers_over_a_video(space, qtbot, monkeypatch):
    space.compare.current.zoom_to(60)
    settle(qtbot, space)
    monkeypatch.setattr(LiveFilter, "is_playing", True)
    space.live.playing_changed.emit(True)
    assert written(space.compare.before) is None
    space.compare.current.pan(3000, 3000)
    assert not running_jobs()
    monkeypatch.undo()
    space.live.playing_changed.emit(False)
    settle(qtbot, space)
    assert holds(written(space.compare.before), NOISE)


def test_a_smaller_result_has_all_its_numbers(space, qtbot):
    document = space._session.document
    smaller = chain(FILTERS["stride"].build({"stride": 8}))
    space._session.edit("Shrink", document.change(chain=smaller))
    settle(qtbot, space)
    space.compare.before.zoom_to(60)
    space.compare.before.pan(3000, 3000)
    settle(qtbot, space)
    assert holds(written(space.compare.before), NOISE)
    assert np.array_equal(written(space.compare.after).values, NOISE[::8, ::8])


def test_numbers_fit_on_any_screen(space, monkeypatch):
    for ratio in (1.0, 2.0, 3.0):
        view = space.compare.before
        monkeypatch.setattr(type(view), "devicePixelRatioF", lambda _, ratio=ratio: ratio)
        view.zoom_to(1000)
        assert view.scale == 64 * ratio
        assert view.numbers_box is not None
    monkeypatch.undo()
    space.compare.fit()
