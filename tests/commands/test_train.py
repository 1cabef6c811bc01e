"""``studio train``: a run, sets of runs, going on, several processes."""

import json
import os
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest

from studio.__main__ import main
from studio.console import Progress
from studio.errors import TrainingError
from studio.nets.model import load_model
from studio.training import sweep
from studio.training.events import Epoch
from studio.training.kept import read_run

TINY = {
    "data": "folder",
    "picture-size": "8",
    "network": "perceptron",
    "optimiser": "momentum",
    "schedule": "constant",
    "epochs": "2",
    "batch-size": "7",
    "device": "cpu",
    "precision": "full",
}


def _options(photos, **more):
    values = {**TINY, "folder": str(photos), **more}
    return [word for name, value in values.items() for word in (f"--{name}", value)]


def _weights(folder):
    return load_model(folder / "model.safetensors").weights


def test_options_alone_are_one_run_in_the_folder_itself(photos, tmp_path, capsys):
    run = tmp_path / "run"
    assert main(["train", *_options(photos), "-o", str(run)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{run}: test accuracy ")
    assert "epoch 2" in printed.err
    assert read_run(run).state == "done"
    assert read_run(run).settings.batch_size == 7
    assert main(["train", "--resume", str(run)]) == 2
    assert "has come to its end" in capsys.readouterr().err


def test_files_that_can_t_be_used_are_named(photos, tmp_path, capsys):
    folder = next(
        path for path in sorted(photos.rglob("*")) if path.is_dir() and any(path.iterdir())
    )
    for number in range(7):
        (folder / f"torn{number}.png").write_bytes(b"nothing")
    options = _options(photos, **{"validation-share": "0.2", "epochs": "1"})
    assert main(["train", *options, "-o", str(tmp_path / "run")]) == 0
    said = capsys.readouterr().err
    assert "for validation" in said
    assert "7 files were skipped:" in said
    assert "torn4.png: " in said
    assert "torn5.png" not in said
    assert "and 2 more" in said


def test_ctrl_c_keeps_everything_and_resume_ends_the_same(photos, tmp_path, monkeypatch, capsys):
    options = _options(photos, crop="1", epochs="3")
    assert main(["train", *options, "-o", str(tmp_path / "whole")]) == 0

    class Interrupting(Progress):
        def __call__(self, event):
            if isinstance(event, Epoch) and event.epoch == 2:
                signal.raise_signal(signal.SIGINT)

    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr("studio.commands.train.Progress", Interrupting)
        assert main(["train", *options, "-o", str(run)]) == 130
    assert f"go on with: studio train --resume {run}" in capsys.readouterr().err
    assert read_run(run).state == "stopped"
    assert main(["train", "--resume", str(run)]) == 0
    whole = _weights(tmp_path / "whole")
    assert all(np.array_equal(values, whole[name]) for name, values in _weights(run).items())


def test_an_experiment_ends_with_its_table_and_its_chart(photos, tmp_path, capsys):
    text = """
title = "Mine"
[settings]
epochs = 9
[[runs]]
name = "slow"
learning_rate = 0.001
[[runs]]
name = "fast"
learning_rate = 0.1
[figures]
source = "A report."
"fast" = "60 %"
"""
    (tmp_path / "mine.toml").write_text(text)
    out = tmp_path / "set"
    assert main(["train", str(tmp_path / "mine.toml"), *_options(photos), "-o", str(out)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:2] == ["run", "what"]
    assert "course" in printed[0]
    assert printed[1].startswith("slow  learning rate 0.001")
    assert "60 %" in printed[2]
    assert printed[3:] == ["course: A report.", str(out / "chart.svg")]
    chart = (out / "chart.svg").read_text()
    assert chart.lstrip().startswith("<?xml")
    table = json.loads((out / "table.json").read_text())
    assert [row["epochs"] for row in table["runs"]] == [2, 2]  # what is typed counts
    assert {path.name for path in out.iterdir()} == {
        *("01-slow", "02-fast", "chart.svg", "experiment.toml", "table.json")
    }
    assert main(["train", str(tmp_path / "mine.toml"), "-o", str(out)]) == 2
    assert "holds runs already" in capsys.readouterr().err
    assert main(["train", "--resume", str(out)]) == 0


def test_values_with_commas_make_runs(photos, tmp_path, capsys):
    out = tmp_path / "set"
    options = _options(photos, **{"learning-rate": "0.01,0.1", "epochs": "1"})
    assert main(["train", *options, "-o", str(out)]) == 0
    assert {path.name for path in out.glob("0*")} == {
        *("01-learning-rate-0.01", "02-learning-rate-0.1")
    }
    assert "what differs" not in capsys.readouterr().out  # the names say it


def test_a_run_that_fails_is_status_2_and_the_others_go_on(photos, tmp_path, monkeypatch, capsys):
    real = sweep.train_into

    def failing(folder, settings, *given):
        if settings.batch_size == 4:
            raise TrainingError("the memory ran out with batches of 4", "Lower the batch size")
        return real(folder, settings, *given)

    monkeypatch.setattr(sweep, "train_into", failing)
    options = _options(photos, **{"batch-size": "4,8", "epochs": "1"})
    out = tmp_path / "set"
    assert main(["train", *options, "-o", str(out)]) == 2
    table = json.loads((out / "table.json").read_text())["runs"]
    assert [row["ending"] for row in table] == ["failed", "done"]
    assert "the memory ran out" in table[0]["error"]
    printed = capsys.readouterr()
    assert "run 1, batch size 4: the memory ran out" in printed.err
    assert printed.out.splitlines()[1].endswith("failed")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "glyphs"], "-o is missing"),
        (["ladderr", "-o", "run"], "no experiment 'ladderr'"),
        (["ladder", "--jobs", "0", "-o", "run"], "--jobs can't be 0"),
        (["ladder", "--learning-rate", "0.1,0", "-o", "run"], "--learning-rate can't be '0'"),
        (["ladder", "--storage", "sqlite:///a.db", "-o", "run"], "--search N"),
        (["ladder", "--search", "0", "-o", "run"], "--search can't be 0"),
        (["--resume", "nowhere"], "no runs in nowhere"),
        (["--resume", "nowhere", "--epochs", "3"], "--resume goes on"),
        (["--resume", ""], "it is empty"),
    ],
)
def test_what_is_wrong_is_one_line(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    try:
        status = main(["train", *words])
    except SystemExit as stop:
        status = stop.code
    printed = capsys.readouterr().err
    assert (status, printed.count("\n")) == (2, 1)
    assert said in printed
    assert not list(tmp_path.iterdir())


def test_two_processes_give_the_weights_of_one(photos, tmp_path):
    """Batches of 7 and 6, halves of unequal size, changed and mixed pictures."""
    more = {"crop": "1", "mirror": "yes", "mixup": "0.3", "weight-decay": "0.01"}
    options = _options(photos, network="mlp", **more)
    assert main(["train", *options, "-o", str(tmp_path / "one")]) == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    together = {
        "WORLD_SIZE": "2",
        "LOCAL_WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
    }
    command = [sys.executable, "-m", "studio", "train", *options, "-o", str(tmp_path / "two")]
    processes = [
        subprocess.Popen(
            command,
            env={**os.environ, **together, "RANK": rank, "LOCAL_RANK": rank},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in ("0", "1")
    ]
    (first, progress), (second, nothing) = (one.communicate(timeout=100) for one in processes)
    assert [one.returncode for one in processes] == [0, 0], progress + nothing
    assert first.startswith(f"{tmp_path / 'two'}: test accuracy")
    assert (second, nothing) == ("", "")
    one, two = _weights(tmp_path / "one"), _weights(tmp_path / "two")
    assert max(float(np.abs(two[name] - values).max()) for name, values in one.items()) < 1e-5
    before = load_model(tmp_path / "one" / "initial.safetensors").weights
    assert any(np.abs(one[name] - values).max() > 1e-3 for name, values in before.items())
    result = [json.loads((tmp_path / name / "result.json").read_text()) for name in ("one", "two")]
    assert result[0]["confusion"] == result[1]["confusion"]
