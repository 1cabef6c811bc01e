"""The rows of the table of runs: what each differs in, and what became of it."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from studio.insight.answers import counted
from studio.window.train.differences import all_settings, differences
from studio.window.train.runs import Run
from studio.window.translate import tr

NAME, BEST, EPOCH, STATE, COURSE = range(5)
HEADERS = ("Run, what differs", "Best", "Epoch", "State", "Course")
STATES = {
    "new": "not started",
    "waiting": "waiting",
    "running": "running",
    "paused": "paused",
    "done": "done",
    "stopped": "stopped",
    "failed": "failed",
    "interrupted": "cut off",
    "elsewhere": "elsewhere",
}
_TIPS = (
    "Its number, and its name or the settings that are not those of the first run",
    "The best accuracy after an epoch",
    "Whole epochs",
    "Whether it waits, trains or has ended, and how",
    "What the course reports for this run",
)

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def what_differs(run: Run, first: Run) -> str:
    """A run's settings as they differ from the first run's; the first run's subject."""
    if run is first:
        return run.subject
    return differences(run.settings, first.settings) or tr("the same settings")


class RunModel(QAbstractTableModel):
    """One row for each run, in the order they came.

    Signals: `renamed` with a run and the name that a person gave it.
    """

    renamed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self.is_narrow = False  # the state then stands where there is no figure yet
        self.figures_source = ""  # where the course's results come from
        self.hidden: frozenset[Run] = frozenset()  # those whose curves are left out
        self._differences: dict[Run, str] = {}
        self._last = 0

    @property
    def draft(self) -> Run | None:
        """The run that is not started yet, the newest of them."""
        return next((run for run in reversed(self.runs) if run.state == "new"), None)

    @property
    def next_number(self) -> int:
        """What the next run is called; the number of one that was removed is not given again."""
        return self._last + 1

    @property
    def has_figures(self) -> bool:
        """Whether the course has a result of one of them."""
        return any(run.figure for run in self.runs)

    def add(self, run: Run) -> None:
        self._last = max(self._last, run.number)
        self.beginInsertRows(QModelIndex(), len(self.runs), len(self.runs))
        self.runs.append(run)
        self._differences[run] = what_differs(run, self.runs[0])
        self.endInsertRows()

    def remove(self, run: Run) -> None:
        row = self.runs.index(run)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self.runs[row], self._differences[run]
        self.hidden -= {run}
        self.endRemoveRows()
        for other in self.runs:
            self.refresh(other)

    def refresh(self, run: Run) -> None:
        """Show anew what became of a run."""
        row = self.runs.index(run)
        self._differences[run] = what_differs(run, self.runs[0])
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADERS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(HEADERS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if section else LEFT
            if role == Qt.ItemDataRole.ToolTipRole:
                source = self.figures_source if section == COURSE else ""
                return "\n".join(filter(None, (tr(_TIPS[section]), source))) or None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, index.column())
        if role == Qt.ItemDataRole.EditRole:
            return run.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if index.column() else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(run)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self.renamed.emit(self.runs[index.row()], str(value).strip())
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def _text(self, run: Run, column: int) -> str:
        match column:
            case 0:
                return f"{run.number}  {run.name or self._differences[run]}"
            case 1:
                if self.is_narrow and self.has_figures and run.best is None:
                    return self._short_state(run)
                return counted(run.best) if run.best is not None else "–"
            case 2:
                if self.is_narrow and not run.history.epochs:
                    return self._short_state(run)
                return f"{len(run.history.epochs):,}" if run.state != "new" else "–"
            case 3:
                return tr(STATES[run.state])
        return run.figure or "–"

    def _short_state(self, run: Run) -> str:
        return tr("draft") if run.state == "new" else tr(STATES[run.state])

    def _tip(self, run: Run) -> str:
        error = f"{run.error}\n\n" if run.error else ""
        name = f"{run.title} · {run.name}" if run.name else run.title
        where = f"\n\n{run.folder}" if run.folder else ""
        state = tr(STATES[run.state])
        curves = tr("Its curves are hidden") if run in self.hidden else tr("Its curves are shown")
        key = tr("click its colour, or press H, to change that")
        told = f"\n\n{curves}: {key}" if run.history.started else ""
        return f"{error}{name}, {state}\n{all_settings(run.settings)}{where}{told}"
