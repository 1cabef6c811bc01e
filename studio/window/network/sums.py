"""Where the value of the unit that is looked at comes from, computed beside the window."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from studio.errors import StudioError
from studio.insight.arithmetic import explain_unit
from studio.insight.unit_sum import Place, UnitSum
from studio.window.latest import Latest
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.translate import tr


class Sums(QObject):
    """The sum behind the current unit; the last one stays until the next is there.

    Nothing is computed while nobody looks.

    Signals: `changed` when there is another sum, or none.
    """

    changed = Signal()

    def __init__(self, sight: Sight, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sight = sight
        self._is_wanted = False
        self._is_stale = True
        self.found: UnitSum | None = None
        self.problem = ""  # why there is no sum
        self._latest = Latest(tr("Adding up"), parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        sight.unit_changed.connect(self._ask)

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    def want(self, wanted: bool) -> None:
        """Whether anybody looks."""
        self._is_wanted = wanted
        if wanted and self._is_stale:
            self._ask()

    @Slot()
    def _ask(self) -> None:
        look, row = self._sight.look, self._sight.row
        if look is None or row is None:
            self._latest.cancel()
            self._show(None, "")
            return
        self._is_stale = not self._is_wanted
        if self._is_wanted:
            self._latest.submit(partial(_explain, look, row.name, self._sight.unit))

    @Slot(object)
    def _take(self, found: UnitSum) -> None:
        self._show(found, "")

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._show(None, str(error))

    def _show(self, found: UnitSum | None, problem: str) -> None:
        self.found, self.problem = found, problem
        self.changed.emit()


def _explain(look: Look, name: str, unit: Place) -> UnitSum:
    return explain_unit(look.steps, look.rows, look.maps, name, unit)
