"""A chain applied to the pictures of a folder, beside the window."""

import functools
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.errors import PictureError, StudioError
from studio.filters.batch import Applied, Applying, apply_to
from studio.filters.chain import Chain
from studio.image.read import picture_paths, printable
from studio.window.asking import ask_folder
from studio.window.chrome.status import Status
from studio.window.chrome.widgets import MessageBar
from studio.window.filter.failures import FailureList
from studio.window.job import Job
from studio.window.translate import tr

_FROM, _INTO = "open", "save"  # what their folders are remembered for


class FolderRun(QObject):
    """Filters one folder at a time; says how it goes in the status bar, and what failed in a bar.

    Signals: `changed` when it begins or ends.
    """

    changed = Signal()

    def __init__(self, parent: QWidget, status: Status, message: MessageBar) -> None:
        super().__init__(parent)
        self._window = parent
        self._status = status
        self._message = message
        self._job: Job | None = None
        self._source = Path()
        self._target = Path()
        self._done = self._total = 0
        self._failed: list[Applied] = []

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self, chain: Chain) -> None:
        """Ask for the folder with the pictures and the one for the results, and begin."""
        if self.is_busy:
            return
        source = ask_folder(self._window, tr("Folder with the pictures to filter"), _FROM)
        target = source and ask_folder(self._window, tr("Folder for the filtered pictures"), _INTO)
        if source and target:
            self.start(chain, source, target)

    def start(self, chain: Chain, source: Path, target: Path) -> None:
        """Filter every picture of a folder into another, where no file is overwritten."""
        self._source, self._target = source, target
        self._done = self._total = 0
        self._failed = []

        def steps() -> Iterator[Applying | Applied]:
            paths = picture_paths([source])
            if not paths:
                raise PictureError(f"there is no picture in {printable(str(source))}")
            yield from apply_to(chain, paths, target, replace=False)

        self._job = job = Job(steps, tr("Filtering a folder"))
        job.events.connect(self._follow)
        job.done.connect(self._end)
        job.cancelled.connect(functools.partial(self._end, cancelled=True))
        job.failed.connect(self._fail)
        self._say(tr("Looking for pictures in {folder}").format(folder=self._name(source)))
        job.start()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop; the pictures that are done stay."""
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _follow(self, events: list[Applying | Applied]) -> None:
        for event in events:
            if isinstance(event, Applied):
                self._done += 1
                if event.error is not None:
                    self._failed.append(event)
        last = events[-1]
        self._total = last.total
        share = last.share if isinstance(last, Applying) else 1.0
        words = tr("Filtering {name}, {number} of {total}")
        name = printable(last.source.name)
        self._say(words.format(name=name, number=last.number + 1, total=f"{last.total:,}"))
        self._status.set_progress((last.number + share) / last.total)

    def _say(self, words: str) -> None:
        # Again whenever a preview that ended meanwhile took it away.
        if self._status.busy != words:
            self._status.set_busy(words, self.cancel)

    @Slot()
    def _end(self, cancelled: bool = False) -> None:
        self._job = None
        good = self._done - len(self._failed)
        words = tr("{good} of {total} pictures filtered into {folder}")
        if cancelled:
            words = tr("Stopped; {good} of {total} pictures are in {folder}")
        if not self._total:
            words = tr("Stopped before the first picture")
        folder = self._name(self._target)
        said = words.format(good=f"{good:,}", total=f"{self._total:,}", folder=folder)
        self._status.set_idle(said)
        if self._failed:
            count = f"{len(self._failed):,}"
            more = tr("{count} could not be filtered").format(count=count)
            self._message.show_warning(f"{said}; {more}.", "", tr("Show why"), self.show_failures)
        self.changed.emit()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._job = None
        self._status.set_idle()
        self._message.show_error(error)
        self.changed.emit()

    @Slot()
    def show_failures(self) -> None:
        """List the pictures that failed, each with the reason."""
        listed = [(self._relative(each.source), str(each.error)) for each in self._failed]
        FailureList(self._window, tr("Pictures that could not be filtered"), listed).show()

    def _relative(self, path: Path) -> str:
        return printable(str(path.relative_to(self._source)))

    @staticmethod
    def _name(folder: Path) -> str:
        return printable(folder.name or str(folder))
