"""What other programs make of an exported model is what the studio makes of it."""

import ast
import errno
import importlib.util
import json
import os
import subprocess
import sys
import warnings

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from studio.__main__ import main
from studio.errors import ModelError, NetworkError, StudioError
from studio.image.picture import Picture
from studio.image.read import read_picture
from studio.nets import Size
from studio.nets.export import FORMATS, export_model
from studio.nets.export.onnx_file import onnx_bytes
from studio.nets.export.python_file import python_text
from studio.nets.layers.activation import ReLU, Sigmoid, Softmax, Tanh
from studio.nets.layers.block import Inception, Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import AveragePool, MaxPool
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.model import Model, load_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.published import published
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS

BLOCKS = Network(
    name="blocks-2",
    title='Every """layer""" \\ of \u2026 the list',
    input=Size(3, 12, 12),
    classes=("a 'quoted' name", 'a "second"', "Bär"),
    layers=(
        *(Conv(filters=4, dilation=2, padding=2), BatchNorm(epsilon=1e-3), ReLU(), MaxPool()),
        *(Residual(filters=4), Residual(filters=4), Residual(filters=6, stride=2, norm=False)),
        *(Inception(ones=2, threes=3, fives=2, pooled=1), Tanh()),
        AveragePool(window_size=2, stride=1, padding=1),
        *(Flatten(), Dense(units=5, bias=False), Sigmoid(), Dropout()),
        *(Dense(units=3), Softmax()),
    ),
)
SMALL = Network(
    name="small",
    title="Small",
    input=Size(1, 6, 6),
    classes=("nought", "one"),
    layers=(Conv(filters=2), ReLU(), Flatten(), Dense(units=2)),
)


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch):
    """Torch's compiler makes a progress bar, whose thread would outlive the test."""
    monkeypatch.setattr(torch.hub.tqdm, "monitor_interval", 0)


def settled(network, **preprocessing):
    """A model whose batch normalisation has seen something."""
    model = untrained(network, seed=3)
    random = np.random.default_rng(1)
    weights = dict(model.weights)
    for name, array in weights.items():
        if name.endswith(("running_mean", "running_var", "norm1.weight")):
            weights[name] = random.uniform(0.5, 1.5, array.shape).astype("f4")
    prepared = model.card.preprocessing.change(**preprocessing)
    return Model(model.card.change(preprocessing=prepared), weights)


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    cv2.imwrite(str(path), cv2.GaussianBlur(pixels, (0, 0), 3))
    return path


def scores_of(model, values):
    with torch.inference_mode():
        return model.module()(torch.from_numpy(values)).numpy()


def covering():
    """The smallest networks of the zoo that have every kind of layer in them, and the blocks."""
    kinds = set()
    for name, network in sorted(NETWORKS.items(), key=lambda item: len(item[1].layers)):
        found = {layer.kind for layer in network.layers}
        if found - kinds:
            kinds |= found
            yield name
    yield "blocks"


@pytest.mark.parametrize("name", list(covering()))
def test_onnx_runtime_agrees(name, photo, tmp_path):
    model = settled(BLOCKS if name == "blocks" else NETWORKS[name])
    path = tmp_path / "net.onnx"
    assert export_model(model, "onnx", path) == (path,)
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    values = model.card.preprocessing.apply(read_picture(photo))
    for batch in (values[None], np.stack([values, values / 2, -values])):
        (theirs,) = session.run(["scores"], {"picture": batch})
        np.testing.assert_allclose(theirs, scores_of(model, batch), rtol=1e-4, atol=1e-4)


def test_an_onnx_file_says_what_it_is(tmp_path):
    model = untrained(SMALL)
    proto = onnx.load_from_string(onnx_bytes(model))
    kept = {entry.key: entry.value for entry in proto.metadata_props}
    assert json.loads(kept["classes"]) == ["nought", "one"]
    again = Preprocessing.build(json.loads(kept["preprocessing"]))
    assert again == model.card.preprocessing
    dims = [
        dim.dim_param or dim.dim_value for dim in proto.graph.input[0].type.tensor_type.shape.dim
    ]
    assert dims == ["batch", 1, 6, 6]
    assert b"site-packages" not in proto.SerializeToString()


def test_an_onnx_file_larger_than_a_message_is_refused_before_the_work(monkeypatch, tmp_path):
    monkeypatch.setattr("studio.nets.export.onnx_file._ROOM", 2**31)
    with pytest.raises(ModelError, match=r"net.onnx can't be written: .* 2 GB at most"):
        export_model(untrained(SMALL), "onnx", tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())


def test_a_file_is_left_as_it_was_when_it_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"older")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(StudioError, match=r"net.onnx can't be written: the disk is full"):
        export_model(untrained(SMALL), "onnx", path)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("net.onnx", b"older")]


def imported(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list(covering()))
def test_a_python_module_gives_the_same_numbers(name, photo, tmp_path):
    model = settled(BLOCKS if name == "blocks" else NETWORKS[name])
    path = tmp_path / "mine.py"
    assert export_model(model, "python", path) == (path, tmp_path / "mine.pt")
    theirs = imported(path)
    picture = read_picture(photo)
    values = theirs.preprocess(theirs.read(photo))
    np.testing.assert_array_equal(values[0].numpy(), model.card.preprocessing.apply(picture))
    net = theirs.load()
    with torch.inference_mode():
        np.testing.assert_allclose(
            net(values).numpy(), scores_of(model, values.numpy()), rtol=1e-6, atol=1e-6
        )
    assert set(net.state_dict()) == set(model.weights)
    assert model.card.classes == theirs.CLASSES


def test_a_python_module_needs_no_studio(photo, tmp_path):
    export_model(load_model("lenet5-mnist"), "python", tmp_path / "digits.py")
    code = (
        "import sys, digits\n"
        f"scores = digits.load()(digits.preprocess(digits.read({str(photo)!r})))\n"
        "print(len(digits.CLASSES), scores.shape[1], 'studio' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.stdout.split(), done.stderr) == (["10", "10", "False"], "")
    assert "studio" not in (tmp_path / "digits.py").read_text()


@pytest.mark.parametrize(
    "shape", [(5, 9, 1), (50, 20, 1), (5, 9, 3), (70, 20, 3), (6, 11, 3), (200, 7, 3)]
)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize(
    ("channels", "resize", "ink", "interpolation", "share"),
    [
        (1, "fit", "light", "area", 1),
        (1, "crop", "as_is", "area", 0.875),
        (3, "fit", "as_is", "area", 1),
        (3, "fit", "light", "bicubic", 1),
        (3, "stretch", "light", "bilinear", 1),
        (3, "crop", "as_is", "area", 1),
        (3, "crop", "as_is", "bilinear", 0.875),
        (1, "crop", "light", "bicubic", 0.7),
    ],
)
def test_the_preprocessing_is_the_same(shape, dtype, channels, resize, ink, interpolation, share):
    preprocessing = Preprocessing(
        size=(6, 11),
        channels=channels,
        resize=resize,
        ink=ink,
        interpolation=interpolation,
        share=share,
        mean=(0.1, 0.2, 0.3)[:channels],
        std=(0.4, 0.5, 0.6)[:channels],
    )
    network = SMALL.change(input=Size(channels, 6, 11))
    model = untrained(network)
    model = Model(model.card.change(preprocessing=preprocessing), model.weights)
    text = python_text(model, "mine")
    space = {"__file__": "mine.py"}
    exec(compile(text, "mine.py", "exec"), space)
    white = {"uint8": 255, "uint16": 65535, "float32": 1}[dtype]
    pixels = (np.random.default_rng(5).random(shape) * white).astype(dtype)
    ours = preprocessing.apply(Picture(pixels))
    np.testing.assert_array_equal(space["preprocess"](pixels)[0].numpy(), ours)


def test_the_python_reads_like_a_students():
    text = python_text(untrained(BLOCKS), "mine")
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 100
    assert "self.conv1 = nn.Conv2d(3, 4, 3, padding=2, dilation=2)\n" in text
    assert "x = self.conv1(x)\n" in text
    assert text.count("class ") == 4  # two equal residual blocks share one


@pytest.mark.parametrize("name", ["squeezenet1_1", "googlenet"])
def test_a_published_network_is_exported(name, photo, tmp_path):
    network = published(name).change(input=Size(3, 64, 64), classes=("cat", "dog"))
    prepared = {"interpolation": "bilinear", "share": 0.875}
    model = settled(network, **prepared)
    export_model(model, "python", tmp_path / "mine.py")
    theirs = imported(tmp_path / "mine.py")
    values = theirs.preprocess(theirs.read(photo))
    np.testing.assert_array_equal(
        values[0].numpy(), model.card.preprocessing.apply(read_picture(photo))
    )
    ours = scores_of(model, values.numpy())
    with torch.inference_mode():
        np.testing.assert_allclose(theirs.load()(values).numpy(), ours, rtol=1e-6, atol=1e-6)
    if name == "squeezenet1_1":
        session = onnxruntime.InferenceSession(onnx_bytes(model))
        (onnxs,) = session.run(None, {"picture": values.numpy()})
        np.testing.assert_allclose(onnxs, ours, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "name", ["net.txt", "2nd.py", "my net.py", "net", "class.py", "torch.py", "random.py"]
)
def test_a_name_that_cannot_be_imported_is_refused(name, tmp_path):
    with pytest.raises(ModelError, match="can't be named"):
        export_model(untrained(SMALL), "python", tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_layers_that_hide_their_settings_are_refused():
    from studio.nets.export.python_layers import call_of

    class Hiding(torch.nn.Module):
        def __init__(self, units):
            super().__init__()

    with pytest.raises(NetworkError, match=r"Hiding can't be written as Python: .* units"):
        call_of(Hiding(3))


def test_safetensors_is_the_studios_own_pair(tmp_path):
    model = load_model("lenet5-mnist")
    written = export_model(model, "safetensors", tmp_path / "digits.safetensors")
    assert [path.name for path in written] == ["digits.safetensors", "digits.json"]
    assert load_model(written[0]).card == model.card


@pytest.mark.parametrize(
    ("to", "asked", "beside"), [("python", ".py", ".pt"), ("safetensors", ".safetensors", ".json")]
)
def test_a_file_that_nobody_named_is_not_replaced(to, asked, beside, tmp_path):
    model, other = load_model("lenet5-mnist"), tmp_path / f"digits{beside}"
    other.write_text("mine")
    with pytest.raises(ModelError, match=f"digits{beside} is there already"):
        export_model(model, to, tmp_path / f"digits{asked}")
    assert [path.name for path in tmp_path.iterdir()] == [other.name]
    assert other.read_text() == "mine"
    other.unlink()
    export_model(model, to, tmp_path / f"digits{asked}")
    export_model(model, to, tmp_path / f"digits{asked}")  # both are its own now


def test_a_model_is_not_replaced_by_what_is_made_of_it(tmp_path, capsys):
    path = tmp_path / "mine.pt"
    torch.save(load_model("lenet5-mnist").module().state_dict(), path)
    kept = path.read_bytes()
    (tmp_path / "mine.py").write_text("")
    for to, name in (("onnx", "mine.pt"), ("python", "mine.py")):
        asked = ["export", str(path), "--architecture", "lenet5", "--to", to]
        assert main([*asked, "-o", str(tmp_path / name)]) == 2
        assert "mine.pt is the model itself" in capsys.readouterr().err
    assert path.read_bytes() == kept


@pytest.mark.parametrize("to", ["python", "safetensors"])
def test_two_files_are_written_together_or_not_at_all(to, tmp_path, monkeypatch):
    written = []

    def sync(number):
        written.append(number)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", sync)
    path = tmp_path / {"python": "net.py", "safetensors": "net.safetensors"}[to]
    with pytest.raises(StudioError, match="the disk is full"):
        export_model(untrained(SMALL), to, path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("to", FORMATS)
def test_the_command_writes_and_says_only_the_names(to, tmp_path, capfd):
    suffix = {"onnx": ".onnx", "safetensors": ".safetensors", "python": ".py"}[to]
    out = tmp_path / f"digits{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main(["export", "lenet5-mnist", "--to", to, "-o", str(out)]) == 0
    printed = capfd.readouterr()
    assert sorted(printed.out.split()) == sorted(map(str, tmp_path.iterdir()))
    assert printed.err == ""


def test_a_place_that_cannot_be_written_is_one_line(tmp_path, capsys):
    out = tmp_path / "no" / "net.onnx"
    # The place comes first: a model may take minutes to get.
    assert main(["export", "no-such-model", "--to", "onnx", "-o", str(out)]) == 2
    assert capsys.readouterr().err == "studio: net.onnx can't be written: there is no such folder\n"
