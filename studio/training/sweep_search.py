"""A search for good settings by Optuna, whose study several machines may share."""

import importlib.util
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import DataError, SettingError, TrainingError
from studio.image.read import printable
from studio.nets.network import Network
from studio.training.events import Epoch, Event, Started
from studio.training.experiment import Experiment, save_experiment
from studio.training.experiment_plan import PlannedRun, Range, is_whole, words
from studio.training.folder import train_into
from studio.training.kept import RUN
from studio.training.settings import TrainSettings
from studio.training.sweep import RunSet, diverged

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution

PLAN, STUDY = "search.toml", "study.db"

_FIRST = 5  # runs before one is stopped for being worse than the median of the others


@dataclass(frozen=True)
class Tried:
    """A run of the search is over: its best validation accuracy, or why it has none."""

    accuracy: float | None
    words: str = ""


def check_optuna() -> None:
    """See that Optuna is there.

    Raises
    ------
    TrainingError
        Saying how to install it.
    """
    if importlib.util.find_spec("optuna") is None:
        raise TrainingError(
            "a search needs Optuna, which is not installed",
            "Install it: pip install 'convolution-studio[search]'",
        )


class Search:
    """Runs whose settings are chosen by what earlier runs, also elsewhere, have come to.

    The settings that the experiment varies or draws are sampled by a tree-structured Parzen
    estimator (Bergstra et al., 2011). A run whose validation accuracy after an epoch is below the
    median of the others' after the same epoch is stopped.

    Parameters
    ----------
    count : int
        Of runs in all; those under way elsewhere may come on top.
    storage : str, optional
        A URL as SQLAlchemy takes it; a file in the folder unless told.

    Raises
    ------
    StudioError
        When Optuna is missing, the storage can't be used, or there is nothing to search in.
    """

    def __init__(
        self,
        folder: Path,
        experiment: Experiment,
        count: int,
        storage: str | None = None,
        data_root: Path | None = None,
        network: Network | None = None,
    ) -> None:
        check_optuna()
        if len(experiment.named) > 1:
            raise SettingError("a search has no named runs", "Leave the [[runs]] out")
        self._space = {
            **{name: _choice(name, some) for name, some in experiment.vary.items()},
            **{name: _range(name, span) for name, span in experiment.draw.items()},
        }
        if not self._space:
            raise SettingError(
                "there is nothing to search in",
                "Give a setting several values, or a range in [draw]",
            )
        self._experiment = experiment
        self._count = count
        self._root = data_root.resolve() if data_root else None
        self._network = network
        self._settings(self._examples())  # says what is wrong before anything is trained
        self._folder = folder
        save_experiment(experiment, folder / PLAN)
        self._study = _study(folder, experiment, storage)

    def events(self) -> Generator[tuple[PlannedRun, Event | Tried], None, None]:
        """Train until there are enough runs; closing it ends the run that goes on.

        Raises
        ------
        StudioError
            When a run fails for another reason than divergence.
        """
        from optuna.trial import TrialState

        over = (TrialState.COMPLETE, TrialState.PRUNED)
        while len(self._study.get_trials(deepcopy=False, states=over)) < self._count:
            trial = self._study.ask(self._space)
            run = self._planned(trial.number, trial.params)
            state, tried = TrialState.FAIL, Tried(None)
            try:
                state, tried = yield from self._try(trial, run)
            finally:
                value = tried.accuracy if state is TrialState.COMPLETE else None
                self._study.tell(trial, value, state=state)
            yield run, tried

    def _try(
        self, trial: Any, run: PlannedRun
    ) -> Generator[tuple[PlannedRun, Event | Tried], None, tuple[Any, Tried]]:
        from optuna.trial import TrialState

        folder = self._folder / run.folder_name
        if (folder / RUN).exists():
            raise TrainingError(
                f"{printable(str(folder))} holds a run of another search", "Name another folder"
            )
        best: float | None = None
        events = train_into(folder, run.settings, self._root, self._network, name=run.name)
        try:
            with closing(events):
                for event in events:
                    yield run, event
                    if isinstance(event, Started) and event.checked_on != "validation":
                        raise DataError(
                            "a search needs validation pictures: it must not choose by the test",
                            "Give --validation-share 0.1, or a folder with a validation part",
                        )
                    if isinstance(event, Epoch):
                        best = max(best or 0.0, event.validation_accuracy)
                        trial.report(event.validation_accuracy, event.epoch)
                        if event.epoch < run.settings.epochs and trial.should_prune():
                            words = f"stopped after epoch {event.epoch}: below the median"
                            return TrialState.PRUNED, Tried(best, words)
        except TrainingError as error:
            if not diverged(error):
                raise
            return TrialState.PRUNED, Tried(best, error.message)
        return TrialState.COMPLETE, Tried(best)

    def here(self) -> RunSet:
        """All runs of the search that are in its folder."""
        trials = self._study.get_trials(deepcopy=False)
        runs = (self._planned(trial.number, trial.params) for trial in trials)
        kept = tuple(run for run in runs if (self._folder / run.folder_name / RUN).is_file())
        return RunSet(self._folder, self._experiment, self._root, self._network, kept)

    def best(self) -> tuple[PlannedRun, float] | None:
        """The best run of all, wherever it was trained, and its validation accuracy."""
        from optuna.trial import TrialState

        whole = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        found = max(whole, key=lambda trial: trial.value or 0.0, default=None)
        if found is None or found.value is None:
            return None
        return self._planned(found.number, found.params), found.value

    def _planned(self, number: int, values: Mapping[str, Any]) -> PlannedRun:
        return PlannedRun(number + 1, words(values), self._settings(values))

    def _settings(self, values: Mapping[str, Any]) -> TrainSettings:
        named = self._experiment.named[0].settings if self._experiment.named else {}
        return TrainSettings.build({**self._experiment.settings, **named, **values})

    def _examples(self) -> dict[str, Any]:
        first = {name: some[0] for name, some in self._experiment.vary.items()}
        spans = self._experiment.draw.items()
        return {**first, **{name: span.at(0.0, is_whole(name)) for name, span in spans}}


def _choice(name: str, values: tuple[Any, ...]) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution

    return CategoricalDistribution(values)


def _range(name: str, span: Range) -> "BaseDistribution":
    from optuna.distributions import FloatDistribution, IntDistribution

    if is_whole(name):
        return IntDistribution(round(span.low), round(span.high), log=span.logarithmic)
    return FloatDistribution(span.low, span.high, log=span.logarithmic)


def _study(folder: Path, experiment: Experiment, storage: str | None) -> "Study":
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    own = f"sqlite:///{(folder / STUDY).resolve()}"
    # Machines that share a study must not draw alike.
    seed = TrainSettings.build(experiment.settings).seed if storage is None else None
    try:
        study = optuna.create_study(
            storage=storage or own,
            study_name=experiment.name,
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=_FIRST),
            load_if_exists=True,
        )
        if seed is not None:
            seed += len(study.get_trials(deepcopy=False))  # going on must not draw the same again
        study.sampler = optuna.samplers.TPESampler(seed=seed)
    except (SQLAlchemyError, optuna.exceptions.OptunaError, ImportError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SettingError(
            f"--storage {storage or own} can't be used: {first}",
            "It must be a database's URL, such as sqlite:///study.db",
        ) from None
    return study
