"""Opens the learning of a kernel on what the chosen filter was given and gave."""

import functools
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from studio.filters.presets import Weights
from studio.image.picture import Pixels
from studio.window.filter.chain_panel import ChainPanel
from studio.window.filter.learning import LearningPanel
from studio.window.filter.openable import Openable
from studio.window.filter.renderer import Renderer
from studio.window.filter.result import Result
from studio.window.latest import Latest
from studio.window.translate import tr


class _Pair(NamedTuple):
    """What went into a filter and what came out, with the kernel that lies between them."""

    before: Pixels
    after: Pixels
    kernel: Weights | None
    title: str


class LearningLink(Openable):
    """Feeds the panel with the chosen filter's pair while it is open.

    Signals: `kernel_learned(rows)` with a kernel that a person wants to use.
    """

    kernel_learned = Signal(object)

    def __init__(self, renderer: Renderer, chain: ChainPanel, parent: QObject) -> None:
        super().__init__(
            parent,
            "Learn this kernel",
            tr("Let gradient descent find a kernel from the picture before and after the filter"),
        )
        self._renderer = renderer
        self._chain = chain
        self._fed: tuple[Result, int] | None = None
        self.panel = LearningPanel()
        self.panel.hide()
        self.panel.kernel_learned.connect(self.kernel_learned)
        self.panel.closed.connect(self.close)
        self._pairing = Latest(tr("Filtering"), parent=self)
        self._pairing.result.connect(self._take)
        self._pairing.failed.connect(self._fail)
        chain.selected.connect(self._feed)
        renderer.filled.connect(self._feed)

    def _open(self, is_open: bool) -> None:
        self.panel.setVisible(is_open)
        self._fed = None
        if is_open:
            self._feed()
        else:
            self._pairing.cancel()

    @Slot()
    def _feed(self) -> None:
        result, row = self._renderer.result, self._chain.rows.row
        if not self.is_open or result is None or self._fed == (result, row):
            return
        if result.chain != self._chain.chain:  # a newer one is on its way
            return
        self._fed = (result, row)
        if row < 0 or not result.chain.steps[row].on:
            self._pairing.cancel()
            self.panel.show_words(tr("Choose a filter that is on: its kernel is learned."))
            return
        self._pairing.submit(functools.partial(_pair, result, row))

    @Slot(object)
    def _take(self, pair: _Pair) -> None:
        self.panel.show_pair(pair.before, pair.after, pair.kernel, tr(pair.title))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.panel.show_words(str(error))


def _pair(result: Result, row: int) -> _Pair:
    stage, filter = result.stage(row), result.chain.steps[row].filter
    before, after = result.evaluation.whole(stage - 1), result.evaluation.whole(stage)
    lying = filter.as_kernel
    kernel = None if lying is None else tuple(tuple(map(float, weights)) for weights in lying)
    return _Pair(before, after, kernel, filter.title)
