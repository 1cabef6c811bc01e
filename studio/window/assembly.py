"""The window put together: session, workspaces, and what belongs to all of them."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
from PySide6.QtCore import QObject, QSettings, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from studio.document import Document
from studio.errors import StudioError
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.image.read import EXTENSIONS
from studio.image.samples import SAMPLES
from studio.window.app import create_app
from studio.window.chrome.controls import make_action
from studio.window.chrome.frame import MainWindow, Space
from studio.window.chrome.status import Status
from studio.window.classify.space import ClassifySpace
from studio.window.filter.space import FilterSpace
from studio.window.job import leave, stop_all
from studio.window.network.space import NetworkSpace
from studio.window.session import Session
from studio.window.train.space import TrainSpace
from studio.window.translate import tr

NEEDS_TORCH = ("network", "train", "classify")


def first_document() -> Document:
    """What a person sees first: a photo, its grey, and where brightness rises to the right."""
    steps = (
        FILTERS["grey"].build(),
        FILTERS["median"].build({"radius": 1}),
        FILTERS["convolution"].build({"kernel": "sobel-x"}),
    )
    return Document(chain=Chain(steps=tuple(Step(filter=step) for step in steps)))


def run(document: str | None = None) -> int:
    """Open the window and stay until it is closed; the program's exit status.

    Raises
    ------
    StudioError
        When the document can't be read.
    """
    app = create_app()
    studio = Studio(Session(first_document()))
    if document:
        studio.session.open_document(document)
    studio.window.show()
    return leave(app.exec())


class Studio(QObject):
    """Owns the session and the window, and joins the workspaces."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        filtering, looking, training, answering = (Status(self) for _ in range(4))
        self.filter = FilterSpace(session, filtering)
        self.network = NetworkSpace(session, looking)
        self.train = TrainSpace(session, training)
        self.classify = ClassifySpace(session, answering)
        self.window = MainWindow(
            session,
            [
                _space("filter", "Filter", self.filter, filtering),
                _space("network", "Network", self.network, looking),
                _space("train", "Train", self.train, training),
                _space("classify", "Classify", self.classify, answering),
            ],
        )
        self._join()

    def _join(self) -> None:
        window, session = self.window, self.session
        window.add_actions("File", self._file_actions())
        window.add_actions("Picture", [self._samples_menu().menuAction()])
        self.filter.open_wanted.connect(self.open_picture)
        session.picture_failed.connect(self.filter.message.show_error)
        session.compute_device_changed.connect(window.status.set_device)
        session.path_changed.connect(self._show_title)
        window.current_changed.connect(self._find_device)
        window.closing.connect(stop_all)
        self.train.use_wanted.connect(self._use)
        self.classify.space_wanted.connect(window.show_space)
        window.status.set_device(_filter_device())
        self._show_title()
        self._find_device(window.current.key)

    def _file_actions(self) -> Sequence[QAction]:
        return [
            make_action(self, "Open picture…", "Ctrl+O", self.open_picture),
            make_action(self, "Open document…", "Ctrl+Shift+O", self.open_document),
            make_action(self, "Save document…", "Ctrl+Shift+S", self.save_document),
        ]

    def _samples_menu(self) -> QMenu:
        self._samples = QMenu(tr("Sample photos"), self.window)
        for known in SAMPLES:
            action = self._samples.addAction(tr(known.title))
            action.triggered.connect(functools.partial(self.session.open_picture, known.name))
        return self._samples

    @Slot()
    def open_picture(self) -> None:
        """Ask for a picture and make it the document's; in Classify, for pictures to add."""
        if self.window.current.key == "classify":
            self.classify.choose_files()
            return
        endings = " ".join(f"*{ending}" for ending in EXTENSIONS)
        path = self._ask_open("folders/open", tr("Open picture"), f"{tr('Pictures')} ({endings})")
        if path:
            self.session.open_picture(path)

    @Slot()
    def open_document(self) -> None:
        """Ask for a document and go on with it."""
        path = self._ask_open(
            "folders/document", tr("Open document"), f"{tr('Documents')} (*.json)"
        )
        if path:
            self._try(lambda: self.session.open_document(path))

    @Slot()
    def save_document(self) -> None:
        """Ask where, and write the document there."""
        settings = QSettings()
        folder = Path(str(settings.value("folders/document", str(Path.home()))))
        start = self.session.path or folder / "studio.json"
        path, _ = QFileDialog.getSaveFileName(
            self.window, tr("Save document"), str(start), f"{tr('Documents')} (*.json)"
        )
        if path:
            settings.setValue("folders/document", str(Path(path).parent))
            self._try(lambda: self._save_document(path))

    def _save_document(self, path: str) -> None:
        note = self.session.save_document(path)
        said = tr("Saved {name}").format(name=Path(path).name)
        self.window.current.status.show_message(f"{said}; {note}" if note else said)

    def _ask_open(self, key: str, title: str, kinds: str) -> str:
        settings = QSettings()
        folder = str(settings.value(key, str(Path.home())))
        path, _ = QFileDialog.getOpenFileName(self.window, title, folder, kinds)
        if path:
            settings.setValue(key, str(Path(path).parent))
        return path

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except StudioError as error:
            self.window.show_space("filter")
            self.filter.message.show_error(error)

    @Slot(str, str)
    def _use(self, space: str, reference: str) -> None:
        """Show a model that was just trained in another workspace."""
        document = self.session.document.change(model=reference)
        self.session.edit(tr("Choose model"), document)
        self.window.show_space(space)

    @Slot(str)
    def _find_device(self, space: str) -> None:
        """Where networks are computed: known once torch is needed, and torch is loaded then."""
        if space in NEEDS_TORCH and not self.session.compute_device:
            self.session.find_compute_device()

    @Slot()
    def _show_title(self) -> None:
        path = self.session.path
        self.window.set_title(path.stem if path else "")


def _space(
    key: str,
    title: str,
    widget: FilterSpace | NetworkSpace | TrainSpace | ClassifySpace,
    status: Status,
) -> Space:
    return Space(key, title, key, widget, status, widget.menu_actions)


def _filter_device() -> str:
    """What filters are computed on, which is all there is before a network is needed."""
    threads = cv2.getNumThreads()
    return tr("CPU, {count} threads").format(count=threads) if threads > 1 else tr("CPU, 1 thread")
