"""The commands on torchvision's networks."""

import json

import cv2
import numpy as np
import pytest

from studio.__main__ import main
from studio.nets.published import PUBLISHED

NAME = "squeezenet1_1"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8))
    return str(path)


@pytest.fixture(autouse=True)
def no_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")  # nobody listens there


@pytest.mark.parametrize("name", [NAME, f"torchvision:{NAME}"])
def test_describe(name, capsys):
    assert main(["describe", name, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert (table["title"], table["weights"]) == ("SqueezeNet 1.1", 1_235_496)
    assert table["multiply_adds"] == sum(row["multiply_adds"] for row in table["layers"])
    assert table["layers"][0] == {
        "name": "features.0",
        "kind": "conv",
        "output": [64, 111, 111],
        "weights": 1792,
        "receptive_field": [3, 3],
        "stride": [2, 2],
        "multiply_adds": 64 * 111 * 111 * 27,
    }


def test_describe_as_text(capsys):
    assert main(["describe", NAME]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "SqueezeNet 1.1, input 3 × 224 × 224"
    assert said[-1].startswith("1,235,496 weights, ")
    assert said[-1].endswith(" multiply-adds")


def test_describe_for_another_input(capsys):
    assert main(["describe", "vit_b_32", "--input", "3x256x256", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert table["weights"] == 88_224_232 + 15 * 768  # 64 instead of 49 places to know
    assert main(["describe", "alexnet", "--input", "3x20x20"]) == 2
    assert "AlexNet can't take 3 × 20 × 20: features.5" in capsys.readouterr().err
    assert main(["describe", "resnet18", "--input", "1x28x28"]) == 2
    assert "colour pictures" in capsys.readouterr().err


def test_unknown_networks(capsys):
    assert main(["describe", "resnet19"]) == 2
    assert "studio list published" in capsys.readouterr().err
    assert main(["describe", "torchvision:resnet19"]) == 2
    assert "similar are resnet1" in capsys.readouterr().err


def test_list(capsys):
    assert main(["list", "published", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found] == list(PUBLISHED)
    assert found[0]["weights"] == 61_100_840


def test_maps_and_answers_without_a_download(photo, tmp_path, capsys):
    out = tmp_path / "maps"
    model = f"torchvision:{NAME}:untrained"
    assert main(["features", model, photo, "-o", str(out), "--layer", "features.0"]) == 0
    assert [path.name for path in out.iterdir()] == ["01-features.0.png"]
    assert main(["classify", model, photo, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert len(found["answers"]) == 5


def test_offline(photo, capsys):
    assert main(["classify", f"torchvision:{NAME}", photo]) == 2
    said = capsys.readouterr().err
    assert "can't be downloaded: no connection" in said
    assert "squeezenet1_1-b8a52dc0.pth" in said
