"""Pictures that belong together, one after the other: those of a folder, the pages of a file."""

import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout

from studio.errors import PictureError
from studio.image.pages import Page, page_of
from studio.image.read import page_count, picture_paths, printable
from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, label, make_action
from studio.window.latest import Latest
from studio.window.session import Session
from studio.window.translate import tr


@dataclass(frozen=True)
class Place:
    """Where a person is: in one of some files, at one of its pages; both counted from 0."""

    files: tuple[str, ...]
    file: int = 0
    pages: int = 1
    page: int = 0

    @property
    def reference(self) -> str:
        """What a document calls the picture there."""
        return Page(self.files[self.file], self.page).reference

    def moved(self, step: int) -> "Place | None":
        """The next place, or the one before for −1; None at the ends."""
        if 0 <= self.page + step < self.pages:
            return replace(self, page=self.page + step)
        if 0 <= self.file + step < len(self.files):
            return Place(self.files, self.file + step)
        return None

    def found(self, reference: str) -> "Place | None":
        """Where a picture is among these."""
        path, page = page_of(reference)
        if path == self.files[self.file]:
            return replace(self, page=page)
        return Place(self.files, self.files.index(path), page=page) if path in self.files else None

    @property
    def words(self) -> str:
        """Such as ``3 of 24``; empty where there is only one picture."""
        words = []
        if len(self.files) > 1:
            words.append(_of(self.file, len(self.files), "{number} of {count}"))
        if self.pages > 1:
            words.append(_of(self.page, self.pages, "page {number} of {count}"))
        return ", ".join(words)


def _of(number: int, count: int, words: str) -> str:
    return tr(words).format(number=f"{number + 1:,}", count=f"{count:,}")


class Series(QObject):
    """Goes through the pictures that were opened together.

    Signals: `changed` when `place` is another one; `failed(error)`; `opened(path)` with each
    picture file that a person chose and that was read.
    """

    changed = Signal()
    failed = Signal(object)
    opened = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._place: Place | None = None
        self._asked = ""  # a reference that is being read
        self._chosen = ""  # a file that a person named
        self.previous = make_action(self, "Previous picture", "Alt+Left", lambda: self.go(-1))
        self.next = make_action(self, "Next picture", "Alt+Right", lambda: self.go(1))
        self._searching = Latest(tr("Looking for pictures"), parent=self)
        self._searching.result.connect(self._take_files)
        self._searching.failed.connect(self.failed)
        self._counting = Latest(tr("Counting pages"), parent=self)
        self._counting.result.connect(self._take_count)
        self._counting.failed.connect(self.failed)
        session.picture_changed.connect(self._follow)
        session.picture_failed.connect(self._forget_asked)
        self._tell()

    @property
    def place(self) -> Place | None:
        """Where it is; None if the session's picture belongs to nothing."""
        return self._place

    def open(self, paths: Sequence[Path]) -> None:
        """Open the first of these pictures; a folder stands for those in it and below it."""
        self._chosen = str(paths[0])
        if len(paths) == 1 and not os.path.isdir(paths[0]):
            self._searching.cancel()
            self._take_files([self._chosen])
        else:
            self._searching.submit(functools.partial(_found, tuple(paths)))

    def close(self) -> None:
        """Something else is shown: nothing follows it."""
        self._searching.cancel()
        self._counting.cancel()
        self._place, self._asked, self._chosen = None, "", ""
        self._tell()

    @Slot(int)
    def go(self, step: int) -> None:
        """Open the next picture, or the one before for −1."""
        place = self._place.moved(step) if self._place is not None else None
        if place is not None:
            self._show(place)

    def _show(self, place: Place) -> None:
        self._place = place
        self._asked = place.reference
        self._counting.cancel()
        self._tell()
        self._session.open_picture(self._asked)

    @Slot(object)
    def _take_files(self, files: Sequence[str]) -> None:
        self._show(Place(tuple(files)))

    @Slot()
    def _follow(self) -> None:
        """Another picture is there: one of these, or of a series of its own."""
        reference = self._session.document.picture
        path, page = page_of(reference)
        if self._session.picture.path != path:  # a sample, a paste, or a still of a video
            self.close()
            return
        place = self._place.found(reference) if self._place is not None else None
        self._place = place = place or Place((path,), page=page)
        if reference == self._asked and path == self._chosen:
            self.opened.emit(path)
        self._asked = ""
        self._tell()
        if place.pages == 1:
            self._counting.submit(lambda: (path, page_count(path)))

    @Slot(object)
    def _take_count(self, counted: tuple[str, int]) -> None:
        path, count = counted
        place = self._place
        if place is not None and place.files[place.file] == path and count > 1:
            self._place = replace(place, pages=count)
            self._tell()

    @Slot()
    def _forget_asked(self) -> None:
        self._asked = ""

    def _tell(self) -> None:
        place = self._place
        for step, action in ((-1, self.previous), (1, self.next)):
            action.setEnabled(place is not None and place.moved(step) is not None)
        self.changed.emit()


def _found(paths: Sequence[Path]) -> Iterator[list[str]]:
    files = [str(path) for path in picture_paths(paths)]
    if not files:
        name = printable(paths[0].name)
        raise PictureError(f"there is no picture in {name}", "Open another folder")
    yield files


class SeriesStrip(QFrame):
    """Previous, where one is, next, and the file; hidden while there is only one picture."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(40))
        self._series = series
        self.previous = IconButton("chevron-left", "Previous picture").follow(series.previous)
        self.next = IconButton("chevron-right", "Next picture").follow(series.next)
        self.words = label(role="label")
        self.name = label(role="caption", elide=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 1, theme.px(16), 0)
        row.setSpacing(0)
        for widget in (self.previous, self.words, self.next):
            row.addWidget(widget)
        row.addSpacing(theme.px(12))
        row.addWidget(self.name, 1)
        series.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        place = self._series.place
        words = place.words if place is not None else ""
        self.words.setText(words)
        if place is not None and words:  # as wide as it can become, so that nothing moves
            last = replace(place, file=len(place.files) - 1, page=place.pages - 1)
            width = QFontMetrics(theme.font()).horizontalAdvance(last.words)
            self.words.setMinimumWidth(width + theme.px(16))
            self.name.setText(printable(Path(place.files[place.file]).name))
        self.setVisible(bool(words))
