"""The settings of a run, in sections; and where copies of the data are."""

from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QSizePolicy, QWidget

from studio.declare import Declared, options
from studio.errors import NetworkError
from studio.nets.network import Network
from studio.training.settings import TrainSettings
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, label
from studio.window.chrome.icons import icon
from studio.window.chrome.inspector import Inspector, Section
from studio.window.forms.form import Form
from studio.window.train.actions import follow
from studio.window.train.runs import Run, fitted
from studio.window.translate import tr

_ROOT = "folders/data"  # in the settings of the window


class TrainInspector(Inspector):
    """Shows how a run is trained, and lets a person change it before it is started.

    Parameters
    ----------
    new_run : QAction
        What the button in the header does.

    Signals: `changed` with other settings and the label of the field that is another, and
    `problem_changed` when `problem` is.
    """

    changed = Signal(object, str)
    problem_changed = Signal()

    def __init__(self, settings: TrainSettings, new_run: QAction) -> None:
        super().__init__("")
        self.problem = ""
        self._settings = settings
        self._own_network: Network | None = None
        self._lock = QLabel()
        self.header.row.insertWidget(1, self._lock)
        self.new_button = Button("New run")
        follow(self.new_button, new_run)
        self.add_to_header(self.new_button)
        self.sections: dict[str, Section] = {}
        self.forms: dict[str, Form] = {}
        fields = options(TrainSettings)
        for group in dict.fromkeys(item.group for item in fields):
            form = Form(settings, leave_out=[item.name for item in fields if item.group != group])
            form.changed.connect(self._take)
            section = Section(group, collapsible=True)
            section.add(form)
            self.sections[group], self.forms[group] = section, form
            self.add(section)
        group = self._group_of("data")
        self.sections[group].add(self._make_data_root())
        self.forms[group].then_tab_to(self.root_button, self.forget_button)
        self.sections[self._group_of("device")].set_open(False)
        theme.theme().changed.connect(self._redraw)
        self._redraw()
        self._show_data_root()

    def _make_data_root(self) -> QWidget:
        self.root_button = Button("")
        self.root_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.root_button.clicked.connect(self.choose_data_root)
        self.forget_button = IconButton("close", "Download instead of using copies")
        self.forget_button.clicked.connect(self.forget_data_root)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        name = label("Copies", "label")
        name.setFixedWidth(theme.px(96))
        row.addWidget(name)
        row.addWidget(self.root_button, 1)
        row.addWidget(self.forget_button)
        return line

    def show_run(self, run: Run) -> None:
        """Show a run's settings; they can be changed only in a draft."""
        is_draft = run.state == "new"
        words = {"new": tr("not started"), "done": tr("as it was trained")}
        words |= {"stopped": tr("stopped"), "failed": tr("failed")}
        self.set_title(run.title, words.get(run.state, tr("locked while it runs")))
        self._lock.setVisible(not is_draft)
        self._settings, self._own_network = run.settings, run.own_network
        for form in self.forms.values():
            form.set_value(run.settings)
            form.set_locked(not is_draft)
        started = run.history.started
        counts = tr("{train} train, {test} test")
        self._caption(
            "data",
            counts.format(train=f"{started.train_count:,}", test=f"{started.test_count:,}")
            if started
            else "",
        )
        self._caption("device", _choices(run.settings, self._group_of("device")))
        self._check(run.settings)

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

    def _check(self, settings: TrainSettings) -> None:
        """Say at once when the network can't take the pictures."""
        try:
            network = fitted(settings, self._own_network)
        except NetworkError as error:
            problem, words = str(error), ""
            self._form_of("network").show_error("network", problem)
        else:
            problem, words = "", tr("{count} weights").format(count=f"{network.weights:,}")
        self._caption("network", words)
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit()

    def _group_of(self, field: str) -> str:
        return next(item.group for item in options(TrainSettings) if item.name == field)

    def _form_of(self, field: str) -> Form:
        return self.forms[self._group_of(field)]

    def _caption(self, field: str, caption: str) -> None:
        group = self._group_of(field)
        self.sections[group].set_title(tr(group), caption)

    @Slot()
    def _redraw(self) -> None:
        side = theme.px(14)
        drawn = icon("lock", "text3").pixmap(QSize(side, side), self.devicePixelRatioF())
        self._lock.setPixmap(drawn)

    # Copies of the data

    @property
    def data_root(self) -> Path | None:
        """The folder with copies of the data that a person named; it is remembered."""
        found = str(QSettings().value(_ROOT, ""))
        return Path(found) if found else None

    @Slot()
    def choose_data_root(self) -> None:
        """Ask for a folder with copies of the data."""
        folder = QFileDialog.getExistingDirectory(
            self, tr("Folder with copies of the data"), str(self.data_root or Path.home())
        )
        if folder:
            QSettings().setValue(_ROOT, folder)
            self._show_data_root()

    @Slot()
    def forget_data_root(self) -> None:
        """Go back to downloads."""
        QSettings().remove(_ROOT)
        self._show_data_root()

    def _show_data_root(self) -> None:
        root = self.data_root
        self.root_button.setText(root.name or str(root) if root else tr("Choose folder…"))
        self.root_button.setToolTip(
            tr("Data is read from {folder}").format(folder=root)
            if root
            else tr("Read data from a folder instead of downloading it; Glyphs needs neither")
        )
        self.forget_button.setVisible(root is not None)


def _choices(settings: TrainSettings, group: str) -> str:
    """What is chosen in a section, in words."""
    return ", ".join(
        tr(item.shown(str(getattr(settings, item.name))))
        for item in options(TrainSettings)
        if item.group == group and item.choices
    )
