"""The rail at the left: the workspaces, and help at the bottom."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout

from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, KeyboardRing, tip
from studio.window.chrome.icons import icon
from studio.window.translate import tr

WIDE = 64
NARROW = 48


class RailButton(KeyboardRing, QToolButton):
    """A workspace on the rail; a dot says that a job runs in it."""

    def __init__(self, title: str, icon_name: str, key: str) -> None:
        super().__init__()
        self.setText(tr(title))
        self.setCheckable(True)
        self.setIcon(icon(icon_name, "text3", "accent"))
        self.setToolTip(tip(title, key))
        self.setAccessibleName(tr(title))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._has_dot = False
        self._narrow = False
        self.set_narrow(False)

    @property
    def has_dot(self) -> bool:
        return self._has_dot

    def set_dot(self, has_dot: bool) -> None:
        if has_dot != self._has_dot:
            self._has_dot = has_dot
            self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon only."""
        self._narrow = narrow
        width, height = (NARROW, 44) if narrow else (WIDE, 52)
        self.setFixedSize(theme.px(width) - 1, theme.px(height))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QRectF(self.rect()).adjusted(px(4), 0, -px(3), 0)
        if self.isChecked() or self.underMouse():
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(ground, px(6), px(6))
        if self.isChecked():
            painter.setBrush(theme.colour("accent"))
            # Drawn past the edge, so that only its right corners are round.
            tall = px(32)
            painter.drawRoundedRect(-4, (self.height() - tall) // 2, px(3) + 4, tall, 2, 2)
        side = px(20)
        top = (self.height() - side) // 2 if self._narrow else px(8)
        middle = round(ground.center().x())
        spot = QRect(middle - side // 2, top, side, side)
        state = QIcon.State.On if self.isChecked() else QIcon.State.Off
        self.icon().paint(painter, spot, state=state)
        if not self._narrow:
            painter.setFont(theme.font(11))
            lit = self.isChecked() or self.underMouse()
            painter.setPen(theme.colour("text" if lit else "text3"))
            words = QRect(0, px(29), self.width(), px(18))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        if self._has_dot:
            painter.setPen(QPen(theme.colour("window"), 2))
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(spot.right() - px(2), spot.top() - px(4), px(8), px(8))
        if self.property("ring"):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), px(5), px(5))


class Rail(QFrame):
    """Signals: `chosen` with a workspace's number, `help_wanted`."""

    chosen = Signal(int)
    help_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, theme.px(8), 1, theme.px(12))
        self._column.setSpacing(theme.px(4))
        self.help = IconButton("help", "Help", "F1", role="text3")
        self.help.setIconSize(QSize(theme.px(20), theme.px(20)))
        self.help.clicked.connect(self._help)
        self._column.addStretch(1)
        self._column.addWidget(self.help, 0, Qt.AlignmentFlag.AlignHCenter)
        self.buttons: list[RailButton] = []
        self.set_narrow(False)

    def add(self, title: str, icon_name: str, key: str) -> None:
        """Put a workspace below those that are there."""
        button = RailButton(title, icon_name, key)
        self._group.addButton(button, len(self.buttons))
        self._column.insertWidget(len(self.buttons), button)
        self.buttons.append(button)

    def set_current(self, number: int) -> None:
        self.buttons[number].setChecked(True)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, for a small window."""
        self.setFixedWidth(theme.px(NARROW if narrow else WIDE))
        for button in self.buttons:
            button.set_narrow(narrow)

    @Slot()
    def _help(self) -> None:
        self.help_wanted.emit()
