"""Writes an attribution into a file, beside the window."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.window.asking import ask_where
from studio.window.job import Job
from studio.window.network.why.work import Explained
from studio.window.translate import tr


class Saving(QObject):
    """Asks where, and writes there; one file at a time.

    Signals: `saved` with the file's name, `failed` with the error.
    """

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self, explained: Explained) -> None:
        """Ask for a file, and write a figure or the numbers by its ending."""
        attribution = explained.attribution
        stem = Path(explained.look.picture.name).stem or tr("picture")
        name = f"{stem}-{attribution.class_name}-{attribution.method.kind}.png".replace("/", "-")
        kinds = (tr("Figure") + " (*.png *.pdf)", tr("Numbers") + " (*.npy)")
        place = ask_where(self._window, tr("Save explanation"), name, ";;".join(kinds))
        if place:
            ending = ".npy" if place.kind == kinds[1] else ".png"
            self.write(explained, _with_ending(place.path, ending))

    def write(self, explained: Explained, path: Path) -> None:
        """Write into a file; does nothing while another is being written."""
        if self._job is not None:
            return
        self._job = Job(lambda: iter(_write(explained, path)), tr("Saving"))
        self._job.failed.connect(self._fail)
        self._job.done.connect(partial(self._end, path.name))
        self._job.cancelled.connect(self._end)
        self._job.start()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._job = None
        self.failed.emit(error)

    @Slot()
    def _end(self, name: str = "") -> None:
        self._job = None
        if name:
            self.saved.emit(name)


def _with_ending(path: Path, ending: str) -> Path:
    return path if path.suffix else path.with_name(path.name + ending)


def _write(explained: Explained, path: Path) -> tuple[()]:
    from studio.insight.attribution_figure import write_attribution

    write_attribution(explained.attribution, explained.look.input, path)
    return ()
