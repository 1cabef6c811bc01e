"""The numbers in the pixels: fetched where the views are near enough to show them."""

import functools
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from studio.filters.cutting import Box
from studio.image.picture import Pixels
from studio.window.canvas.compare import CompareView
from studio.window.filter.renderer import Renderer
from studio.window.filter.result import Result, Side
from studio.window.latest import Latest
from studio.window.translate import tr


class _Part(NamedTuple):
    """A box of one of the two pictures, and its values; None where none are wanted."""

    box: Box | None
    values: Pixels | None


class _Numbers(NamedTuple):
    result: Result
    before: _Part
    after: _Part


class PixelValues(QObject):
    """Writes the values of a result into the pixels that are seen large.

    Parameters
    ----------
    is_live : callable
        Whether the views show frames, which change too fast to be read.

    Signals: `failed(StudioError)`.
    """

    failed = Signal(object)

    def __init__(
        self,
        compare: CompareView,
        renderer: Renderer,
        is_live: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._compare = compare
        self._renderer = renderer
        self._is_live = is_live
        self._written: Result | None = None
        self._latest = Latest(tr("Filtering"), interim=True, parent=self)
        self._latest.result.connect(self._write)
        self._latest.failed.connect(self.failed)
        compare.numbers_wanted.connect(self.refresh)
        renderer.result_changed.connect(self._take_result)

    @Slot()
    def refresh(self) -> None:
        """Other pixels are seen, or something else than the result is shown."""
        result, boxes = self._renderer.result, self._compare.numbers_boxes
        if result is None or self._is_live() or boxes == (None, None):
            self._latest.cancel()
            self._clear()
        else:
            self._latest.submit(functools.partial(_numbers, result, *boxes))

    @Slot(object)
    def _take_result(self, result: Result) -> None:
        """What is written belongs to another result now."""
        if self._written is not None and self._written.before.looks_like(result.before):
            self._compare.set_numbers_after()
        else:
            self._clear()
        self.refresh()

    @Slot(object)
    def _write(self, numbers: _Numbers) -> None:
        if numbers.result is self._renderer.result:
            self._written = numbers.result
            self._compare.set_numbers_before(*numbers.before)
            self._compare.set_numbers_after(*numbers.after)

    def _clear(self) -> None:
        self._written = None
        self._compare.set_numbers_before()
        self._compare.set_numbers_after()


def _numbers(result: Result, before: Box | None, after: Box | None) -> _Numbers:
    return _Numbers(result, _part(result.before, before), _part(result.after, after))


def _part(side: Side, box: Box | None) -> _Part:
    return _Part(box, None if box is None else side.get(box))
