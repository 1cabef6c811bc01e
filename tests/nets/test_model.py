import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy
import torch
from safetensors.torch import load_file

from studio import paths
from studio.errors import ModelError, SettingError
from studio.nets import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.model import Card, Model, Trained, bundled, load_model, save_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing

NETWORK = Network(
    name="small",
    title="Small",
    input=Size(1, 6, 6),
    classes=("nought", "one", "two"),
    layers=(Conv(filters=2), BatchNorm(), ReLU(), Flatten(), Dense(units=3)),
)
CARD = Card(
    name="small",
    title="Small digits",
    network=NETWORK,
    preprocessing=Preprocessing(size=(6, 6), channels=1, mean=(0.1,), std=(0.3,), ink="light"),
    trained=Trained(data="glyphs", settings={"epochs": 2, "rate": 0.1}, command="studio train"),
    test_accuracy=0.975,
    test_data="glyphs, 1,000 test pictures",
    created="2025-01-31",
)


@pytest.fixture
def module():
    torch.manual_seed(2)
    module = NETWORK.module()
    module(torch.rand(8, 1, 6, 6))  # moves the running mean and variance
    return module.eval()


@pytest.fixture
def model(module):
    return Model(CARD, {name: array.numpy() for name, array in module.state_dict().items()})


@pytest.fixture
def saved(model, tmp_path):
    return save_model(model, tmp_path / "model")


def rewrite_card(weights_path, **values):
    path = weights_path.with_suffix(".json")
    card = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(card | values), "utf-8")


def rewrite_weights(weights_path, arrays):
    """Other arrays with a card that vouches for them."""
    data = safetensors.numpy.save(arrays)
    weights_path.write_bytes(data)
    rewrite_card(weights_path, sha256=hashlib.sha256(data).hexdigest())


def refused(path, message):
    with pytest.raises(ModelError, match=message):
        load_model(path)


def test_what_is_saved_comes_back(saved, model, module):
    loaded = load_model(saved)
    assert loaded.card == model.card.change(sha256=loaded.card.sha256)
    assert loaded.card.classes == ("nought", "one", "two")
    assert set(loaded.weights) == set(model.weights)
    for name, array in model.weights.items():
        assert loaded.weights[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded.weights[name], array)
    picture = torch.rand(2, 1, 6, 6)
    again = loaded.module()
    assert not again.training
    with torch.no_grad():
        torch.testing.assert_close(again(picture), module(picture), rtol=0, atol=0)


def test_the_files_are_plain_safetensors_and_json(saved, module):
    assert saved.name == "model.safetensors"
    theirs = load_file(saved)
    assert all(torch.equal(array, theirs[name]) for name, array in module.state_dict().items())
    card = json.loads(saved.with_suffix(".json").read_text("utf-8"))
    assert card["sha256"] == hashlib.sha256(saved.read_bytes()).hexdigest()
    assert card["format"] == 1
    assert card["network"]["layers"][0]["kind"] == "conv"
    assert card["trained"]["settings"] == {"epochs": 2, "rate": 0.1}


@pytest.mark.parametrize(
    "name", ["model", "model.safetensors", "model.json", "v1.2", "v1.2.safetensors", "v1.2.json"]
)
def test_either_file_names_the_model(model, tmp_path, name):
    written = save_model(model, tmp_path / name)
    stem = "v1.2" if name.startswith("v1.2") else "model"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{stem}.json",
        f"{stem}.safetensors",
    ]
    for path in (tmp_path / name, str(tmp_path / name), written, tmp_path / stem):
        assert load_model(path).card.name == "small"


def test_a_run_folder_is_a_model(saved, monkeypatch):
    assert load_model(saved.parent).card.name == "small"
    monkeypatch.chdir(saved.parent)
    assert load_model(".").card.name == "small"
    assert load_model("model").card.name == "small"


def test_making_a_module_leaves_torchs_generator_and_the_weights_alone(model):
    state = torch.random.get_rng_state()
    kept = {name: array.copy() for name, array in model.weights.items()}
    module = model.module()
    assert torch.equal(state, torch.random.get_rng_state())
    with torch.no_grad():
        for weight in module.parameters():
            weight.fill_(7)
    for name, array in kept.items():
        np.testing.assert_array_equal(model.weights[name], array)


def test_bundled_models_have_names(model, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    assert bundled() == ()
    for name in ("small", "another"):
        save_model(Model(CARD.change(name=name), model.weights), tmp_path / name)
    assert [card.name for card in bundled()] == ["another", "small"]
    assert load_model("small").card.name == "small"
    refused("smal", r"no model 'smal'. The bundled models are: another, small; or give a")


@pytest.mark.parametrize("path", sorted(paths.MODELS.glob("*.json")), ids=lambda path: path.stem)
def test_every_bundled_model_is_whole(path):
    card = load_model(path.stem).card
    assert card.name == path.stem
    assert card.classes
    assert card.test_accuracy
    assert card.test_data
    assert card.trained.command
    assert card.created


@pytest.mark.parametrize("path", ["", "no/such.json", "no/such.safetensors", "a\0b", "x" * 5000])
def test_what_is_not_there(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(path, r"there is no model|can't be read")


def test_a_missing_half(saved):
    card = saved.with_suffix(".json")
    kept = card.read_bytes()
    card.unlink()
    refused(saved, "there is no model card .*model.json")
    card.write_bytes(kept)
    saved.unlink()
    refused(card, "there is no file of weights .*model.safetensors")


def test_a_flipped_byte(saved):
    data = bytearray(saved.read_bytes())
    data[-3] ^= 1
    saved.write_bytes(data)
    refused(saved, "model.safetensors is not the file that its card describes")


@pytest.mark.parametrize("keep", [0, 5, 8, 100, -1])
def test_a_truncated_file(saved, keep):
    saved.write_bytes(saved.read_bytes()[:keep])
    refused(saved, "model.safetensors is damaged")


def test_bytes_after_the_end(saved):
    saved.write_bytes(saved.read_bytes() + b"x")
    refused(saved, "model.safetensors is damaged")


def test_a_header_that_claims_a_gigabyte_is_not_read(saved):
    header = json.dumps(
        {"conv1.weight": {"dtype": "F32", "shape": [2**14, 2**14], "data_offsets": [0, 2**30]}}
    ).encode()
    with saved.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + 2**30)  # sparse
    before = _peak_memory()
    refused(saved, "doesn't hold the weights of its network: .*is missing")
    assert _peak_memory() - before < 100e6
    saved.write_bytes((2**62).to_bytes(8, "little") + header)
    refused(saved, "model.safetensors is damaged: its header")


def _peak_memory():
    resource = pytest.importorskip("resource")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dense1.weight": np.zeros((3, 30), "f4")}, "dense1.weight is 3 × 30 .*, not 3 × 32"),
        ({"dense1.weight": np.zeros((3, 32), "f8")}, "3 × 32 F64, not 3 × 32 float32"),
        ({"norm1.num_batches_tracked": np.float32(1)}, "one number float32, not one number int64"),
        ({"dense1.bias": None}, "dense1.bias is missing"),
        ({"conv9.bias": np.zeros(3, "f4")}, "conv9.bias belongs to no layer"),
        ({"dense1.bias": np.array([0, np.nan, 0], "f4")}, "dense1.bias holds .* not finite"),
        ({"norm1.running_var": np.array([1, np.inf], "f4")}, "norm1.running_var holds"),
    ],
)
def test_weights_of_something_else(saved, model, change, message):
    arrays = {
        name: array for name, array in ({**model.weights, **change}).items() if array is not None
    }
    rewrite_weights(saved, {name: np.array(array) for name, array in arrays.items()})
    refused(saved, message)
    changed = Model(CARD, arrays)
    with pytest.raises(ModelError, match=message.replace("F64", "float64")):
        save_model(changed, saved.with_name("other"))
    assert not saved.with_name("other.safetensors").exists()


def test_a_card_with_another_network_names_the_layers(saved, model):
    wider = model.card.change(
        network=NETWORK.change(
            layers=(*NETWORK.layers[:-1], Dense(units=64), ReLU(), Dense(units=3))
        )
    )
    rewrite_card(saved, network=wider.network.model_dump(mode="json"))
    refused(
        saved, "dense2.weight is missing; dense2.bias is missing; dense1.weight is 3 × 32 .*1 more"
    )


def test_pickles_are_not_opened(saved, module):
    torch.save(module.state_dict(), saved)
    refused(saved, "model.safetensors is damaged")


DEEP = "[" * 200_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a model card"),
        ("{}", "names no network"),
        ("[1]", "names no network"),
        ('{"network": NaN}', "NaN is no number"),
        (DEEP, "not a model card"),
        (b"\xff\xfe", "not a model card"),
        (" " * 2**20 + "{}", "larger than"),
    ],
    ids=["empty", "no keys", "list", "nan", "deep", "not UTF-8", "too long"],
)
def test_what_is_no_card(saved, text, message):
    data = text.encode() if isinstance(text, str) else text
    saved.with_suffix(".json").write_bytes(data)
    refused(saved, message)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"format": 2}, "format 2, not 1. It may come from a newer studio"),
        ({"colour": 1}, "colour: "),
        ({"test_accuracy": 97}, "test_accuracy: "),
        ({"preprocessing": {"size": [6, 6], "channels": 2}}, "preprocessing.channels: "),
        ({"network": {"layers": [{"kind": "attention"}]}}, "no kind of layer 'attention'"),
        ({"network": {"input": [1, 6, 6], "layers": [{"kind": "dense"}]}}, "put a flatten layer"),
        ({"network": {"input": [1, 6, 6], "layers": 3}}, "the layers must be a list"),
        ({"network": {"input": [3, 6, 6]}}, "preprocessing gives 1 × 6 × 6, the network takes 3"),
        ({"sha256": "0" * 64}, "not the file that its card describes"),
    ],
)
def test_a_card_with_something_wrong(saved, values, message):
    rewrite_card(saved, **values)
    refused(saved, message)


def test_a_card_must_agree_with_itself():
    with pytest.raises(SettingError, match="the preprocessing gives"):
        CARD.change(preprocessing=Preprocessing())


def test_files_that_are_no_files(saved):
    saved.unlink()
    os.mkfifo(saved) if hasattr(os, "mkfifo") else saved.mkdir()
    refused(saved.with_suffix(".json"), "there is no file of weights")


def test_an_unwritable_place(model, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelError, match="model"):
        save_model(model, tmp_path / "file" / "model")


def test_loading_needs_no_torch(saved):
    program = f"""
import sys
from studio.nets.model import bundled, load_model
import studio.nets.zoo, studio.nets.describe
load_model({str(saved)!r}), bundled()
sys.exit("torch" in sys.modules or "PySide6" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
