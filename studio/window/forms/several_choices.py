"""Choices in a form, one or several that are ticked: each becomes a run of its own."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from studio.declare import Option
from studio.window.chrome import theme
from studio.window.chrome.controls import Button
from studio.window.forms.action_box import ActionBox
from studio.window.forms.beneath import Beneath, makes_runs
from studio.window.forms.check_list import CheckList
from studio.window.forms.fields import ChoiceBox, ChoiceField, Field, SwitchField
from studio.window.translate import tr

_SEVERAL = "several"


class _ElidedButton(Button):
    """A button that takes any width, and cuts its words with an ellipsis."""

    def __init__(self) -> None:
        super().__init__("")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.width() - theme.px(24)
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)


class _Chooser:
    """A button with the chosen values in place of a field, and the list that it opens."""

    def __init__(
        self,
        field: Field,
        beneath: Beneath,
        choices: Sequence[tuple[str, str]],
        name: str,
        take: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._field = field
        self._shown = dict(choices)
        self._name, self._take = name, take
        self._list: CheckList | None = None
        self.button = _ElidedButton()
        self.button.setAccessibleName(name)
        self.button.hide()
        beneath.row.addWidget(self.button, 1)
        self.button.clicked.connect(self.open)

    @property
    def list(self) -> CheckList:
        """The list, which is made when it is needed first: most never are."""
        if self._list is None:
            self._list = CheckList(self._field, [*self._shown.items()], self._name)
            self._list.chosen.connect(self._take)
        return self._list

    def open(self) -> None:
        values = self._field.several or (self._field.value(),)
        self.list.open_at(self._field, [_key(value) for value in values])

    def show(self, values: tuple[Any, ...]) -> None:
        words = " · ".join(self._shown[_key(value)] for value in values)
        self.button.setText(words)
        self.button.setToolTip(words)
        self.button.setVisible(bool(values))


def _key(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


class SeveralChoices(ChoiceField):
    """One of some values, or several of them."""

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        shown = [(choice, tr(option.shown(choice))) for choice in option.choices]
        self._chooser = _Chooser(self, self._beneath, shown, tr(option.label), self._take_several)
        if isinstance(self.box, ActionBox):
            self.box.show_actions([(tr("Several…"), _SEVERAL)])
            self.box.wanted.connect(self._want_list)
            self.box.currentIndexChanged.disconnect(self.edited)
            self.box.currentIndexChanged.connect(self._choose)
        _offer_list(self, self.open_list)

    def row(self) -> QHBoxLayout:
        self._beneath = Beneath(self)
        return self._beneath.row

    def setToolTip(self, text: str) -> None:
        super().setToolTip(text if self.box is not None else _with_menu(text))

    def make_box(self) -> ChoiceBox:
        return ActionBox()

    def open_list(self) -> None:
        """Let a person tick the values."""
        self._chooser.open()

    @property
    def list(self) -> CheckList:
        return self._chooser.list

    def value(self) -> str:
        return str(self.several[0]) if self.several else super().value()

    def set_value(self, value: str) -> None:
        super().set_value(value)
        if isinstance(self.box, ActionBox):
            self.box.remember(value)
        self.set_several(())

    def set_several(self, values: tuple[Any, ...]) -> None:
        self.several = values
        self._chooser.show(values)
        inner = self.segments or self.box
        assert inner is not None
        inner.setVisible(not values)
        self.setFocusProxy(self._chooser.button if values else inner)
        self._beneath.say(makes_runs(len(values)) if values else "")

    @Slot()
    def _want_list(self) -> None:
        assert self.box is not None
        self.box.setToolTip("")  # the field's own
        self.open_list()

    @Slot(int)
    def _choose(self, index: int) -> None:
        assert self.box is not None
        if self.box.itemData(index) in (None, _SEVERAL):
            return
        if isinstance(self.box, ActionBox):
            self.box.remember(self.box.itemData(index))
        self.edited.emit()

    def _take_several(self, ticked: tuple[str, ...]) -> None:
        _take_ticked(self, ticked)


def _with_menu(text: str) -> str:
    return f"{text}\n{tr('A right click offers to try several.')}"


class SeveralSwitch(SwitchField):
    """Yes or no, or both."""

    def setToolTip(self, text: str) -> None:
        super().setToolTip(_with_menu(text))

    def __init__(self, option: Option) -> None:
        super().__init__(option)
        shown = [("no", tr("Off")), ("yes", tr("On"))]
        self._chooser = _Chooser(self, self._beneath, shown, tr(option.label), self._take_several)
        _offer_list(self, self.open_list)

    def row(self) -> QHBoxLayout:
        self._beneath = Beneath(self)
        return self._beneath.row

    def open_list(self) -> None:
        """Let a person tick the values."""
        self._chooser.open()

    @property
    def list(self) -> CheckList:
        return self._chooser.list

    def value(self) -> bool:
        return bool(self.several[0]) if self.several else super().value()

    def set_value(self, value: bool) -> None:
        super().set_value(value)
        self.set_several(())

    def set_several(self, values: tuple[Any, ...]) -> None:
        self.several = values
        self._chooser.show(values)
        self.box.setVisible(not values)
        self._beneath.say(makes_runs(len(values)) if values else "")

    def _take_several(self, ticked: tuple[str, ...]) -> None:
        _take_ticked(self, tuple(choice == "yes" for choice in ticked))


def _take_ticked(field: Field, values: tuple[Any, ...]) -> None:
    """What was ticked: nothing leaves the field as it was, one is a value, more are several."""
    if len(values) > 1:
        field.set_several(values)
        field.varied.emit()
    elif values:
        varied = bool(field.several)
        field.set_value(values[0])
        if varied:
            field.varied.emit()
        field.edited.emit()


def _offer_list(field: Field, open_list: Callable[[], None]) -> None:
    """A menu of the field's own, which opens the list."""
    field.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def show(place: QPoint) -> None:
        menu = QMenu(field)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = QAction(tr("Several…"), menu)
        action.triggered.connect(open_list)
        menu.addAction(action)
        menu.popup(field.mapToGlobal(place))

    field.customContextMenuRequested.connect(show)
