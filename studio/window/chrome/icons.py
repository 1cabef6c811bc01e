"""Icons in the colours of the scheme in use, sharp at any device pixel ratio."""

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.paths import RESOURCES
from studio.window.chrome import theme
from studio.window.chrome.drawings import svg


class _Tinted(QIconEngine):
    """Draws an icon in the colour that its role has at that moment."""

    def __init__(self, name: str, role: str, on: str) -> None:
        super().__init__()
        self._name = name
        self._role = role
        self._on = on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        role = self._on if state == QIcon.State.On else self._role
        if mode == QIcon.Mode.Disabled:
            role = "disabled"
        drawing = svg(self._name, theme.colour(role).name())
        # A wide rectangle has its icon at the left: the rest is the gap to a button's words.
        side = min(rect.width(), rect.height())
        top = rect.top() + (rect.height() - side) / 2
        QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(rect.left(), top, side, side))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._role, self._on)


def icon(name: str, role: str = "text", on: str = "") -> QIcon:
    """An icon from `resources/icons`.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    role : str
        The token of the theme that colours it; disabled widgets show it in `disabled`.
    on : str
        The token for a checked button; the same as `role` when nothing is said.
    """
    svg(name, "#000000")  # a name that is wrong fails here, not while painting
    return QIcon(_Tinted(name, role, on or role))


def app_icon() -> QIcon:
    """The studio's own icon."""
    return QIcon(str(RESOURCES / "icons" / "studio.svg"))
