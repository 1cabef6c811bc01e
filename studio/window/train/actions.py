"""What can be done with training runs, when, and why not."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

from studio.training.run_folders import home
from studio.window.chrome.controls import Button, make_action, make_separator, tip
from studio.window.train.runs import Run
from studio.window.translate import tr


class TrainActions(QObject):
    """The actions of the Train workspace; buttons and menus follow them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.start = make_action(self, "Start", "P")
        self.step = make_action(self, "One step", ".")
        self.stop = make_action(self, "Stop", "Ctrl+.")
        self.by_hand = make_action(self, "Step by step…")
        self.new = make_action(self, "New run", "Ctrl+Shift+N")
        self.take_up = make_action(self, "Resume run")
        self.rename = make_action(self, "Rename run", "F2")
        self.hide = make_action(self, "Hide curves", "H")
        self.report = make_action(self, "Report…")
        self.remove = make_action(self, "Remove from table")
        self.delete = make_action(self, "Delete run…")
        self.use_network = make_action(self, "Use in Network")
        self.use_classify = make_action(self, "Use in Classify")
        self.save = make_action(self, "Save model…", "Ctrl+S")

    @property
    def run_menu(self) -> list[QAction]:
        """What stands in the window's Run menu."""
        return [
            *(self.start, self.step, self.stop, self.by_hand, self.new, self.take_up),
            *(make_separator(self), self.rename, self.hide, self.report, self.remove, self.delete),
            *(make_separator(self), self.use_network, self.use_classify),
        ]

    @property
    def row_menu(self) -> list[QAction]:
        """What stands in the menu of a row of the table."""
        return [
            *(self.new, self.take_up, self.stop, make_separator(self), self.rename, self.hide),
            *(self.report, make_separator(self), self.remove, self.delete),
        ]

    def show(self, run: Run, active: Run | None, problem: str, is_hidden: bool = False) -> None:
        """Name and enable them.

        Parameters
        ----------
        run : Run
            The chosen one.
        active : Run, optional
            The one that goes on.
        problem : str
            Why the chosen one can't be started.
        is_hidden : bool
            Whether its curves are left out of the charts.
        """
        self._show_transport(run, active, problem)
        self._show_table(run)
        text = tr("Show curves") if is_hidden else tr("Hide curves")
        hint = tr("Leave the curves of {run} out of the charts, or show them again")
        _set(self.hide, hint.format(run=run.title.lower()), run.history.started is not None, text)
        hint = tr("Train {run} by hand: forward, backward, update, and every number of them")
        problem = problem if run.state == "new" else ""
        _set(self.by_hand, problem or hint.format(run=run.title.lower()), not problem)
        name = run.title.lower()
        missing = tr("{run} has no model before its first epoch ends").format(run=run.title)
        for action, hint in (
            (self.use_network, tr("Look into the model of {run} in Network")),
            (self.use_classify, tr("Classify pictures with the model of {run}")),
            (self.save, tr("Save the model of {run}")),
        ):
            has_model = run.model is not None
            _set(action, hint.format(run=name) if has_model else missing, has_model)
        has_epoch = bool(run.history.epochs) and run.folder is not None
        hint = tr("Curves, settings and mistakes of {run} as one page for any browser")
        missing = tr("{run} has nothing to report before its first epoch ends")
        words = (hint if has_epoch else missing).format(run=name if has_epoch else run.title)
        _set(self.report, words, has_epoch)

    def _show_table(self, run: Run) -> None:
        name = run.title.lower()
        hint = tr("Copy the settings of {run} into a new one").format(run=name)
        if run.state == "new":
            hint = tr("This run is not started yet: change it here")
        _set(self.new, hint, run.state != "new")
        hint = tr("Go on with {run} exactly where its last checkpoint is").format(run=name)
        if not run.can_be_taken_up:
            hint = tr("Only a run that was stopped or failed can be gone on with")
        _set(self.take_up, hint, run.can_be_taken_up)
        is_known = run.history.started is not None or not run.is_active
        _set(self.rename, tr("Give {run} a name of its own").format(run=name), is_known)
        is_free = run.state not in ("waiting", "running", "paused")
        hint = tr("Take {run} off the table; its folder stays").format(run=name)
        if not is_free:
            hint = tr("Stop {run} first").format(run=name)
        _set(self.remove, hint, is_free)
        is_own = run.folder is not None and run.folder.parent == home()
        if run.state == "elsewhere":
            hint = tr("Another window or command trains {run}").format(run=name)
        elif is_free and not is_own:
            hint = tr("{run} is not kept in the studio's own folder").format(run=run.title)
        elif is_free:
            hint = tr("Move the folder of {run} to the trash").format(run=name)
        _set(self.delete, hint, is_free and is_own and run.state != "elsewhere")

    def _show_transport(self, run: Run, active: Run | None, problem: str) -> None:
        text, hint, can_start = _start(run, active, problem)
        _set(self.start, hint, can_start, text)
        can_step = active is not None and active.state == "paused"
        hint = tr("Learn from one more batch") if can_step else tr("One step: pause a run first")
        _set(self.step, hint, can_step)
        hint, can_stop = tr("Stop: nothing is training"), False
        if run.state == "waiting":
            hint, can_stop = tr("Don't train {run}").format(run=run.title.lower()), True
        elif active is not None and active.is_stopping:
            hint = tr("It stops as soon as the step is done that it is in")
        elif active is not None:
            hint, can_stop = tr("Stop; everything up to now is kept, and can be resumed"), True
        _set(self.stop, hint, can_stop)


def _start(run: Run, active: Run | None, problem: str) -> tuple[str, str, bool]:
    """What the start button says, its tooltip, and whether it can be pressed."""
    if active is None and run.has_diverged:
        hint = tr("{run} diverged: a new run with a tenth of its learning rate")
        return tr("New run"), hint.format(run=run.title), True
    if active is None and run.can_be_taken_up:
        hint = tr("Go on with {run} from its last checkpoint").format(run=run.title.lower())
        return tr("Resume"), hint, True
    if active is not None and run.state == "new":
        hint = tr("Train it after {run}").format(run=active.title.lower())
        return tr("Queue"), problem or hint, not problem
    if active is not None and active.state == "paused":
        return tr("Resume"), tr("Go on training"), True
    if active is not None:
        return tr("Pause"), tr("Pause after this step"), not active.is_stopping
    hint = tr("Train with these settings")
    if run.state != "new":
        hint = tr("Train with the settings of {run} again").format(run=run.title.lower())
    return tr("Start"), problem or hint, not problem


def action_button(action: QAction, icon_name: str = "") -> Button:
    """A button for an action."""
    button = Button(action.text(), icon_name)
    follow(button, action)
    return button


def follow(button: QAbstractButton, action: QAction) -> None:
    """Let a button do what an action does, named, explained and enabled as it is."""
    has_words = bool(button.text())

    def copy() -> None:
        if has_words:
            button.setText(action.text())
        else:
            button.setAccessibleName(action.text())
        button.setToolTip(tip(action.toolTip(), action.shortcut()))
        button.setEnabled(action.isEnabled())

    copy()
    action.changed.connect(copy)
    button.clicked.connect(action.trigger)


def _set(action: QAction, hint: str, enabled: bool, text: str = "") -> None:
    action.setText(text or action.text())
    action.setToolTip(hint)
    action.setEnabled(enabled)
