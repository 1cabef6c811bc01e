"""The window around the workspaces: menus, rail, status bar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMenuBar,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QWidget,
)
from shiboken6 import isValid

from studio.window.chrome import theme
from studio.window.chrome.controls import label, make_action
from studio.window.chrome.help import KeysDialog, about
from studio.window.chrome.icons import app_icon
from studio.window.chrome.inspector import Inspector
from studio.window.chrome.rail import Rail
from studio.window.chrome.status import Status, StatusBar
from studio.window.chrome.widgets import Toolbar
from studio.window.chrome.workspace import Workspace
from studio.window.translate import tr

if TYPE_CHECKING:
    from studio.window.session import Session

MENUS = ("File", "Edit", "View", "Picture", "Network", "Run", "Help")

_THEMES = {"system": "System", "dark": "Dark", "light": "Light"}


@dataclass(frozen=True)
class Space:
    """One workspace as the window takes it in.

    Attributes
    ----------
    key : str
        What it is called in the settings.
    title, icon : str
        What the rail shows.
    widget : Workspace
    status : Status
        The one that was given to the widget.
    actions : mapping of str to actions
        What it adds to the menus named in `MENUS`; they are there while it is the current one.
    """

    key: str
    title: str
    icon: str
    widget: Workspace
    status: Status
    actions: Mapping[str, Sequence[QAction]] = field(default_factory=dict)


class _MenuRow(QFrame):
    """The menus, and the document's title at the right end of their row."""

    def __init__(self, menus: QMenuBar, title: QWidget) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(28))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(7), 1, theme.px(16), 0)
        row.setSpacing(theme.px(16))
        row.addWidget(menus)
        row.addStretch(1)
        row.addWidget(title)
        menus.setFixedHeight(theme.px(26))
        menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)


class MainWindow(QMainWindow):
    """The studio's window.

    Signals: `closing` before it closes, while the workspaces can still stop what they do;
    `current_changed` with the key of the workspace that is shown.

    Attributes
    ----------
    may_close : callable
        Whether the window may close now; who says no closes it later.
    """

    closing = Signal()
    current_changed = Signal(str)

    def __init__(self, session: "Session", spaces: Sequence[Space]) -> None:
        super().__init__()
        self.spaces = tuple(spaces)
        self.may_close: Callable[[], bool] = lambda: True
        self.status = Status(self)
        self._session = session
        self._actions: list[tuple[str, QAction]] = []
        self._menus: dict[str, QMenu] = {}
        self._focused: dict[str, QWidget] = {}
        self._before: dict[str, QAction] = {}
        self.setWindowIcon(app_icon())
        self.setMinimumSize(1024, 700)
        self.resize(1280, 800)
        self._stack = QStackedWidget()
        self._rail = Rail()
        self._bar = StatusBar()
        self.setStatusBar(self._bar)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(self._stack, 1)
        self.setCentralWidget(middle)
        self._title = label(role="caption")
        self._menu_bar = QMenuBar()
        self.setMenuWidget(_MenuRow(self._menu_bar, self._title))
        self._make_menus()
        for number, space in enumerate(self.spaces):
            self._add_space(number, space)
        self._toolbars = {space.key: space.widget.findChildren(Toolbar) for space in self.spaces}
        self.status.changed.connect(self._show_status)
        self.status.device_changed.connect(self._bar.set_device)
        self._rail.chosen.connect(self.show_number)
        self._rail.help_wanted.connect(self.show_help)
        self.set_title("")
        self._restore()

    @property
    def current(self) -> Space:
        return self.spaces[self._stack.currentIndex()]

    def menu(self, title: str) -> QMenu:
        """One of `MENUS`."""
        return self._menus[title]

    def set_title(self, document: str) -> None:
        """Name the document at the right of the menus and in the window's title."""
        self._title.setText(document)
        name = "Convolution Studio"
        self.setWindowTitle(f"{document} – {name}" if document else name)

    def show_space(self, key: str) -> None:
        """Bring a workspace to the front."""
        self.show_number([space.key for space in self.spaces].index(key))

    @Slot(int)
    def show_number(self, number: int) -> None:
        focused = self.focusWidget()
        if focused is not None and self.current.widget.isAncestorOf(focused):
            self._focused[self.current.key] = focused
        # Else Qt would focus the first button of the page, ring and all.
        self._rail.buttons[number].setFocus(Qt.FocusReason.MouseFocusReason)
        self._stack.setCurrentIndex(number)
        self._rail.set_current(number)
        again = self._focused.get(self.current.key)
        target = again if again is not None and isValid(again) else self.current.widget
        target.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._show_actions()
        self._show_status()
        self.current_changed.emit(self.current.key)

    def add_actions(self, menu: str, actions: Sequence[QAction], space: str = "") -> None:
        """Put actions into a menu, for one workspace or for all."""
        for action in actions:
            self._menus[menu].insertAction(self._place(menu, space), action)
            self._actions.append((space, action))
        self._show_actions()

    def _place(self, menu: str, space: str) -> QAction:
        """Before what an action stands: those for all workspaces are above those for one."""
        inside = set(self._menus[menu].actions())
        own = [action for key, action in self._actions if key and action in inside]
        return own[0] if own and not space else self._before[menu]

    @Slot()
    def show_help(self) -> None:
        """Show the keys of everything the window can do."""
        KeysDialog(self, tuple(self._menus.values())).open()

    @Slot()
    def show_about(self) -> None:
        about(self)

    def _add_space(self, number: int, space: Space) -> None:
        key = f"Ctrl+{number + 1}"
        self._rail.add(space.title, space.icon, key)
        self._stack.addWidget(space.widget)
        space.status.changed.connect(self._show_status)
        space.status.device_changed.connect(self._bar.set_device)
        action = make_action(self, space.title, key, lambda: self.show_number(number))
        self._menus["View"].insertAction(self._workspaces_end, action)
        for menu, actions in space.actions.items():
            self.add_actions(menu, actions, space.key)

    def _make_menus(self) -> None:
        for title in MENUS:
            menu = self._menu_bar.addMenu(tr(title))
            menu.setToolTipsVisible(True)
            self._menus[title] = menu
        stack = self._session.undo_stack
        self.undo_action = stack.createUndoAction(self, tr("Undo"))
        self.undo_action.setShortcut(QKeySequence("Ctrl+Z"))
        self.redo_action = stack.createRedoAction(self, tr("Redo"))
        self.redo_action.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self._menus["Edit"].addActions([self.undo_action, self.redo_action])
        self._workspaces_end = self._menus["View"].addSeparator()
        for title in MENUS:
            self._before[title] = self._menus[title].addSeparator()
        self._add_theme_menu()
        full = make_action(self, "Full screen", "F11", self.toggle_full_screen)
        self._menus["View"].addAction(full)
        leave = make_action(self, "Quit", "Ctrl+Q")
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        leave.triggered.connect(self.close)
        self._menus["File"].addAction(leave)
        keys = make_action(self, "Keys", "F1", self.show_help)
        self.about_action = make_action(self, "About Convolution Studio")
        self.about_action.setMenuRole(QAction.MenuRole.AboutRole)
        self.about_action.triggered.connect(self.show_about)
        self._menus["Help"].addActions([keys, self.about_action])

    def _add_theme_menu(self) -> None:
        menu = self._menus["View"].addMenu(tr("Theme"))
        group = QActionGroup(self)
        for choice in get_args(theme.Choice):
            action = menu.addAction(tr(_THEMES[choice]))
            action.setCheckable(True)
            action.setData(choice)
            action.setChecked(choice == theme.theme().choice)
            group.addAction(action)
        group.triggered.connect(self._choose_theme)

    @Slot(QAction)
    def _choose_theme(self, action: QAction) -> None:
        theme.theme().choose(action.data())
        QSettings().setValue("theme", action.data())

    @Slot()
    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_actions(self) -> None:
        if not self.spaces or self._stack.currentIndex() < 0:
            return
        for key, action in self._actions:
            action.setVisible(key in ("", self.current.key))
        for menu in self._menus.values():
            shown = [a for a in menu.actions() if a.isVisible() and not a.isSeparator()]
            menu.menuAction().setEnabled(bool(shown))

    @Slot()
    def _show_status(self) -> None:
        if self._stack.currentIndex() < 0:
            return
        current = self.current
        others = [space.status for space in self.spaces if space is not current]
        self._bar.show_status(current.status, (self.status, *others))
        for space, button in zip(self.spaces, self._rail.buttons, strict=True):
            button.set_dot(bool(space.status.busy) and space is not current)
            for toolbar in self._toolbars[space.key]:
                # Where it is known how far it is, a still bar says more than a moving one.
                toolbar.set_busy(bool(space.status.busy) and space.status.progress is None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = round(event.size().width() / theme.theme().scale)
        self._rail.set_narrow(width < 1100)
        for inspector in self.findChildren(Inspector):
            inspector.fit(width)
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/workspace", self.current.key)
        for splitter in self._splitters():
            settings.setValue(f"splitter/{splitter.objectName()}", splitter.saveState())
        super().closeEvent(event)

    def _restore(self) -> None:
        settings = QSettings()
        geometry = settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for splitter in self._splitters():
            state = settings.value(f"splitter/{splitter.objectName()}")
            if state is not None:
                splitter.restoreState(state)
        keys = [space.key for space in self.spaces]
        last = settings.value("window/workspace")
        self.show_number(keys.index(last) if last in keys else 0)

    def _splitters(self) -> list[QSplitter]:
        """Those with a name; their places are remembered."""
        return [found for found in self.findChildren(QSplitter) if found.objectName()]
