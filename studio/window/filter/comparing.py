"""Two filters compared on the same picture, with the same noise in it."""

import functools

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import SettingError, StudioError
from studio.filters.base import Filter
from studio.filters.chain import Chain
from studio.window.canvas.compare import CompareView
from studio.window.filter.chain_panel import ChainPanel
from studio.window.filter.comparing_errors import (
    Measured,
    filter_like,
    measure,
    other_for,
    references,
    usual_reference,
)
from studio.window.filter.comparing_panel import ComparePanel, named
from studio.window.filter.openable import Openable
from studio.window.filter.renderer import Renderer
from studio.window.filter.result import Result
from studio.window.latest import Latest
from studio.window.translate import tr


class Comparing(Openable):
    """Compares the chosen filter, A, with another one, B, that is not in the chain.

    While it is open, the views show what A and B make of what goes into A, and the panel shows how
    far each of them is from a reference.

    Signals: `changed` when something else is to be shown in the views.
    """

    changed = Signal()

    def __init__(
        self, compare: CompareView, renderer: Renderer, chain: ChainPanel, parent: QObject
    ) -> None:
        tip_text = tr("See the chosen filter beside another, with their errors")
        super().__init__(parent, "Compare filters", tip_text)
        self._compare = compare
        self._renderer = renderer
        self._chain = chain
        self._seen: tuple[Chain, int] | None = None
        self._chosen: Filter | None = None
        self._other: Filter | None = None
        self._is_own = False  # whether a person chose the other one
        self._by_kind: dict[str, Filter] = {}  # the others of each kind that a person set
        self._reference: int | None = None  # a stage that a person chose
        self._measured_of: tuple[Result, int] | None = None
        self.panel = ComparePanel()
        self.panel.hide()
        self._measuring = Latest(tr("Measuring errors"), parent=self)
        self._measuring.result.connect(self._take)
        self._measuring.failed.connect(self._fail)
        self.panel.close_wanted.connect(self.close)
        self.panel.use_wanted.connect(self.use)
        self.panel.other_changed.connect(self.compare_with)
        self.panel.kind_chosen.connect(self.choose_kind)
        self.panel.reference_chosen.connect(self.choose_reference)
        chain.selected.connect(self._follow)
        renderer.result_changed.connect(self._show_result)
        renderer.filled.connect(self._measure)
        renderer.failed.connect(self._show_failure)

    @property
    def other(self) -> Filter | None:
        """What to show beside the chosen filter; None where nothing is compared."""
        return self._other if self.is_open and self._chosen is not None else None

    @property
    def reference(self) -> int:
        """The stage that errors are measured against."""
        found = references(self._chain.chain, self._chain.rows.row)
        wanted = self._reference
        return wanted if wanted is not None and wanted < len(found) else usual_reference(found)

    # What a person does

    @Slot(object)
    def compare_with(self, other: Filter) -> None:
        """Take another filter as B."""
        self._other, self._is_own = other, True
        self._by_kind[other.kind] = other
        self._show_filters()
        self.changed.emit()

    @Slot(str)
    def choose_kind(self, kind: str) -> None:
        """Take a filter of another kind as B: as it was last, or like A in size and border."""
        if self._chosen is not None:
            self.compare_with(self._by_kind.get(kind) or filter_like(kind, self._chosen))

    @Slot(int)
    def choose_reference(self, stage: int) -> None:
        """Measure against another stage of the chain."""
        self._reference = stage
        self._measure()

    @Slot()
    def use(self) -> None:
        """Put B into the chain; what was A is compared with it then."""
        other = self.other
        if other is not None and other != self._chosen:
            self._other, self._is_own = self._chosen, True
            self._chain.replace(other)

    # Following

    def _open(self, is_open: bool) -> None:
        if is_open:
            self._is_own, self._reference, self._seen = False, None, None
            self._take_up()
        else:
            self._measuring.cancel()
            self._measured_of = None
            self._compare.set_names()
        self.panel.setVisible(is_open)
        self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        """Another filter was chosen, or the chain is another."""
        if not self.is_open:
            return
        before = self._seen
        self._take_up()
        # A chain that changes is shown anew in any case.
        if before is not None and before[0] == self._chain.chain and before != self._seen:
            self.changed.emit()

    def _take_up(self) -> None:
        """Find out what A is now, and what it is compared with."""
        chain, row = self._chain.chain, self._chain.rows.row
        last, self._seen = self._seen, (chain, row)
        if last is not None and _kinds(last[0], last[1]) != _kinds(chain, row):
            self._reference = None
        step = chain.steps[row] if 0 <= row < len(chain.steps) else None
        if step is None or not step.on:
            self._chosen = None
            words = (
                tr("{filter} is switched off.").format(filter=tr(step.filter.title)) if step else ""
            )
            self.panel.show_words(words or tr("Choose a filter, and compare it with another."))
            self._measuring.cancel()
            self._compare.set_names()
            return
        former, self._chosen = self._chosen, step.filter
        is_undone = former is not None and former.kind != self._chosen.kind
        if is_undone and last is not None and last[1] == row and self._other == self._chosen:
            self._other = former  # B was taken into the chain before
        elif not self._is_own or self._other is None:
            self._other = other_for(self._chosen)
        self._show_filters()

    def _show_filters(self) -> None:
        if self._chosen is None or self._other is None:
            return
        chain, row = self._chain.chain, self._chain.rows.row
        found = references(chain, row)
        self.panel.show_filters(self._chosen, self._other)
        self.panel.show_references(found, self.reference)

    # Showing

    @Slot(object)
    def _show_result(self, result: Result) -> None:
        if result.other is None:
            return
        self._measuring.cancel()
        self._measured_of = None
        chosen = result.before.filters[-1]
        self._compare.set_names(f"A: {named(chosen)}", f"B: {named(result.other)}")
        self.panel.show_progress(0)

    @Slot()
    def _measure(self) -> None:
        """What is looked at is there: now the errors of the whole pictures."""
        result = self._renderer.result
        if result is None or result.other is None or result.other != self.other:
            return
        if self._measured_of == (result, self.reference):
            return
        self._measured_of = result, self.reference
        self._measuring.submit(functools.partial(measure, result, self.reference))

    @Slot(object)
    def _take(self, given: float | Measured) -> None:
        if isinstance(given, float):
            self.panel.show_progress(given)
        else:
            self.panel.show_errors(given)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.panel.show_errors(None)
        self.panel.say(f"{error}.", is_error=True)

    @Slot(object)
    def _show_failure(self, error: StudioError) -> None:
        """The result can't be shown at all; the window says why."""
        if self.other is None:
            return
        self._measuring.cancel()
        self.panel.show_errors(None)
        if isinstance(error, SettingError) and error.field in self.panel.form.fields:
            self.panel.form.show_error(error.field, error.remedy or error.message)


def _kinds(chain: Chain, row: int) -> tuple[object, ...]:
    """What leads to a filter, as far as references have a meaning."""
    return tuple((step.filter.kind, step.on) for step in chain.steps[:row])
