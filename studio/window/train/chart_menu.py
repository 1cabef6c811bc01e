"""What a chart's title and its menu let a person choose."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from studio.window.chrome.controls import make_action
from studio.window.train.quantities import QUANTITIES, SMOOTHINGS, UNITS
from studio.window.translate import tr


class ChartMenu(QMenu):
    """Horizontal axis and smoothing, which all charts share; vertical axis; save and copy.

    Signals: `unit_chosen`, `smoothing_chosen` and `log_chosen` with what a person wants,
    `save_wanted` and `copy_wanted`.
    """

    unit_chosen = Signal(str)
    smoothing_chosen = Signal(str)
    log_chosen = Signal(bool)
    save_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.units = self._submenu("Horizontal axis", UNITS, self.unit_chosen.emit)
        self.smoothings = self._submenu("Smoothing", SMOOTHINGS, self.smoothing_chosen.emit)
        self.log = make_action(self, "Logarithmic vertical axis")
        self.log.setCheckable(True)
        self.log.triggered.connect(self.log_chosen)
        self.addAction(self.log)
        self.addSeparator()
        self.save = make_action(self, "Save chart…", slot=self.save_wanted.emit)
        self.copy = make_action(self, "Copy values", slot=self.copy_wanted.emit)
        self.addActions([self.save, self.copy])

    def _submenu(
        self, title: str, choices: Mapping[Any, str], choose: Callable[[str], object]
    ) -> dict[str, QAction]:
        menu = self.addMenu(tr(title))
        return choices_in(menu, choices, choose)

    def show_choices(self, unit: str, smoothing: str, is_log: bool) -> None:
        """Tick what is in use."""
        self.units[unit].setChecked(True)
        self.smoothings[smoothing].setChecked(True)
        self.log.setChecked(is_log)


class QuantityMenu(QMenu):
    """What a chart shows.

    Signals: `chosen` with the key of a quantity.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        titles = {key: one.title for key, one in QUANTITIES.items()}
        self.quantities = choices_in(self, titles, self.chosen.emit)
        for key, action in self.quantities.items():
            action.setToolTip(tr(QUANTITIES[key].help))
        self.setToolTipsVisible(True)


def choices_in(
    menu: QMenu, choices: Mapping[Any, str], choose: Callable[[str], object]
) -> dict[str, QAction]:
    """Actions of which one is ticked."""
    group = QActionGroup(menu)
    made = {}
    for key, title in choices.items():
        action = make_action(menu, title)
        action.setCheckable(True)
        action.triggered.connect(lambda _=False, key=key: choose(key))
        group.addAction(action)
        menu.addAction(action)
        made[key] = action
    return made


def kept(name: str, allowed: Collection[str], otherwise: str) -> str:
    """What a person chose last time."""
    found = str(QSettings().value(f"train/{name}", otherwise))
    return found if found in allowed else otherwise


def keep(name: str, value: str) -> None:
    """Remember a choice for the next time."""
    QSettings().setValue(f"train/{name}", value)
