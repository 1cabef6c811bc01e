"""What can be done with training runs, when, and why not."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

from studio.window.chrome.controls import make_action, tip
from studio.window.train.runs import Run
from studio.window.translate import tr


class TrainActions(QObject):
    """The actions of the Train workspace; buttons and menus follow them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.start = make_action(self, "Start", "P")
        self.step = make_action(self, "One step", ".")
        self.stop = make_action(self, "Stop", "Ctrl+.")
        self.new = make_action(self, "New run", "Ctrl+Shift+N")
        self.use_network = make_action(self, "Use in Network")
        self.use_classify = make_action(self, "Use in Classify")
        self.save = make_action(self, "Save model…", "Ctrl+S")

    def show(self, run: Run, active: Run | None, problem: str) -> None:
        """Name and enable them.

        Parameters
        ----------
        run : Run
            The chosen one.
        active : Run, optional
            The one that goes on.
        problem : str
            Why the chosen one can't be started.
        """
        self._show_transport(run, active, problem)
        name = run.title.lower()
        if active is not None:
            hint = tr("{run} is training: stop it or let it end first").format(run=active.title)
        elif run.state == "new":
            hint = tr("This run is not started yet: change it here")
        else:
            hint = tr("Copy the settings of {run} into a new one").format(run=name)
        _set(self.new, hint, active is None and run.state != "new")
        missing = tr("{run} has no model before its first epoch ends").format(run=run.title)
        for action, hint in (
            (self.use_network, tr("Look into the model of {run} in Network")),
            (self.use_classify, tr("Classify pictures with the model of {run}")),
            (self.save, tr("Save the model of {run}")),
        ):
            has_model = run.model is not None
            _set(action, hint.format(run=name) if has_model else missing, has_model)

    def _show_transport(self, run: Run, active: Run | None, problem: str) -> None:
        if active is not None and active.state == "paused":
            _set(self.start, tr("Go on training"), True, tr("Resume"))
        elif active is not None:
            _set(self.start, tr("Pause after this step"), True, tr("Pause"))
        else:
            hint = tr("Train with these settings")
            if run.state != "new":
                hint = tr("Train with the settings of {run} again").format(run=run.title.lower())
            _set(self.start, problem or hint, not problem, tr("Start"))
        can_step = active is not None and active.state == "paused"
        hint = tr("Learn from one more batch") if can_step else tr("One step: pause a run first")
        _set(self.step, hint, can_step)
        hint = tr("Stop; the last model is kept") if active else tr("Stop: nothing is training")
        if active is not None and active.is_stopping:
            hint = tr("It stops as soon as the step is done that it is in")
        _set(self.stop, hint, active is not None and not active.is_stopping)


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
