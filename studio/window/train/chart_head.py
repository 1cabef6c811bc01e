"""What stands over a chart: its title, and what its lines are."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import KeyboardRing
from studio.window.chrome.icons import icon
from studio.window.train.curve_series import Kind
from studio.window.translate import tr


class TitleButton(KeyboardRing, QToolButton):
    """The title of a chart; with a menu, a choice of what the chart shows."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "title")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow behind the words
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(theme.px(14), theme.px(14)))
        self.setIcon(icon("chevron-down", "text2"))
        self.restyle()

    def restyle(self) -> None:
        """Take the font of the theme."""
        self.setFont(theme.font(13, 600))


class LineKey(QWidget):
    """A sample of a line and what it stands for."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind
        self.word = ""
        self.set_word(tr("validation") if kind == "validation" else tr("training"))

    def set_word(self, word: str) -> None:
        """Say what the line is of."""
        self.word = word
        metrics = self.fontMetrics()
        self.setFixedSize(metrics.horizontalAdvance(word) + theme.px(28), metrics.height())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paint(QPainter(self), QRectF(self.rect()))

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """Draw it at the left of a rectangle."""
        painter.setPen(theme.colour("text2"))
        painter.setFont(theme.font(12))
        words = room.adjusted(theme.px(26), 0, theme.px(20), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.word)
        pen = QPen(theme.colour("text2"), 2 if self.kind == "validation" else 1.5)
        if self.kind == "training":
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        middle = room.center().y() + 1
        painter.drawLine(QPointF(room.left(), middle), QPointF(room.left() + theme.px(20), middle))
