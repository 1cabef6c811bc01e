"""The window put together: session, workspaces, and what belongs to all of them."""

import functools
import os
from collections.abc import Callable
from pathlib import Path

import cv2
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMenu

from studio.document import Document
from studio.errors import StudioError
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.image.live import is_video
from studio.image.picture import Picture
from studio.image.read import printable
from studio.image.samples import SAMPLES
from studio.image.write import encode_png
from studio.window import recent
from studio.window.app import create_app
from studio.window.asking import ask_where
from studio.window.chrome.controls import make_action
from studio.window.chrome.frame import MainWindow, Space
from studio.window.chrome.status import Status
from studio.window.classify.space import ClassifySpace
from studio.window.drop import Brought
from studio.window.filter.space import FilterSpace
from studio.window.job import leave, stop_all
from studio.window.network.space import NetworkSpace
from studio.window.opening import Opening
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
    studio.train.bringing.kept.check()
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
        self.opening = Opening(self.window)
        self._join()

    def _join(self) -> None:
        window, session = self.window, self.session
        save = make_action(self, "Save document…", "Ctrl+Shift+S", self.save_document)
        window.add_actions("Picture", [self._samples_menu().menuAction()])
        window.add_actions("File", [*self.opening.actions, save])
        window.menu("File").aboutToShow.connect(self.opening.refresh)
        self._menu = self._open_menu()
        self.filter.set_open_menu(self._menu)
        self.filter.open_wanted.connect(self.open_picture)
        self.filter.opened.connect(recent.remember)
        self.opening.choose_picture.connect(self.open_picture)
        self.opening.picture_wanted.connect(self.open_file)
        self.opening.video_wanted.connect(self.open_file)
        self.opening.document_wanted.connect(self.open_file)
        self.opening.camera_wanted.connect(self.open_camera)
        self.opening.recent_wanted.connect(self.open_recent)
        session.picture_failed.connect(self.filter.message.show_error)
        session.compute_device_changed.connect(window.status.set_device)
        session.path_changed.connect(self._show_title)
        window.current_changed.connect(self._find_device)
        self.network.toolbar.picture_wanted.connect(self.open_picture)
        self.network.toolbar.camera_wanted.connect(self.open_camera)
        self.network.inspector.filter_wanted.connect(self._show_last_filter)
        window.closing.connect(self.filter.live.close)
        window.closing.connect(self.network.live.close)
        window.closing.connect(stop_all)
        window.may_close = self.train.closing.may_close
        self.train.closing.stopped.connect(window.close, Qt.ConnectionType.QueuedConnection)
        self.train.use_wanted.connect(self._use)
        self.train.results.network_wanted.connect(self._show_in_network)
        self.train.results.filter_wanted.connect(self._show_last_filter)
        self.train.results.picture_wanted.connect(self._use_with)
        self.network.editor.files.train_wanted.connect(lambda: window.show_space("train"))
        self.classify.space_wanted.connect(window.show_space)
        window.status.set_device(_filter_device())
        self._show_title()
        self._find_device(window.current.key)

    def _open_menu(self) -> QMenu:
        """What can be opened in Filter, for the button that is there."""
        opening = self.opening
        menu = QMenu(self.window)
        menu.setToolTipsVisible(True)
        menu.addActions([opening.picture, opening.video, opening.cameras.menuAction()])
        menu.addSeparator()
        menu.addActions([opening.recent.menuAction(), self._samples.menuAction()])
        menu.aboutToShow.connect(opening.refresh)
        return menu

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
        else:
            self.opening.ask_picture()

    @Slot(str)
    def open_file(self, path: str) -> None:
        """Open a picture, a video or a document, whichever it is."""
        if path.lower().endswith(".json"):
            self._try(functools.partial(self._open_document, path))
            return
        if is_video(path) and self.window.current.key == "network":
            self.network.open_camera(path)
            return
        if is_video(path):
            self.window.show_space("filter")
        self.filter.open_files([Path(path)])

    @Slot(str)
    def open_recent(self, path: str) -> None:
        """Open a file of the list; one that is gone is taken off it."""
        if os.path.isfile(path):
            self.open_file(path)
            return
        recent.forget(path)
        self.window.show_space("filter")
        title = tr("{name} is not there any more.").format(name=printable(Path(path).name))
        text = tr("It was taken off the list of recent files.")
        self.filter.message.show_warning(title, text)

    @Slot(str)
    def open_camera(self, reference: str) -> None:
        """Show what a camera sees, in Network if that is the current workspace, or else Filter."""
        if self.window.current.key == "network":
            self.network.open_camera(reference)
            return
        self.window.show_space("filter")
        self.filter.open_camera(reference)

    def _open_document(self, path: str) -> None:
        self.session.open_document(path)
        recent.remember(path)

    @Slot()
    def save_document(self) -> None:
        """Ask where, and write the document there."""
        kinds = f"{tr('Documents')} (*.json)"
        name = self.session.path or "studio.json"
        place = ask_where(self.window, tr("Save document"), name, kinds, "document")
        if place:
            self._try(lambda: self._save_document(str(place.path)))

    def _save_document(self, path: str) -> None:
        note = self.session.save_document(path)
        recent.remember(path)
        said = tr("Saved {name}").format(name=Path(path).name)
        self.window.current.status.show_message(f"{said}; {note}" if note else said)

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

    @Slot(str, str, int)
    def _show_in_network(self, reference: str, layer: str, output: int) -> None:
        """Show what a layer of a model has learned."""
        self._use("network", reference)
        self.network.show_kernel(layer, output)

    @Slot(str, str, object)
    def _use_with(self, space: str, reference: str, picture: Picture) -> None:
        """Show what a model that was just trained makes of a picture, and why."""
        if space == "classify":
            self.classify.bring(Brought(name=picture.name, data=encode_png(picture)))
        else:
            self.session.paste_picture(picture, tr("Use a test picture"))
            self.network.inspector.show_page("why")
        self._use(space, reference)

    @Slot()
    def _show_last_filter(self) -> None:
        """Show what a kernel that was just made a filter does to the picture."""
        self.window.show_space("filter")
        self.filter.panel.choose_last()

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
