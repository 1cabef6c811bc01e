"""Small pictures to press, each with its activation."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from studio.image.write import number
from studio.insight.strongest import Strong
from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.chrome.controls import KeyboardRing
from studio.window.translate import tr

_COLUMNS, _SIDE, _PAD = 3, 72, 2
COUNT = 9


class _Patch(KeyboardRing, QToolButton):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "flat")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(theme.px(_SIDE), theme.px(_SIDE)))
        self.setFixedSize(theme.px(_SIDE + 2 * _PAD), theme.px(_SIDE + 28))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(theme.font(12))


class Patches(QWidget):
    """The strongest, three in a row.

    Signals: `pressed` with a picture's number.
    """

    pressed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._strongest: tuple[Strong, ...] = ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.px(8))
        grid.setColumnStretch(_COLUMNS, 1)
        self.buttons = [_Patch() for _ in range(COUNT)]
        for place, button in enumerate(self.buttons):
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            button.clicked.connect(lambda _=False, place=place: self._press(place))
            button.hide()

    def show_strongest(self, strongest: Sequence[Strong], names: Sequence[str]) -> None:
        """Show others, each with the name of its picture."""
        before, self._strongest = self._strongest, tuple(strongest)
        side, ratio = theme.px(_SIDE), self.devicePixelRatioF()
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(strongest))
            if place >= len(strongest):
                continue
            one = strongest[place]
            words = number(one.activation)
            if place >= len(before) or before[place] is not one:
                button.setIcon(QIcon(thumbnail(one.patch, side, side, ratio)))
                button.setText(words)
            told = tr("{name}: {activation} at row {y}, column {x}; press to open")
            told = told.format(name=names[place], activation=words, y=one.y, x=one.x)
            button.setToolTip(told)
            button.setAccessibleName(told)

    def _press(self, place: int) -> None:
        if place < len(self._strongest):
            self.pressed.emit(self._strongest[place].number)
