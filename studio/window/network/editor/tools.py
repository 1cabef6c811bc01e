"""What can be done with the layers of a network: the actions, and the bar below its table."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from studio.nets.layer import Layer
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, label, make_action, make_separator
from studio.window.network.editor.add_menu import menu_entries
from studio.window.network.editor.editing import Editing
from studio.window.network.table import LayerTable
from studio.window.translate import tr


class EditTools(QWidget):
    """A bar: a button that begins to edit, or the tools for the chosen layer.

    Parameters
    ----------
    place : callable
        Gives the place of the chosen layer; -1 for the picture.
    about : sequence of QAction
        What can be done with the whole network.

    Signals: `edit_wanted` when a person wants to edit the network.
    """

    edit_wanted = Signal()

    def __init__(
        self,
        editing: Editing,
        table: LayerTable,
        stack: QUndoStack,
        place: Callable[[], int],
        about: Sequence[QAction],
    ) -> None:
        super().__init__()
        self._editing, self._place, self._about = editing, place, list(about)
        self.edit_action = make_action(self, "Edit network", "E", self.edit_wanted.emit)
        self._actions: dict[str, QAction] = {}
        for name, text, key, slot in (
            ("duplicate", "Duplicate layer", "Ctrl+D", lambda: editing.duplicate(place())),
            ("up", "Move layer up", "Alt+Up", lambda: self._shift(-1)),
            ("down", "Move layer down", "Alt+Down", lambda: self._shift(1)),
            ("remove", "Remove layer", "Del", lambda: editing.remove(place())),
        ):
            action = make_action(self, text, key, slot)
            # Keys of the table only: Delete and the arrows mean something else in a field.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            table.view.addAction(action)
            self._actions[name] = action
        self._actions["remove"].setShortcuts([QKeySequence(key) for key in ("Del", "Backspace")])
        self.add_menu = QMenu(tr("Add layer"), self)
        self.add_menu.setToolTipsVisible(True)
        self.add_menu.addActions(menu_entries(self, self.add))
        self._make_bar(stack, table.column_menu)

    def _make_bar(self, stack: QUndoStack, columns: QMenu) -> None:
        self.setFixedHeight(theme.px(40))
        self.edit_button = Button("Edit", "pencil", tip_text="Edit a copy of this network", key="E")
        self.edit_button.clicked.connect(self.edit_wanted)
        self.add_button = Button("Add layer", "plus", tip_text="Put a layer below the chosen one")
        self.add_button.setMenu(self.add_menu)
        self._note = label(role="caption", elide=True)
        self._buttons = [
            IconButton("copy", "Duplicate layer").follow(self._actions["duplicate"]),
            IconButton("arrow-up", "Move layer up").follow(self._actions["up"]),
            IconButton("arrow-down", "Move layer down").follow(self._actions["down"]),
            IconButton("trash", "Remove layer").follow(self._actions["remove"]),
        ]
        undo = stack.createUndoAction(self, tr("Undo"))
        redo = stack.createRedoAction(self, tr("Redo"))
        self._history = [
            IconButton("undo", "Undo", "Ctrl+Z").follow(undo),
            IconButton("redo", "Redo", "Ctrl+Shift+Z").follow(redo),
        ]
        more = IconButton("more", "More about this network")
        self.more_menu = QMenu(more)
        self.more_menu.setToolTipsVisible(True)
        self.more_menu.addActions(self._about)
        self.more_menu.addSeparator()
        self.more_menu.addMenu(columns)
        more.clicked.connect(lambda: self.more_menu.popup(more.mapToGlobal(more.rect().topLeft())))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        row.setSpacing(theme.px(4))
        for part in (self.edit_button, self.add_button, *self._buttons):
            row.addWidget(part)
        row.addWidget(self._note, 1)
        for part in (*self._history, more):
            row.addWidget(part)

    @property
    def menu_actions(self) -> list[QAction]:
        """What the window's menu offers."""
        tools = [self.add_menu.menuAction(), *self._actions.values()]
        return [self.edit_action, *tools, make_separator(self), *self._about]

    def add(self, kind: type[Layer]) -> None:
        """Put a layer of a kind below the chosen one."""
        self._editing.insert(self._place() + 1, kind())

    def show_state(self, is_on: bool, why_not: str, has_history: bool) -> None:
        """Show the tools, or the button that begins; `why_not` says why nothing can begin."""
        self.edit_action.setEnabled(not is_on and not why_not)
        self.edit_button.setVisible(not is_on)
        self.edit_button.setEnabled(not why_not)
        for part in (self.add_button, *self._buttons):
            part.setVisible(is_on)
        for button in self._history:
            button.setVisible(is_on and has_history)
        self.add_menu.menuAction().setEnabled(is_on)
        self._note.setText("" if is_on else why_not)

    def show_place(self, place: int, count: int) -> None:
        """Enable what can be done with the layer at a place, of `count` layers."""
        is_layer = 0 <= place < count
        self._actions["duplicate"].setEnabled(is_layer)
        self._actions["remove"].setEnabled(is_layer)
        self._actions["up"].setEnabled(is_layer and place > 0)
        self._actions["down"].setEnabled(is_layer and place < count - 1)

    def _shift(self, places: int) -> None:
        place = self._place()
        self._editing.move(place, place + places)
