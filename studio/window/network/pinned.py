"""Maps that stay in sight while other layers are shown."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from studio.window.canvas.map_cells import Words, cells_of, round_corners
from studio.window.canvas.map_strips import RADIUS, Colours
from studio.window.chrome import theme
from studio.window.chrome.controls import KeyboardRing, make_action
from studio.window.translate import tr

SIDE = 48
_HEIGHT = 80
_WIDEST = 96  # of the words below a map

Layers = Mapping[str, NDArray[np.float32]]


class Pin(NamedTuple):
    """A map: the row it belongs to, what that is called, and the map's number."""

    row: str
    title: str
    number: int


class PinnedMaps(QScrollArea):
    """The pinned maps in a row, each a button that goes there; hidden while there are none.

    Signals: `chosen` with the name of the row and the map's number; `changed` when one is pinned
    or unpinned.
    """

    chosen = Signal(str, int)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[Pin, _PinButton] = {}
        self._content = QWidget()
        self._row = QHBoxLayout(self._content)
        self._row.setContentsMargins(theme.px(2), 0, theme.px(2), 0)
        self._row.setSpacing(theme.px(4))
        self._row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(theme.px(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Pinned maps"))
        self.hide()

    @property
    def pins(self) -> tuple[Pin, ...]:
        return tuple(self._buttons)

    def toggle(self, pin: Pin) -> None:
        """Pin a map, or unpin it."""
        if pin in self._buttons:
            self._remove(pin)
        else:
            button = _PinButton(pin)
            button.clicked.connect(lambda: self.chosen.emit(pin.row, pin.number))
            button.unpin.triggered.connect(lambda: self._remove(pin))
            self._buttons[pin] = button
            self._row.addWidget(button)
        self._tell()

    def show_maps(self, layers: Layers, colours_of: Callable[[str], Colours]) -> None:
        """Show the pinned maps of another picture; those that the network hasn't are unpinned.

        Parameters
        ----------
        layers : mapping
            By row name; channels x height x width.
        colours_of : callable
            Gives the colours of the maps of a row.
        """
        gone = [pin for pin in self._buttons if not 0 <= pin.number < len(layers.get(pin.row, ()))]
        for pin in gone:
            self._remove(pin)
        for pin, button in self._buttons.items():
            colours = colours_of(pin.row)
            low, high = colours.low[pin.number, None], colours.high[pin.number, None]
            button.show_map(layers[pin.row][pin.number], colours.name, low, high)

    def _remove(self, pin: Pin) -> None:
        button = self._buttons.pop(pin)
        self._row.removeWidget(button)
        button.hide()
        button.deleteLater()
        self._tell()

    def _tell(self) -> None:
        self.setVisible(bool(self._buttons))
        self.changed.emit()


class _PinButton(KeyboardRing, QToolButton):
    def __init__(self, pin: Pin) -> None:
        super().__init__()
        words = tr("map {number}").format(number=pin.number)
        self.setAccessibleName(f"{pin.title}, {words}")
        self.setToolTip(f"{pin.title}, {words}\n" + tr("Unpin with Delete"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFont(theme.font(11))
        self.setIconSize(QSize(theme.px(SIDE), theme.px(SIDE)))
        metrics, number = self.fontMetrics(), f": {pin.number}"
        room = theme.px(_WIDEST) - metrics.horizontalAdvance(number)
        title = metrics.elidedText(pin.title, Qt.TextElideMode.ElideRight, room)
        self.setText(title + number)
        width = max(theme.px(SIDE), metrics.horizontalAdvance(self.text())) + theme.px(6)
        self.setFixedSize(width, theme.px(SIDE + 22))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.unpin = make_action(self, "Unpin", "Del")
        self.unpin.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(self.unpin)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_map(
        self,
        values: NDArray[np.float32],
        name: str,
        low: NDArray[np.float32],
        high: NDArray[np.float32],
    ) -> None:
        ratio = self.devicePixelRatioF()
        longest = max(values.shape)
        height, width = (
            max(1, round(theme.px(SIDE) * ratio * max(side / longest, 0.25)))
            for side in values.shape
        )
        cells = cells_of(values[None], name, low, high, (height, width))
        round_corners(cells, RADIUS * ratio, theme.colour("window").rgba())
        self.setIcon(QIcon(_pixmap(cells[0], ratio)))


def _pixmap(cell: Words, ratio: float) -> QPixmap:
    height, width = cell.shape
    pixels = np.ascontiguousarray(cell)
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    found = QPixmap.fromImage(image.copy())
    found.setDevicePixelRatio(ratio)
    return found
