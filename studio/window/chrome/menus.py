"""Menus in parts."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.window.translate import tr


def family(
    parent: QWidget, title: str, summary: str, actions: Sequence[QAction]
) -> Sequence[QAction]:
    """The entries of a family: a submenu with its actions; an only one needs none."""
    if len(actions) < 2:
        return actions
    menu = QMenu(tr(title), parent)
    menu.setToolTipsVisible(True)
    menu.addActions(list(actions))
    menu.menuAction().setToolTip(tr(summary))
    return [menu.menuAction()]
