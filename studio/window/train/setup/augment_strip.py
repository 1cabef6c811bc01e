"""A few training pictures as the augmentation changes them, anew with every click."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.data.settings import FOLDER
from studio.training.augment_words import said
from studio.training.augmentation import AugmentationSettings
from studio.training.settings import TrainSettings
from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.chrome.controls import LinkButton, label
from studio.window.latest import Latest
from studio.window.train.setup.captions import augmentation_words
from studio.window.train.setup.samples import DataReading, read_samples
from studio.window.translate import tr

_SIDE = 44
_GAP = 4
_MOST = 10
_RELEVANT = ("data", "folder", "classes", "picture_size", "fit", "grey")

Changed = NDArray[np.uint8]


def augmented(pictures: Changed, settings: AugmentationSettings, seed: int) -> Changed:
    """Pictures N x height x width x channels as one batch of a run would have them; for a job."""
    import torch

    from studio.training.augment import Augmenter
    from studio.training.mixup import mix

    generator = torch.Generator().manual_seed(seed)
    mean = (pictures.mean(axis=(0, 1, 2)) / 255).tolist()
    values = Augmenter(settings, mean)(torch.from_numpy(pictures), generator).float()
    if settings.mixup:
        planes, labels = values.permute(0, 3, 1, 2), torch.zeros(len(values), dtype=torch.long)
        mixed, _ = mix(planes, labels, 1, settings.mixup, generator)
        values = mixed.permute(0, 2, 3, 1)
    return values.round().clamp(0, 255).to(torch.uint8).contiguous().numpy()


class AugmentStrip(QWidget):
    """Real training pictures, augmented; and in words what is missing where there are none.

    Nothing is read before it is seen, nor where nothing is changed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reading = DataReading(read_samples, _RELEVANT, self)
        self.reading.changed.connect(self._show_state)
        self.pictures = _Pictures()
        self.pictures.others_wanted.connect(self.draw_others)
        self.pictures.resized.connect(self._draw)
        self.words = label(role="caption", wrap=True)
        self.download = LinkButton("Download", "Get the pictures now")
        self.download.clicked.connect(self._download)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.words, 1)
        row.addWidget(self.download, 0, Qt.AlignmentFlag.AlignTop)
        self._line = line
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(4))
        column.setSpacing(0)
        column.addWidget(self.pictures)
        column.addWidget(line)
        self._settings: TrainSettings | None = None
        self._root: Path | None = None
        self._draws = 0  # how often other pictures were wanted
        self._augmenting = Latest(tr("Augmenting"), interim=True, parent=self)
        self._augmenting.result.connect(self._take)
        self._augmenting.failed.connect(self._fail)
        self.hide()

    def show_settings(self, settings: TrainSettings, root: Path | None) -> None:
        """Show what becomes of the pictures of a run."""
        self._settings, self._root = settings, root
        self.setVisible(changes(settings))
        self._want()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want()

    @Slot()
    def draw_others(self) -> None:
        """Show other pictures, changed in other ways."""
        self._draws += 1
        self._draw()

    def _want(self) -> None:
        if self._settings is not None and self.isVisible() and changes(self._settings):
            self.reading.want(self._settings, self._root)
            self._draw()
        elif self._settings is not None and not changes(self._settings):
            self.reading.cancel()

    @Slot()
    def _download(self) -> None:
        assert self._settings is not None
        self.reading.want(self._settings, self._root, may_download=True)

    @Slot()
    def _show_state(self) -> None:
        state, reading = self.reading.state, self.reading
        words = ""
        if state == "absent":
            words = tr("The pictures aren't here yet.")
        elif state == "reading":
            said = reading.progress.what if reading.progress else tr("Reading pictures")
            words = f"{said}…"
        elif state == "failed":
            assert self._settings is not None
            own = self._settings.data == FOLDER and not self._settings.folder
            words = tr("Choose a folder above to see its pictures here.") if own else ""
            words = words or str(reading.error)
        self.words.setText(words[:1].upper() + words[1:])
        self.download.setVisible(state == "absent")
        self._line.setVisible(bool(words))
        self.pictures.setVisible(state == "ready")
        self._draw()

    @Slot()
    def _draw(self) -> None:
        looked, settings = self.reading.looked, self._settings
        if looked is None or settings is None or not self.isVisible():
            return
        count = min(self.pictures.room, len(looked.samples))
        if not count:
            return
        seed = self._draws
        chosen = np.random.default_rng(seed).permutation(len(looked.samples))[:count]
        before = np.ascontiguousarray(looked.samples[chosen])
        self._augmenting.submit(lambda: (before, augmented(before, settings, seed)))

    @Slot(object)
    def _take(self, both: tuple[Changed, Changed]) -> None:
        assert self._settings is not None
        self.pictures.show_pictures(*both, augmentation_words(self._settings))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.words.setText(str(error))
        self._line.show()


def changes(settings: AugmentationSettings) -> bool:
    """Whether the settings change any picture."""
    return bool(said(settings))


class _Pictures(QWidget):
    """Pictures in a row, each as it was while the pointer is on it.

    Signals: `others_wanted` on a click, Space or Enter; `resized`.
    """

    others_wanted = Signal()
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_SIDE))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(
            tr("Training pictures, augmented. A click draws others; under the pointer, or with B "
               "held, as they were before")
        )  # fmt: skip
        self._after: list[QPixmap] = []
        self._before: list[QPixmap] = []
        self._hovered = -1
        self._compares = False
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(256), theme.px(_SIDE))

    @property
    def room(self) -> int:
        """How many pictures there is room for."""
        side, gap = theme.px(_SIDE), theme.px(_GAP)
        return max(1, min(_MOST, (self.width() + gap) // (side + gap)))

    def show_pictures(self, before: Changed, after: Changed, words: str) -> None:
        self._before = [self._small(picture) for picture in before]
        self._after = [self._small(picture) for picture in after]
        self.setAccessibleName(tr("Augmented samples: {words}").format(words=words))
        self.update()

    @property
    def shown(self) -> list[QPixmap]:
        """What is painted, from the left."""
        return [
            before if self._compares or place == self._hovered else after
            for place, (before, after) in enumerate(zip(self._before, self._after, strict=True))
        ]

    def _small(self, picture: Changed) -> QPixmap:
        channels = picture.shape[-1]
        rgb = np.repeat(picture, 3, axis=-1) if channels == 1 else picture
        side = theme.px(_SIDE)
        return thumbnail(np.ascontiguousarray(rgb), side, side, self.devicePixelRatioF())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.others_wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(int(event.position().x()) // (theme.px(_SIDE) + theme.px(_GAP)))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Space | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.others_wanted.emit()
            case Qt.Key.Key_B:
                self._compare(True)
            case _:
                super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_B and not event.isAutoRepeat():
            self._compare(False)
        else:
            super().keyReleaseEvent(event)

    def _compare(self, on: bool) -> None:
        self._compares = on
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._compare(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side, gap = theme.px(_SIDE), theme.px(_GAP)
        for place, pixmap in enumerate(self.shown):
            painter.drawPixmap(place * (side + gap), 0, pixmap)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
