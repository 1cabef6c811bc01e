"""The several values that a draft has, beside its settings."""

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.training.settings import TrainSettings
from studio.window.forms.form import Form
from studio.window.train.runs import Run
from studio.window.train.setup import sweeps
from studio.window.translate import tr

_MANY = 100  # runs that are asked about before they are started


class DraftSweep(QObject):
    """Keeps several values of some fields for one draft, and shows them in its forms.

    Signals: `count_changed` with how many runs there will be.
    """

    count_changed = Signal(int)

    def __init__(self, forms: Collection[Form], parent: QWidget) -> None:
        super().__init__(parent)
        self._forms = forms
        self._window = parent
        self._values: dict[str, tuple[Any, ...]] = {}
        self._draft: Run | None = None  # that the values belong to
        self._run: Run | None = None  # that is shown
        self.count = 1

    @property
    def values(self) -> dict[str, tuple[Any, ...]]:
        """The fields of the shown draft that have several values, and these."""
        return self._values if self._run is self._draft else {}

    def show_run(self, run: Run) -> None:
        """Show the several values of a draft, after its settings; none of a run that was started.

        A field that another value was given to takes no part any more.
        """
        if run.state != "new":
            if run is self._draft:
                self._values, self._draft = {}, None
        elif run is self._run:
            self._values, self._draft = sweeps.kept(run.settings, self._typed()), run
        elif run is not self._draft:
            self._values, self._draft = {}, run
        else:
            self._values = sweeps.kept(run.settings, self._values)
        self._run = run
        for form in self._forms:
            form.set_several(self.values)
            form.show_variants(sweeps.variants(run.settings, self.values))
        count = sweeps.count(run.settings, self.values)
        if count != self.count:
            self.count = count
            self.count_changed.emit(count)

    def _typed(self) -> dict[str, tuple[Any, ...]]:
        return {name: values for form in self._forms for name, values in form.several.items()}

    def planned(self, settings: TrainSettings) -> tuple[TrainSettings, ...]:
        """The settings of each run.

        Raises
        ------
        SettingError
            When there are too many.
        """
        return sweeps.planned(settings, self.values)

    def confirmed(self, settings: TrainSettings) -> tuple[TrainSettings, ...]:
        """The settings of each run; none where they are many and a person doesn't want them.

        Raises
        ------
        SettingError
            When there are too many.
        """
        runs = self.planned(settings)
        if len(runs) <= _MANY:
            return runs
        question = tr("Train {count} runs, one after the other?").format(count=f"{len(runs):,}")
        answer = QMessageBox.question(self._window.window(), tr("Many runs"), question)
        return runs if answer == QMessageBox.StandardButton.Yes else ()
