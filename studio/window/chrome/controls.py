"""Buttons and small words: what toolbars, headers and forms are put together from."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QFontMetrics,
    QIcon,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from studio.window.chrome import theme
from studio.window.chrome.icons import icon
from studio.window.translate import tr

Look = Literal["labelled", "primary", "flat", "link", "chip"]
LabelRole = Literal["", "label", "caption", "small", "title", "big", "error"]

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.updateGeometry()
        widget.update()


def tip(text: str, key: str | QKeySequence = "") -> str:
    """A tooltip that names its key, such as ``Fit (Ctrl+0)``."""
    shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tr(text)} ({shown})" if shown else tr(text)


# PySide can't have two classes of Qt's among the bases of one.
if TYPE_CHECKING:
    _Base = QAbstractButton
else:
    _Base = object


class KeyboardRing(_Base):
    """Shows the focus ring when the keyboard brought the focus, not after a click."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            set_property(self, "ring", event.reason() in _BY_KEYBOARD)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            set_property(self, "ring", False)
        super().focusOutEvent(event)


class Button(KeyboardRing, QPushButton):
    """A button with words, and an icon before them if one is named.

    Parameters
    ----------
    look : str
        `primary` is the one filled button of a workspace, `flat` has no outline, `link` reads as
        text, `chip` is a rounded checkable one.
    tall : bool
        The height of transport buttons, 36 instead of 28.
    """

    def __init__(
        self,
        text: str,
        icon_name: str = "",
        look: Look = "labelled",
        tip_text: str = "",
        key: str = "",
        tall: bool = False,
    ) -> None:
        super().__init__(tr(text))
        self.setProperty("look", look)
        self.setProperty("tall", tall)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCheckable(look == "chip")
        if look == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(theme.px(20 if text else 16), theme.px(16)))
        self._role = {"primary": "on_fill", "link": "accent"}.get(look, "text")
        self.set_icon(icon_name)
        if tip_text:
            self.setToolTip(tip(tip_text, key))

    def set_icon(self, name: str) -> None:
        """Change the icon; an empty name takes it away."""
        self.setIcon(icon(name, self._role) if name else QIcon())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        # Qt keeps more room behind words that follow an icon than behind others.
        both = self.text() and not self.icon().isNull()
        return QSize(hint.width() - (theme.px(3) if both else 0), hint.height())


class PrimaryButton(Button):
    """The one filled button of a workspace."""

    def __init__(
        self, text: str, icon_name: str = "", tip_text: str = "", key: str = "", tall: bool = False
    ) -> None:
        super().__init__(text, icon_name, "primary", tip_text, key, tall)


class LinkButton(Button):
    """Words in the accent colour that do something at once."""

    def __init__(self, text: str, tip_text: str = "", key: str = "", icon_name: str = "") -> None:
        super().__init__(text, icon_name, "link", tip_text, key)


class IconButton(KeyboardRing, QToolButton):
    """A square button with an icon only; its tooltip is its name, for screen readers too."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        key: str = "",
        role: str = "text2",
        size: int = 28,
        look: Look = "flat",
    ) -> None:
        super().__init__()
        self.setProperty("look", look)
        self.set_icon(icon_name, role)
        self.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.setFixedSize(theme.px(size), theme.px(size))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(tip(name, key))
        self.setAccessibleName(tr(name))

    def set_icon(self, name: str, role: str = "text2") -> None:
        self.setIcon(icon(name, role, "accent"))

    def follow(self, action: QAction) -> "IconButton":
        """Press for an action: on and off with it, and named as it is."""

        def copy() -> None:
            if not isValid(action):  # Qt says `changed` while it destroys one
                return
            self.setEnabled(action.isEnabled())
            self.setToolTip(tip(action.text().replace("&", ""), action.shortcut()))

        copy()
        action.changed.connect(copy)
        self.clicked.connect(action.trigger)
        return self


class Switch(KeyboardRing, QCheckBox):
    """Yes or no."""


class Segments(QFrame):
    """One of a few choices, side by side.

    Signals: `changed` with the value that a person chose.
    """

    changed = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], tips: Sequence[str] = ()) -> None:
        """Make it from pairs of a value and what is shown for it."""
        super().__init__()
        self._group = QButtonGroup(self)
        self._values: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(28))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (value, shown) in enumerate(choices):
            button = _Segment(tr(shown))
            button.setProperty("place", _place(number, len(choices)))
            if number < len(tips):
                button.setToolTip(tips[number])
            self._group.addButton(button, number)
            self._values.append(value)
            row.addWidget(button, 1)
        self._group.idClicked.connect(self._choose)
        if choices:
            self._group.button(0).setChecked(True)

    @property
    def value(self) -> str:
        number = self._group.checkedId()
        return self._values[number] if number >= 0 else ""

    def set_value(self, value: str) -> None:
        """Show a choice without saying `changed`."""
        self._group.button(self._values.index(value)).setChecked(True)

    def natural_width(self) -> int:
        """The width that shows every choice whole."""
        return self.sizeHint().width()

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.changed.emit(self._values[number])


class _Segment(KeyboardRing, QToolButton):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._width(10), theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(5), theme.px(26))

    def _width(self, padding: int) -> int:
        # Measured in the weight of the chosen one, so that choosing moves nothing.
        words = QFontMetrics(theme.font(weight=600)).horizontalAdvance(self.text())
        return words + 2 * theme.px(padding) + 1


def _place(number: int, count: int) -> str:
    if count == 1:
        return "only"
    return {0: "first", count - 1: "last"}.get(number, "middle")


class Elided(QLabel):
    """Words that are cut with an ellipsis where there is no room; the tooltip has them whole."""

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(16), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            room,
            self.alignment(),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )


def make_action(
    parent: QObject, text: str, key: str = "", slot: Callable[[], object] | None = None
) -> QAction:
    """An action for a menu, with its key and what it does."""
    made = QAction(tr(text), parent)
    if key:
        made.setShortcut(QKeySequence(key))
    if slot is not None:
        made.triggered.connect(slot)
    return made


def make_separator(parent: QObject) -> QAction:
    """A line between the actions of a menu."""
    made = QAction(parent)
    made.setSeparator(True)
    return made


def label(text: str = "", role: LabelRole = "", wrap: bool = False, elide: bool = False) -> QLabel:
    """Words in one of the design's roles."""
    made = Elided() if elide else QLabel()
    made.setText(tr(text) if text else "")
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    return made


def dialog_buttons(dialog: QDialog, accept: Button) -> QHBoxLayout:
    """The foot of a dialog: Cancel, and at the right what it is for, which Enter presses too."""
    cancel = Button("Cancel")
    cancel.clicked.connect(dialog.reject)
    accept.setDefault(True)
    row = QHBoxLayout()
    row.setSpacing(theme.px(8))
    row.addStretch(1)
    row.addWidget(cancel)
    row.addWidget(accept)
    return row


def fill_row(row: QHBoxLayout, widgets: Sequence[QWidget | int]) -> None:
    """Add widgets to a row; a number is that much space, 0 what is left."""
    for widget in widgets:
        if isinstance(widget, QWidget):
            row.addWidget(widget)
        elif widget:
            row.addSpacing(theme.px(widget))
        else:
            row.addStretch(1)
