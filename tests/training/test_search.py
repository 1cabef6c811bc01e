"""A search by Optuna: several workers share a study, and runs that are worse are stopped."""

import pytest

from studio.errors import SettingError, TrainingError
from studio.training import sweep_search
from studio.training.events import Epoch
from studio.training.experiment import Experiment
from studio.training.experiment_plan import Range
from studio.training.kept import read_run
from studio.training.sweep_search import Search, Tried

SETTINGS = {
    "data": "folder",
    "network": "perceptron",
    "optimiser": "sgd",
    "schedule": "constant",
    "validation_share": 0.25,
    "epochs": 2,
    "batch_size": 8,
    "device": "cpu",
    "precision": "full",
    "picture_size": 8,
}


@pytest.fixture
def experiment(photos):
    pytest.importorskip("optuna")
    return Experiment(
        name="mine",
        settings={**SETTINGS, "folder": str(photos)},
        vary={"batch_size": (4, 8)},
        draw={"learning_rate": Range(low=0.001, high=0.1, logarithmic=True)},
        draws=10,
    )


def _tried(search, most):
    """The next runs of a search, at most so many, with what they came to."""
    found = []
    for run, told in search.events():
        if isinstance(told, Tried):
            found.append((run, told))
            if len(found) == most:
                break
    return found


def test_workers_in_turn_share_a_study(experiment, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    storage = f"sqlite:///{tmp_path / 'study.db'}"
    first = Search(tmp_path / "a", experiment, 4, storage)
    second = Search(tmp_path / "b", experiment, 4, storage)
    runs = [*_tried(first, 1), *_tried(second, 2), *_tried(first, 9)]
    assert [run.number for run, _ in runs] == [1, 2, 3, 4]
    assert len({run.settings.learning_rate for run, _ in runs}) == 4
    assert all(0.001 <= run.settings.learning_rate <= 0.1 for run, _ in runs)
    assert _tried(second, 9) == []
    assert [run.number for run in first.here().runs] == [1, 4]
    assert [run.number for run in second.here().runs] == [2, 3]
    best, accuracy = second.best()
    assert accuracy == max(told.accuracy for _, told in runs)
    assert {run.number: told.accuracy for run, told in runs}[best.number] == accuracy
    for one in second.here().outcomes():
        assert one.ending == "done"
        assert read_run(one.folder).settings == one.run.settings


def test_a_run_below_the_median_is_stopped(experiment, tmp_path, monkeypatch):
    real, accuracies = sweep_search.train_into, iter([0.9] * 4 + [0.1])

    def steered(*given, **named):
        for event in real(*given, **named):
            if isinstance(event, Epoch):
                object.__setattr__(event, "validation_accuracy", next(accuracies))
            yield event

    monkeypatch.setattr(sweep_search, "train_into", steered)
    monkeypatch.setattr(sweep_search, "_FIRST", 2)
    found = _tried(Search(tmp_path, experiment, 3), 9)
    words = [told.words for _, told in found]
    assert words == ["", "", "stopped after epoch 1: below the median"]
    assert read_run(tmp_path / found[-1][0].folder_name).state == "stopped"


def test_a_search_goes_on_with_other_draws(experiment, tmp_path):
    first = _tried(Search(tmp_path, experiment, 1), 9)
    second = _tried(Search(tmp_path, experiment, 2), 9)
    assert [run.number for run, _ in first + second] == [1, 2]
    assert first[0][0].settings.learning_rate != second[0][0].settings.learning_rate


def test_the_test_pictures_are_not_searched_with(experiment, tmp_path):
    search = Search(tmp_path, experiment.override({"validation_share": 0.0}), 3)
    with pytest.raises(Exception, match="needs validation pictures"):
        list(search.events())


def test_what_is_wrong_is_said_before_a_run(experiment, tmp_path):
    fixed = experiment.override({"batch_size": 8, "learning_rate": 0.1})
    with pytest.raises(SettingError, match="nothing to search in"):
        Search(tmp_path, fixed, 3)
    with pytest.raises(SettingError, match="--storage nonsense can't be used"):
        Search(tmp_path, experiment, 3, "nonsense")


def test_without_optuna_it_is_said_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(TrainingError, match=r"pip install 'convolution-studio\[search\]'"):
        Search(tmp_path, Experiment(), 3)
