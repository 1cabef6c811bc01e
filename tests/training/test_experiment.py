"""Experiments: what runs they plan, their files, and what is said about a wrong one."""

import itertools
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.data.opening import facts
from studio.declare import options
from studio.errors import DocumentError, SettingError
from studio.training.building import build
from studio.training.experiment import (
    EXPERIMENTS,
    Experiment,
    experiment_text,
    find_experiment,
    load_experiment,
    parse_values,
    save_experiment,
)
from studio.training.experiment_plan import NamedRun, Range, differences
from studio.training.settings import TrainSettings

OPTIONS = {item.name: item for item in options(TrainSettings)}


def _of(text, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return load_experiment(path)


def test_several_values_are_every_combination(tmp_path):
    mine = _of("[settings]\nepochs = 7\nlearning_rate = [0.1, 1]\nbatch_size = [8, 16]", tmp_path)
    runs = mine.runs()
    expected = list(itertools.product([0.1, 1.0], [8, 16]))
    assert [(run.settings.learning_rate, run.settings.batch_size) for run in runs] == expected
    assert {run.settings.epochs for run in runs} == {7}
    assert runs[1].name == "learning rate 0.1, batch size 16"
    assert runs[1].folder_name == "02-learning-rate-0.1-batch-size-16"
    assert differences(runs)[3] == {"batch_size": 16, "learning_rate": 1.0}


def test_a_named_run_has_its_own_values_in_place_of_the_varied(tmp_path):
    mine = _of(
        "[settings]\nlearning_rate = [0.1, 0.5]\n[[runs]]\n[[runs]]\nname = 'long'\n"
        "learning_rate = 0.2\nepochs = 9",
        tmp_path,
    )
    runs = mine.runs()
    assert [run.name for run in runs] == ["learning rate 0.1", "learning rate 0.5", "long"]
    assert (runs[2].settings.learning_rate, runs[2].settings.epochs) == (0.2, 9)
    assert runs[0].settings.epochs == TrainSettings().epochs


def test_a_run_that_builds_on_the_one_before_has_all_of_it(tmp_path):
    mine = _of(
        "[[runs]]\nname = 'a'\ncrop = 4\nepochs = 3\n[[runs]]\nname = 'b'\nbuilds_on = true\n"
        "epochs = 2\n[[runs]]\nname = 'c'",
        tmp_path,
    )
    found = [(run.settings.crop, run.settings.epochs) for run in mine.runs()]
    assert found == [(4, 3), (4, 2), (0, TrainSettings().epochs)]


def test_the_rungs_of_the_ladder_each_add_to_those_before():
    runs = EXPERIMENTS["ladder"].runs()
    last = runs[-1].settings
    assert (last.normalise, last.crop, last.mirror) == ("channels", 4, True)
    assert (last.optimiser, last.schedule, last.dropout) == ("momentum", "exponential", 0.25)
    assert last.batch_norm
    assert all(run.settings.epochs <= 24 for run in runs)
    assert all(run.figure for run in runs)


def test_a_setting_that_doesn_t_count_in_a_run_is_no_difference():
    steps = NamedRun(name="steps", settings={"schedule": "step", "drop": 0.3})
    falls = NamedRun(name="falls", settings={"schedule": "exponential", "decay": 0.2})
    runs = Experiment(named=(steps, falls)).runs()
    assert differences(runs) == (
        {"schedule": "step", "drop": 0.3},
        {"schedule": "exponential", "decay": 0.2},
    )


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_course_s_experiments_are_whole(name):
    experiment = find_experiment(name)
    assert experiment.title
    assert experiment.summary.endswith(".")
    runs = experiment.runs()
    assert len({run.folder_name for run in runs}) == len(runs)
    if experiment.figures:
        assert experiment.figures_source.endswith(".")
    for run in runs:
        build(run.settings, facts(run.settings))  # the network fits the data


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_written_experiment_is_read_back_the_same(name, tmp_path):
    save_experiment(EXPERIMENTS[name], tmp_path / f"{name}.toml")
    assert load_experiment(tmp_path / f"{name}.toml") == EXPERIMENTS[name]


@example(title="", rates=[10.0, 9.999999999999998], crop=0, mirror=False)
@given(
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    rates=st.lists(st.floats(1e-6, 10), min_size=2, max_size=4, unique=True),
    crop=st.integers(0, 256),
    mirror=st.booleans(),
)
def test_any_value_survives_the_file(title, rates, crop, mirror, tmp_path_factory):
    run = NamedRun(name=f"{title}!", settings={"mirror": mirror})
    mine = Experiment(
        name="mine",
        title=title,
        settings={"crop": crop, "network": "mlp"},
        vary={"learning_rate": tuple(rates)},
        named=(run,),
    )
    path = tmp_path_factory.getbasetemp() / "mine.toml"
    path.write_bytes(experiment_text(mine).encode())
    assert load_experiment(path) == mine


def test_draws_depend_on_the_seed_alone_and_stay_in_their_range():
    mine = Experiment(
        settings={"seed": 3},
        vary={"optimiser": ("sgd", "adam")},
        draw={
            "learning_rate": Range(low=1e-3, high=1, logarithmic=True),
            "crop": Range(low=0, high=8),
        },
        draws=200,
    )
    runs = mine.runs()
    assert [run.settings for run in runs] == [run.settings for run in mine.runs()]
    other = mine.override({"seed": 4}).runs()
    assert [run.settings.learning_rate for run in runs] != [
        run.settings.learning_rate for run in other
    ]
    rates = [run.settings.learning_rate for run in runs]
    assert 1e-3 <= min(rates) <= max(rates) <= 1
    below = sum(rate < math.sqrt(1e-3) for rate in rates) / len(rates)
    assert 0.38 < below < 0.62  # half of them, within 3.4 deviations of sqrt(0.25 / 200)
    assert {run.settings.crop for run in runs} == set(range(9))
    assert {run.settings.optimiser for run in runs} == {"sgd", "adam"}


def test_options_count_before_the_file_in_every_run():
    over = EXPERIMENTS["ladder"].override({"epochs": 2, "optimiser": "adam", "seed": (1, 2)})
    runs = over.runs()
    assert len(runs) == 12
    assert {run.settings.epochs for run in runs} == {2}
    assert {run.settings.optimiser for run in runs} == {"adam"}
    single = EXPERIMENTS["random-search"].override({"learning_rate": 0.1})
    assert {run.settings.learning_rate for run in single.runs()} == {0.1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[settings]\nlearning_rate = 0", ["mine.toml", "learning_rate", "more than 0"]),
        ("[settings]\nlearning_rate = [0.1, 11]", ["learning_rate can't be 11", "at most 10"]),
        ("[settings]\noptimizer = 'sgd'", ["there is no setting 'optimizer'", "optimiser"]),
        ("[settings]\nepochs = []", ["epochs has no value"]),
        ("[settings]\nepochs = [1, 1]", ["epochs has a value twice"]),
        ("[settings]\nepochs = {a = 1}", ["epochs can't be", "whole number"]),
        ("settings = 3", ["settings can't be 3", "[settings]"]),
        ("[setings]", ["no 'setings'", "settings"]),
        ("title = 3", ["title can't be 3", "text"]),
        ("runs = 3", ["[[runs]]"]),
        ("[[runs]]\nname = 'a'\n[[runs]]\nname = 'a'", ["two runs have the name 'a'"]),
        ("[[runs]]\nname = 'a'\ncrop = -1", ["crop can't be -1", "at least 0"]),
        ("[draw]\ncrop = 3", ["draw: crop can't be 3", "low = 0.001"]),
        ("[draw]\ncrop = {low = 1}", ["draw: crop", "low = 0.001"]),
        ("[draw]\ncrop = {low = 2, high = 1}", ["low, 2, must be less than high, 1"]),
        ("[draw]\nlearning_rate = {low = 0, high = 1, logarithmic = true}", ["more than 0"]),
        ("draws = -1", ["draws can't be -1", "at least 0"]),
        ("draws = 3\n[draw]\nepochs = {low = -5, high = -1}", ["epochs", "at least 1"]),
        ("[figures]\nabc = '60 %'", ["'abc', which is no run"]),
        ("[figures]\nrun = 60", ["run can't be 60", "text"]),
        (
            f"[settings]\nseed = {list(range(40))}\nepochs = {list(range(1, 40))}",
            ["more than 1,000 runs"],
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(text, said, tmp_path):
    with pytest.raises(SettingError) as caught:
        _of(text, tmp_path)
    assert all(words in str(caught.value) for words in said)


def test_what_is_no_file_of_an_experiment_is_said(tmp_path):
    with pytest.raises(DocumentError, match=r"mine\.toml can't be read as TOML.*line 1"):
        _of("title = = 3", tmp_path)
    (tmp_path / "mine.toml").write_bytes(b"\xff")
    with pytest.raises(DocumentError, match=r"mine\.toml can't be read as TOML"):
        load_experiment(tmp_path / "mine.toml")
    with pytest.raises(DocumentError, match="no file"):
        load_experiment(tmp_path / "none.toml")
    with pytest.raises(DocumentError, match=r"no experiment 'laddder'.*ladder"):
        find_experiment("laddder")


def test_a_folder_in_the_file_is_one_beside_it(tmp_path):
    (tmp_path / "photos").mkdir()
    mine = _of("[settings]\ndata = 'folder'\nfolder = 'photos'", tmp_path)
    assert mine.settings["folder"] == str(tmp_path / "photos")


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("learning_rate", "0.1, 0.5, 1", (0.1, 0.5, 1.0)),
        ("learning_rate", " 1e-3 ", (0.001,)),
        ("batch_size", "128,512", (128, 512)),
        ("mirror", "yes, no", (True, False)),
        ("optimiser", "sgd, adam", ("sgd", "adam")),
        ("classes", "cat, dog", ("cat, dog",)),
    ],
)
def test_typed_values(name, text, values):
    assert parse_values(OPTIONS[name], text) == values


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("learning_rate", "0.1, 0", "learning_rate can't be '0'. It must be a number more than 0"),
        ("learning_rate", "nan", "more than 0"),
        ("learning_rate", "0.1, ", "can't be ''"),
        ("batch_size", "1.5", "whole number"),
        ("batch_size", "8, 08", "8 twice"),
        ("mirror", "maybe", "yes or no"),
        ("optimiser", "sgd, sdg", "'sdg'"),
    ],
)
def test_wrong_typed_values_are_named(name, text, said):
    with pytest.raises(SettingError) as caught:
        parse_values(OPTIONS[name], text)
    assert said in str(caught.value)
    assert caught.value.field == name


def test_similar_names_are_offered(tmp_path):
    with pytest.raises(DocumentError, match=r"no experiment 'lader'\. The course has: ladder; or"):
        find_experiment("lader")
    with pytest.raises(SettingError, match=r"'learning_rat'\. Similar ones are: learning"):
        _of("[settings]\nlearning_rat = 1", tmp_path)
    with pytest.raises(DocumentError, match="nested too deeply"):
        _of("a = " + "[" * 5000, tmp_path)
