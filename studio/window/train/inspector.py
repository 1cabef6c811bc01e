"""The settings of a run, in sections; what they come to; and several values that make runs."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, QSize, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from studio.data import DATASETS
from studio.data.settings import FOLDER
from studio.declare import Declared, options
from studio.training.settings import TrainSettings
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, LinkButton
from studio.window.chrome.icons import icon
from studio.window.chrome.inspector import Inspector, Section
from studio.window.drop import Brought, Offer
from studio.window.forms.beneath import makes_runs
from studio.window.forms.form import Form
from studio.window.train.actions import follow
from studio.window.train.runs import Run
from studio.window.train.setup.augment_strip import AugmentStrip
from studio.window.train.setup.begin_field import BeginField, Trained
from studio.window.train.setup.captions import caption
from studio.window.train.setup.copies import CopiesRow
from studio.window.train.setup.data_dialog import DataDialog
from studio.window.train.setup.draft_sweep import DraftSweep
from studio.window.train.setup.fields import make, section_of, sections
from studio.window.train.setup.network_check import Checking, frozen_words
from studio.window.train.setup.schedule_plot import SchedulePlot
from studio.window.train.setup.text_fields import ClassesField
from studio.window.translate import tr

_OPENED = "train/sections"  # in the settings of the window
_CLOSED_AT_FIRST = ("Preprocessing", "Regularisation", "Computing")


class TrainInspector(Inspector):
    """Shows how a run is trained, and lets a person change it before it is started.

    Parameters
    ----------
    new_run : QAction
        What the button in the header does.

    Signals: `changed` with other settings and the label of the field that is another,
    `problem_changed` when `problem` is, `sweep_changed` with how many runs there will be.
    """

    changed = Signal(object, str)
    problem_changed = Signal()
    sweep_changed = Signal(int)

    def __init__(self, settings: TrainSettings, new_run: QAction) -> None:
        super().__init__("")
        self.problem = ""
        self._settings = settings
        self._run: Run | None = None
        self._dialog: DataDialog | None = None
        self._checking = Checking(self)
        self._checking.changed.connect(self._show_known)
        self._make_header(new_run)
        self.sections: dict[str, Section] = {}
        self.forms: dict[str, Form] = {}
        self.plot, self.strip = SchedulePlot(), AugmentStrip()
        for group, names in sections().items():
            self._make_section(group, names)
        self._make_data_rows()
        self._sweep = DraftSweep(self.forms.values(), self)
        self._sweep.count_changed.connect(self.sweep_changed)
        theme.theme().changed.connect(self._redraw)
        self._redraw()

    def _make_header(self, new_run: QAction) -> None:
        self._lock = QLabel()
        self.header.row.insertWidget(1, self._lock)
        self.new_button = Button("New run")
        follow(self.new_button, new_run)
        self.add_to_header(self.new_button)

    def _make_section(self, group: str, names: tuple[str, ...]) -> None:
        others = [name for name in TrainSettings.fields() if name not in names]
        form = Form(self._settings, leave_out=others, make=make)
        form.changed.connect(self._take)
        form.varied.connect(self._take_sweep)
        section = Section(group, collapsible=True)
        parts = {"Schedule": [form, self.plot], "Augmentation": [self.strip, form]}
        section.add(*parts.get(group, [form]))
        section.set_open(_opened().get(group, group not in _CLOSED_AT_FIRST))
        section.opened.connect(self._remember_opened)
        self.sections[group], self.forms[group] = section, form
        self.add(section)

    def _make_data_rows(self) -> None:
        self.copies = CopiesRow()
        self.copies.changed.connect(self._show_copies)
        self.root_button, self.forget_button = self.copies.button, self.copies.forget_button
        self.look_button = LinkButton(
            "Look at the data…", "How many pictures each class has, and some of them"
        )
        self.look_button.clicked.connect(self.look_at_data)
        self.sections["Data"].add(self.copies, self.look_button)
        self.forms["Data"].then_tab_to(self.root_button, self.forget_button, self.look_button)

    # What is shown

    def show_run(self, run: Run) -> None:
        """Show a run's settings; they can be changed only in a draft."""
        is_draft = run.state == "new"
        words = {"new": tr("not started"), "done": tr("as it was trained")}
        words |= {"stopped": tr("stopped"), "failed": tr("failed")}
        words |= {"interrupted": tr("interrupted"), "waiting": tr("waits for its turn")}
        self._lock.setVisible(not is_draft)
        self._run, self._settings = run, run.settings
        for form in self.forms.values():
            form.set_value(run.settings)
            form.set_locked(not is_draft)
        self._sweep.show_run(run)
        state = words.get(run.state, tr("while it runs"))
        self.set_title(run.title, makes_runs(self.count) if self.sweep else state)
        data = run.settings.data
        self.copies.setVisible(data != FOLDER and not DATASETS[data].is_drawn)
        begins = bool(run.settings.start)
        self.forms["Network"].hide_fields(["network"] if begins else ["body_rate"])
        self._checking.look(run.settings, self.data_root, run.own_network)
        self._show_known()
        self.strip.show_settings(run.settings, self.data_root)
        self.show_progress(run)

    def show_progress(self, run: Run) -> None:
        """Mark on the schedule where a run is."""
        if run is not self._run:
            return
        started, steps = run.history.started, run.history.steps
        per_epoch = max(1, round(run.steps_per_epoch)) if started else 0
        self.plot.show_schedule(run.settings, per_epoch)
        if steps and per_epoch:
            self.plot.show_now(steps[-1] / per_epoch, run.history.learning_rates[-1])
        else:
            self.plot.show_now(None)

    def _show_captions(self) -> None:
        started = self._run.history.started if self._run is not None else None
        for group, section in self.sections.items():
            known = self._checking.known
            words = caption(group, section.is_open, self._settings, started, known)
            section.set_title(tr(group), words)

    @Slot()
    def _remember_opened(self) -> None:
        opened = {group: section.is_open for group, section in self.sections.items()}
        QSettings().setValue(_OPENED, json.dumps(opened))
        self._show_captions()

    @Slot()
    def _redraw(self) -> None:
        side = theme.px(14)
        drawn = icon("lock", "text3").pixmap(QSize(side, side), self.devicePixelRatioF())
        self._lock.setPixmap(drawn)

    # The settings

    @Slot(object)
    def _take(self, settings: Declared) -> None:
        assert isinstance(settings, TrainSettings)
        labels = [
            tr(item.label).lower()
            for item in options(TrainSettings)
            if getattr(settings, item.name) != getattr(self._settings, item.name)
        ]
        self._settings = settings
        self.changed.emit(settings, ", ".join(labels))

    # What they come to

    @Slot()
    def _show_known(self) -> None:
        """Say what the settings come to, and what can't work."""
        known = self._checking.known
        if known.problem:
            self.forms[section_of(known.field)].show_error(known.field, known.problem)
        if known.problem != self.problem:
            if known.problem:  # it has to be seen
                self.sections[section_of(known.field)].set_open(True)
            self.problem = known.problem
            self.problem_changed.emit()
        classes = self.forms["Data"].fields["classes"]
        assert isinstance(classes, ClassesField)
        classes.show_choices(known.classes)
        words = frozen_words(self._settings.frozen, known.learned)
        self.forms["Network"].show_note("frozen", words)
        self._show_captions()

    def offer_trained(self, trained: Trained) -> None:
        """Let a run begin with models of this session.

        Parameters
        ----------
        trained : callable
            Gives what to call each, and its folder.
        """
        begin = self.forms["Network"].fields["start"]
        assert isinstance(begin, BeginField)
        begin.trained = trained

    # Several values

    @property
    def sweep(self) -> dict[str, tuple[Any, ...]]:
        """The fields of the draft that have several values, and these."""
        return self._sweep.values

    @property
    def count(self) -> int:
        """How many runs the draft makes."""
        return self._sweep.count

    def planned(self) -> tuple[TrainSettings, ...]:
        """The settings of each run that the draft makes; one where no field has several values.

        Raises
        ------
        SettingError
            When there are too many.
        """
        return self._sweep.planned(self._settings)

    def confirmed(self) -> tuple[TrainSettings, ...]:
        """As `planned`, after asking where it is much; nothing where a person doesn't want it."""
        return self._sweep.confirmed(self._settings)

    @Slot()
    def _take_sweep(self) -> None:
        if self._run is not None:
            self.show_run(self._run)

    # The data

    @property
    def data_root(self) -> Path | None:
        """The folder with copies of the data that a person named; it is remembered."""
        return self.copies.folder

    @Slot()
    def choose_data_root(self) -> None:
        """Ask for a folder with copies of the data."""
        self.copies.choose()

    @Slot()
    def forget_data_root(self) -> None:
        """Go back to downloads."""
        self.copies.forget()

    @Slot()
    def _show_copies(self) -> None:
        if self._run is not None:
            self.show_run(self._run)

    @Slot()
    def look_at_data(self) -> None:
        """Show the classes, some pictures, and what was skipped."""
        if self._dialog is None:
            self._dialog = DataDialog(self.window())
        self._dialog.look(self._settings, self.data_root)

    def judge_drop(self, brought: Brought) -> Offer:
        """What dropping a folder of pictures would do."""
        if len(brought.paths) != 1 or not brought.paths[0].is_dir():
            return Offer(tr("Only a folder of class folders can be dropped here"), False)
        if self._run is None or self._run.state != "new":
            return Offer(tr("This run is locked: press New run first"), False)
        return Offer(tr("Train on the pictures in {name}").format(name=brought.paths[0].name))

    @Slot(object)
    def take_drop(self, brought: Brought) -> None:
        """Train on a folder of pictures."""
        values = {"data": FOLDER, "folder": str(brought.paths[0]), "classes": ""}
        self._take(self._settings.change(**values))


def _opened() -> dict[str, bool]:
    try:
        found = json.loads(str(QSettings().value(_OPENED, "{}")))
    except ValueError:  # written by a person, or damaged
        return {}
    return {name: on is True for name, on in found.items()} if isinstance(found, dict) else {}
