"""The values along a line that a person draws, before and after, in a panel below the picture."""

import functools
import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from studio.filters.places import Places, places_between
from studio.filters.profile import Profile, profile
from studio.window.canvas.compare import CompareView
from studio.window.canvas.line_tool import Line
from studio.window.canvas.profile_view import ProfileView
from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, label, tip
from studio.window.filter.openable import Openable
from studio.window.filter.renderer import Renderer
from studio.window.filter.result import Result, Side
from studio.window.latest import Latest
from studio.window.translate import tr

_HEIGHT = 212


class ProfilePanel(QFrame):
    """Two profiles of one line, and where it begins and ends.

    Signals: `closed` when the panel is to go away.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_HEIGHT))
        self.view = ProfileView()
        self.place = label(role="caption", elide=True)
        self.close_button = IconButton("close", "Close", "Esc")
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(16), theme.px(8), theme.px(12), theme.px(4))
        head.setSpacing(theme.px(8))
        head.addWidget(label("Line profile", "title"))
        head.addWidget(self.place, 1)
        head.addWidget(self.close_button)
        body = QHBoxLayout()
        body.setContentsMargins(theme.px(16), 0, theme.px(12), theme.px(8))
        body.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(body, 1)

    def show_line(self, line: Line | None) -> None:
        """Name the ends of a line."""
        if line is None:
            self.place.setText("")
            return
        x0, y0, x1, y1 = line
        words = tr("from {x0}, {y0} to {x1}, {y1}: {length} pixels long")
        length = f"{math.hypot(x1 - x0, y1 - y0):.1f}"
        self.place.setText(words.format(x0=x0, y0=y0, x1=x1, y1=y1, length=length))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class _Pair(NamedTuple):
    before: Profile
    after: Profile


class ProfileLink(Openable):
    """Lets a person draw a line over the picture, and keeps its profiles up to date.

    Columns and rows are those of the picture before.

    Signals: `failed(StudioError)`.
    """

    failed = Signal(object)

    def __init__(self, compare: CompareView, renderer: Renderer, parent: QObject) -> None:
        tip_text = tip("Draw a line, and see the values along it as curves", "L")
        super().__init__(parent, "Line profile", tip_text, "L")
        self._compare = compare
        self._renderer = renderer
        self.panel = ProfilePanel()
        self.panel.hide()
        self.panel.closed.connect(self.close)
        self.panel.view.pointed.connect(self._mark)
        self.panel.view.left.connect(self._unmark)
        self._latest = Latest(tr("Filtering"), interim=True, parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self.failed)
        compare.line_drawn.connect(self._feed)
        renderer.result_changed.connect(self._follow)

    def _open(self, is_open: bool) -> None:
        self._compare.tool = "line" if is_open else "look"
        self.panel.setVisible(is_open)
        if is_open:
            self._compare.current.setFocus(Qt.FocusReason.OtherFocusReason)
            self._feed()
        else:
            self._latest.cancel()

    @Slot(object)
    def _follow(self, result: Result) -> None:
        """A line stays where it is, unless the picture doesn't reach as far as it any more."""
        self._compare.set_places(_places(result))
        line = self._compare.line
        if line is not None:
            height, width = result.before.size
            fits = max(line[0], line[2]) < width and max(line[1], line[3]) < height
            self._compare.set_line(line if fits else None)
        self._feed()

    @Slot()
    def _feed(self) -> None:
        line, result = self._compare.line, self._renderer.result
        if not self.is_open:
            return
        self.panel.show_line(line)
        if line is None or result is None:
            self._latest.cancel()
            self.panel.view.show_profiles(None, None)
        else:
            self._latest.submit(functools.partial(_pair, result, line))

    @Slot(object)
    def _take(self, pair: _Pair) -> None:
        self.panel.view.show_profiles(pair.before, pair.after)

    @Slot(float, float)
    def _mark(self, x: float, y: float) -> None:
        self._compare.set_line(self._compare.line, (x, y))

    @Slot()
    def _unmark(self) -> None:
        self._compare.set_line(self._compare.line)


def _places(result: Result) -> Places:
    return places_between(result.before.filters, result.after.filters)


def _pair(result: Result, line: Line) -> _Pair:
    places = _places(result)
    x0, y0, x1, y1 = line
    ends = (*places.there(x0, y0), *places.there(x1, y1))
    after = _profile(result.after, ends)
    # On the axis of the other one.
    x, y = zip(*map(places.back, after.x, after.y), strict=True)
    placed = replace(after, x=np.array(x, np.float64), y=np.array(y, np.float64))
    return _Pair(_profile(result.before, line), placed)


def _profile(side: Side, line: tuple[float, float, float, float]) -> Profile:
    """The values along a line, and none where it leaves the picture."""
    height, width = side.size
    found = profile(side.get, *line, size=side.size)
    column, row = np.floor(found.x + 0.5), np.floor(found.y + 0.5)
    outside = (column < 0) | (row < 0) | (column >= width) | (row >= height)
    found.values[outside] = np.nan
    return found
