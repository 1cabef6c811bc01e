"""``studio kernels``, as a person types it."""

import json

import pytest

from studio.__main__ import main
from studio.nets.layer import Size
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.model import save_model
from studio.nets.network import Network
from studio.nets.untrained import untrained


def test_a_sheet_for_each_convolution(tmp_path, capsys):
    assert main(["kernels", "lenet5-mnist", "-o", str(tmp_path / "out")]) == 0
    written = capsys.readouterr().out.split()
    names = ["01-conv1.png", "02-conv2.png", "kernels.json", "kernels.csv"]
    assert written == [str(tmp_path / "out" / name) for name in names]
    figures = json.loads((tmp_path / "out" / "kernels.json").read_text())
    assert [layer["layer"] for layer in figures] == ["conv1", "conv2"]
    assert all("changed_by" in one for layer in figures for one in layer["kernels"])


@pytest.mark.parametrize("scale", ["layer", "range"])
def test_one_layer_and_another_scale(scale, tmp_path):
    given = ["kernels", "lenet5-mnist", "--layer", "dense1", "--scale", scale, "-o", str(tmp_path)]
    assert main(given) == 0
    assert (tmp_path / "01-dense1.png").is_file()


def test_without_a_seed_nothing_is_said_about_changes(tmp_path):
    network = Network(input=Size(1, 8, 8), layers=(Flatten(), Dense(units=3)))
    path = save_model(untrained(network), tmp_path / "own")
    assert main(["kernels", str(path), "--layer", "dense1", "-o", str(tmp_path)]) == 0
    (layer,) = json.loads((tmp_path / "kernels.json").read_text())
    assert "changed_by" not in layer["kernels"][0]


def test_layers_that_are_not_there(tmp_path, capsys):
    assert main(["kernels", "lenet5-mnist", "--layer", "relu1", "-o", str(tmp_path)]) == 2
    assert "conv1, conv2, dense1, dense2, dense3" in capsys.readouterr().err
    network = Network(input=Size(1, 8, 8), layers=(Flatten(), Dense(units=3)))
    path = save_model(untrained(network), tmp_path / "own")
    assert main(["kernels", str(path), "-o", str(tmp_path)]) == 2
    assert "has no convolution. Name a dense layer with --layer" in capsys.readouterr().err
