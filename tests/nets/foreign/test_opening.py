"""Models from elsewhere: read rightly, or refused with words and without running anything."""

import io
import json
import os
import pickle
import subprocess
import sys
import warnings
import zipfile

import cv2
import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from studio.__main__ import main
from studio.errors import ModelError
from studio.nets import Size
from studio.nets.export import export_model
from studio.nets.foreign.known import architectures_that_fit
from studio.nets.foreign.state_dict import read_state_dict
from studio.nets.model import load_model, save_model
from studio.nets.opening import open_model
from studio.nets.steps import Steps
from studio.nets.zoo import NETWORKS

LENET = NETWORKS["lenet5"]
PICTURES = torch.linspace(-1, 1, 3 * 28 * 28).reshape(3, 1, 28, 28)


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch):
    """Torch's compiler makes a progress bar, whose thread would outlive the test."""
    monkeypatch.setattr(torch.hub.tqdm, "monitor_interval", 0)


class Students(nn.Module):
    """As a student writes it: branches, functions, and changes in place."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        )
        self.conv = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.fc = nn.Linear(4 * 14 * 14, 5)

    def forward(self, x):
        x = self.features(x)
        x = torch.relu(self.conv(x)) + x
        x += 1
        x = x.view(x.size(0), -1)
        return self.fc(nn.functional.dropout(x, 0.5, self.training))


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(4)
    net = Students()
    net(torch.rand(4, 1, 28, 28))  # moves the running mean
    return net.eval()


@pytest.fixture
def lenet():
    torch.manual_seed(2)
    return LENET.module().eval()


def answers(module, values=PICTURES):
    with torch.inference_mode():
        return module(values).numpy()


def quietly(call, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args, **kwargs)


def script_of(net, how):
    if how == "script":
        return quietly(torch.jit.script, net)
    return quietly(torch.jit.trace, net, PICTURES[:1])


# What can be read


@pytest.mark.parametrize("dynamic", [False, True])
def test_an_exported_program_is_read(net, tmp_path, dynamic):
    path = tmp_path / "mine.pt2"
    shapes = ({0: torch.export.Dim("n")},) if dynamic else None
    torch.export.save(
        torch.export.export(net, (PICTURES[: 1 + dynamic],), dynamic_shapes=shapes), path
    )
    model = load_model(path)
    np.testing.assert_allclose(answers(model.module()), answers(net), rtol=1e-6, atol=1e-6)
    network = model.card.network
    assert network.input == Size(1, 28, 28)
    assert network.weights == sum(one.numel() for one in net.parameters())
    assert model.card.classes == ("0", "1", "2", "3", "4")
    rows = {row.name: row for row in network.table()}
    assert rows["features.0"].kind == "conv"
    assert rows["features.3"].receptive_field == (4, 4)
    steps = model.steps()
    assert isinstance(steps, Steps)
    maps = steps.run(PICTURES, keep=("features.2",))
    np.testing.assert_allclose(
        maps["features.2"].detach(), net.features[:3](PICTURES).detach(), atol=1e-6
    )


@pytest.mark.parametrize("how", ["script", "trace"])
def test_torchscript_is_read(net, tmp_path, how):
    path = tmp_path / "mine.pt"
    quietly(torch.jit.save, script_of(net, how), path)
    with pytest.raises(ModelError, match=r"how large its pictures are. .* mine.json"):
        load_model(path)
    notes = {"input": [1, 28, 28], "classes": list("abcde"), "title": "Mine"}
    path.with_suffix(".json").write_text(json.dumps(notes))
    model = load_model(path)
    assert (model.card.title, model.card.classes) == ("Mine", tuple("abcde"))
    np.testing.assert_allclose(answers(model.module()), answers(net), rtol=1e-6, atol=1e-6)
    names = [row.name for row in model.card.network.table()]
    assert {"features.0", "features.1", "conv", "fc"} <= set(names)
    assert set(names) <= set(model.steps().run(PICTURES))


def test_a_program_is_saved_as_any_model(net, tmp_path):
    torch.export.save(torch.export.export(net, (PICTURES[:1],)), tmp_path / "mine.pt2")
    model = load_model(tmp_path / "mine.pt2")
    again = load_model(save_model(model, tmp_path / "kept"))
    assert again.card.network == model.card.network
    np.testing.assert_array_equal(answers(again.module()), answers(model.module()))


@pytest.mark.parametrize("to", ["onnx", "python"])
def test_a_program_is_exported_as_any_model(net, tmp_path, to):
    onnxruntime = pytest.importorskip("onnxruntime")
    torch.export.save(torch.export.export(net, (PICTURES[:1],)), tmp_path / "theirs.pt2")
    path = tmp_path / {"onnx": "mine.onnx", "python": "mine.py"}[to]
    export_model(load_model(tmp_path / "theirs.pt2"), to, path)
    if to == "onnx":
        (given,) = onnxruntime.InferenceSession(path).run(None, {"picture": PICTURES.numpy()})
    else:
        space = {"__file__": str(path)}
        exec(compile(path.read_text(), path, "exec"), space)
        given = answers(space["load"]())
    np.testing.assert_allclose(given, answers(net), rtol=1e-4, atol=1e-5)


def test_commands_take_files_from_elsewhere(lenet, net, tmp_path, capsys):
    torch.save(lenet.state_dict(), tmp_path / "mine.pt")
    torch.export.save(torch.export.export(net, (PICTURES[:1],)), tmp_path / "mine.pt2")
    cv2.imwrite(str(tmp_path / "photo.png"), np.full((30, 30), 90, np.uint8))
    asked = ["classify", str(tmp_path / "mine.pt"), str(tmp_path / "photo.png")]
    assert main([*asked, "--architecture", "lenet5-mnist"]) == 0
    assert main(["describe", str(tmp_path / "mine.pt2")]) == 0
    assert "features.0" in capsys.readouterr().out
    assert main([*asked, "--architecture", "lenet6"]) == 2
    assert "there is no architecture 'lenet6'" in capsys.readouterr().err


@pytest.mark.parametrize("zip_file", [True, False])
@pytest.mark.parametrize("wrap", ["", "state_dict", "model", "module."])
def test_a_state_dict_is_read(lenet, tmp_path, zip_file, wrap):
    path = tmp_path / "mine.pth"
    state = lenet.state_dict()
    if wrap.endswith("."):
        state = {wrap + key: value for key, value in state.items()}
    elif wrap:
        state = {wrap: state, "epoch": 3}
    torch.save(state, path, _use_new_zipfile_serialization=zip_file)
    assert architectures_that_fit(path) == ("lenet5",)
    model = load_model(path)
    np.testing.assert_array_equal(answers(model.module()), answers(lenet))
    assert "architecture lenet5" in model.card.trained.text
    assert wrap in model.card.trained.text


def test_other_names_in_the_same_order_are_matched(lenet, tmp_path):
    path = tmp_path / "mine.pt"
    state = dict(zip("abcdefghij", lenet.state_dict().values(), strict=True))
    torch.save(state, path)
    model = load_model(path)
    np.testing.assert_array_equal(answers(model.module()), answers(lenet))
    assert "its names are others" in model.card.trained.text


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_other_types_are_converted_and_it_is_said(lenet, tmp_path, kind):
    path = tmp_path / "mine.safetensors"
    state = {key: value.to(kind) for key, value in lenet.state_dict().items()}
    safetensors.torch.save_file(state, path)
    weights = read_state_dict(path, LENET)
    for key, value in state.items():
        np.testing.assert_array_equal(weights[key], value.float().numpy())
    text = open_model(path, "lenet5").card.trained.text
    assert f"converted from {str(kind).removeprefix('torch.')}" in text


def test_another_number_of_classes_is_the_files(tmp_path):
    torch.manual_seed(1)
    two = LENET.fit(LENET.input, ("cat", "dog")).module()
    torch.save(two.state_dict(), tmp_path / "two.pt")
    model = load_model(tmp_path / "two.pt", architecture="lenet5")
    assert model.card.classes == ("0", "1")
    np.testing.assert_array_equal(answers(model.module()), answers(two.eval()))


def test_another_models_architecture_brings_its_preprocessing(tmp_path):
    digits = load_model("lenet5-mnist")
    torch.save(digits.module().state_dict(), tmp_path / "mine.pt")
    model = load_model(tmp_path / "mine.pt", architecture="lenet5-mnist")
    assert model.card.preprocessing == digits.card.preprocessing
    assert model.card.classes == digits.card.classes


def test_a_published_architecture_is_found_by_its_weights(tmp_path):
    torchvision = pytest.importorskip("torchvision")
    torch.manual_seed(0)
    theirs = torchvision.models.squeezenet1_1(weights=None).eval()
    torch.save(theirs.state_dict(), tmp_path / "mine.pth")
    assert architectures_that_fit(tmp_path / "mine.pth") == ("squeezenet1_1",)
    weights = open_model(tmp_path / "mine.pth").weights
    assert all(np.array_equal(weights[key], value) for key, value in theirs.state_dict().items())


# What is refused


def refused(path, message, architecture=None):
    with pytest.raises(ModelError, match=message) as caught:
        load_model(path, architecture=architecture)
    return caught.value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dense3.bias": None}, "dense3.bias is missing"),
        ({"conv9.bias": torch.zeros(3)}, "conv9.bias belongs to no layer"),
        ({"conv1.weight": torch.zeros(6, 1, 3, 3)}, "conv1.weight is 6 × 1 × 3 × 3, not 6 × 1 × 5"),
        ({"conv1.bias": torch.zeros(1).expand(2**40)}, "conv1.bias is 1099511627776, not 6"),
        ({"conv2.bias": torch.full((16,), torch.nan)}, "conv2.bias holds values that are not fin"),
        (
            {"conv2.bias": torch.full((16,), 1e300, dtype=torch.float64)},
            "conv2.bias holds values that are not",
        ),
        ({"conv2.bias": torch.zeros(16, dtype=torch.complex64)}, "conv2.bias is of type complex64"),
        ({"conv2.bias": "text"}, "its entry 'conv2.bias' is no array of numbers"),
        ({"conv2.bias": torch.zeros(16, device="meta")}, "'conv2.bias' is no array of numbers"),
        ({"conv2.bias": torch.zeros(16).to_sparse()}, "'conv2.bias' is no array of numbers"),
    ],
)
def test_weights_that_do_not_fit(lenet, tmp_path, change, message):
    state = {**lenet.state_dict(), **change}
    path = tmp_path / "mine.pt"
    torch.save({key: value for key, value in state.items() if value is not None}, path)
    refused(path, message, "lenet5")


class Canary:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


def resaved(source, target, change):
    """A zip file with some entries changed: stored, as torch does it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data = change(entry.filename.partition("/")[2], old.read(entry))
            if data is not None:
                new.writestr(entry.filename, data)


@pytest.mark.parametrize("zip_file", [True, False])
def test_a_hostile_pickle(canary, tmp_path, zip_file):
    path = tmp_path / "mine.pt"
    torch.save(
        {"conv1.weight": torch.zeros(2), "x": Canary(canary)},
        path,
        _use_new_zipfile_serialization=zip_file,
    )
    refused(path, r"mine.pt holds code \(\w+.mkdir\), not only weights: nothing in it was executed")
    path.write_bytes(pickle.dumps(Canary(canary)))
    refused(path, "mine.pt is a pickle that torch has not written; nothing in it was executed")


def test_a_whole_module_is_a_pickle_too(net, tmp_path):
    torch.save(nn.Sequential(nn.Linear(2, 2)), tmp_path / "mine.pt")
    refused(
        tmp_path / "mine.pt", r"holds code \(torch.nn.modules.container.Sequential\).* state_dict"
    )


@pytest.fixture
def exported(net, tmp_path):
    path = tmp_path / "theirs.pt2"
    torch.export.save(torch.export.export(net, (PICTURES[:1],)), path)
    return path


def test_pickles_in_an_exported_program_are_not_opened(exported, canary, tmp_path):
    hostile = io.BytesIO()
    torch.save(Canary(canary), hostile)

    def change(name, data):
        if name == "data/sample_inputs/model.pt":
            return hostile.getvalue()
        return data

    resaved(exported, tmp_path / "a.pt2", change)
    load_model(tmp_path / "a.pt2")  # the example is of no use, and not read

    def change_weights(name, data):
        if name == "data/weights/weight_0":
            return hostile.getvalue()
        if name.endswith("weights_config.json"):
            config = json.loads(data)
            next(iter(config["config"].values()))["use_pickle"] = True
            return json.dumps(config)
        return data

    resaved(exported, tmp_path / "b.pt2", change_weights)
    refused(tmp_path / "b.pt2", r"b.pt2 holds a pickle .* nothing in it was executed")


def edited(exported, target, edit):
    def change(name, data):
        if name != "models/model.json":
            return data
        model = json.loads(data)
        edit(model["graph_module"]["graph"])
        return json.dumps(model)

    resaved(exported, target, change)
    return target


@pytest.mark.parametrize(
    "target", ["torch.os.mkdir", "torch.ops.aten.from_file.default", "math.factorial", "#higher"]
)
def test_operations_that_reach_out_are_refused(exported, canary, tmp_path, target):
    def edit(graph):
        argument = {"name": "x", "arg": {"as_string": str(canary)}, "kind": 1}
        graph["nodes"][0] |= {"target": target, "inputs": [argument]}

    path = edited(exported, tmp_path / "mine.pt2", edit)
    refused(path, r"uses the operation .* which the studio doesn't know: nothing in it was execu")


def test_expressions_in_an_exported_program_are_not_evaluated(exported, canary, tmp_path):
    def edit(graph):
        code = f"__import__('os').mkdir({str(canary)!r})"
        for meta in graph["tensor_values"].values():
            if meta["sizes"]:
                meta["sizes"][0] = {"as_expr": {"expr_str": code, "hint": {"as_int": 1}}}

    load_model(edited(exported, tmp_path / "mine.pt2", edit))


def test_steps_that_are_not_there(exported, tmp_path):
    def edit(graph):
        graph["nodes"][3]["inputs"][0]["arg"] = {"as_tensor": {"name": "nowhere"}}

    refused(edited(exported, tmp_path / "mine.pt2", edit), "is damaged: its steps can't be read")


def test_torchscript_that_writes_a_file(canary, tmp_path):
    class Writing(nn.Module):
        def __init__(self, path: str):
            super().__init__()
            self.path = path

        def forward(self, x):
            torch.save(x, self.path)
            return x

    path = tmp_path / "mine.pt"
    try:
        quietly(torch.jit.save, quietly(torch.jit.script, Writing(str(canary))), path)
    except RuntimeError:
        pytest.skip("torch.save is not scripted here")
    refused_script(path, "holds the operation torch.save: nothing in it was executed")


def test_torchscript_that_maps_a_file(canary, tmp_path):
    class Mapping(nn.Module):
        def __init__(self, path: str):
            super().__init__()
            self.path = path

        def forward(self, x):
            return x + torch.from_file(self.path, True, 4)

    path = tmp_path / "mine.pt"
    quietly(torch.jit.save, quietly(torch.jit.script, Mapping(str(canary))), path)
    refused_script(path, "holds the operation torch.from_file: nothing in it was executed")


def test_torchscript_that_runs_when_it_is_opened(net, canary, tmp_path):
    source, path = tmp_path / "theirs.pt", tmp_path / "mine.pt"
    quietly(torch.jit.save, script_of(net, "trace"), source)

    def change(name, data):
        if name.startswith("code/") and name.endswith(".py"):
            return data + b"  def __setstate__(self, state: int) -> None:\n    return None\n"
        return data

    resaved(source, path, change)
    refused_script(path, "code that runs when it is opened .* nothing in it was executed")


def refused_script(path, message):
    with pytest.raises(ModelError, match=message):
        open_model(path, input=Size(1, 28, 28))


def bomb(path, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x/data.pkl", b"\x80\x02}.")
        with file.open("x/data/0", "w", force_zip64=True) as entry:
            for _ in range(size >> 20):
                entry.write(bytes(2**20))


def test_an_exploding_archive(tmp_path):
    path = tmp_path / "mine.pt"
    bomb(path, 2**28)
    assert path.stat().st_size < 2**20
    refused(path, "mine.pt would unpack to 268,435,.* no model does that, so it was not opened")


def test_four_gigabytes_declared(lenet, tmp_path):
    source, path = tmp_path / "theirs.pt", tmp_path / "mine.pt"
    torch.save(lenet.state_dict(), source)
    data = bytearray(source.read_bytes())
    place = data.rindex(b"PK\x01\x02")  # the last entry of the directory
    data[place + 24 : place + 28] = (2**32 - 2).to_bytes(4, "little")  # its declared size
    path.write_bytes(data)
    refused(path, "would unpack to 4,29")


def test_a_legacy_file_that_declares_more_than_it_holds(tmp_path):
    source, path = tmp_path / "theirs.pt", tmp_path / "mine.pt"
    torch.save({"a": torch.zeros(70_000)}, source, _use_new_zipfile_serialization=False)
    data = source.read_bytes()
    declared = b"J" + (70_000).to_bytes(4, "little")
    path.write_bytes(data.replace(declared, b"J\xff\xff\xff\x7f"))
    assert declared in data
    refused(path, "declares 2,147,483,647 values, more than it holds", "lenet5")


def test_a_flipped_byte(lenet, exported, tmp_path):
    path = tmp_path / "mine.pt"
    torch.save(lenet.state_dict(), path)
    for flipped, architecture in ((path, "lenet5"), (exported, None)):
        data = bytearray(flipped.read_bytes())
        data[len(data) // 2] ^= 1
        flipped.write_bytes(data)
        refused(flipped, "is damaged: bad crc", architecture)


@pytest.mark.parametrize("share", [0.2, 0.9, 0.999])
@pytest.mark.parametrize("sort", ["zip", "legacy", "safetensors", "pt2"])
def test_truncated_files(lenet, exported, tmp_path, sort, share):
    path = tmp_path / "mine.x"
    if sort == "safetensors":
        safetensors.torch.save_file(lenet.state_dict(), path)
    elif sort == "pt2":
        path = exported
    else:
        torch.save(lenet.state_dict(), path, _use_new_zipfile_serialization=sort == "zip")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    refused(path, "is damaged", "lenet5")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "mine.pt is empty"),
        (b"Dear reader,\nthis is no model.\n", "mine.pt is not a model"),
        (b"\x80", "is a pickle that torch has not written"),
        (bytes(100), "mine.pt is not a model"),
    ],
)
def test_what_is_no_model(tmp_path, data, message):
    (tmp_path / "mine.pt").write_bytes(data)
    refused(tmp_path / "mine.pt", message)


def test_a_zip_of_something_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "mine.pt", "w") as file:
        file.writestr("folder/letter.txt", "Dear reader")
    refused(tmp_path / "mine.pt", "is a zip archive, but not one that torch has written")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "mine.pt")
    refused(tmp_path / "mine.pt", "it is not a regular file")


@pytest.mark.parametrize("name", ["x" * 5000 + ".pt", "a\0b.pt", "x" * 250 + ".pt"])
def test_names_that_can_be_no_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    refused(name, r"there is no model|can't be read")
    with pytest.raises(ModelError, match=r"can't be read"):
        open_model(name)


@pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")
def test_a_name_that_is_no_text(lenet, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.pt")
    torch.save(lenet.state_dict(), path)
    model = load_model(path)
    model.card.model_dump_json()
    path.write_bytes(b"no model")
    assert "\udce9" not in str(refused(path, "is not a model"))


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ("{", "mine.json can't be read"),
        ('{"classes": ["a"]}', "gives 10 values for 1 classes"),
        ('{"colour": 1}', "mine.json: there is no setting 'colour'"),
        ('{"input": [3, 28, 28]}', "mine.pt: LeNet-5 can't take 3 × 28 × 28|weights of LeNet-5"),
        ('{"architecture": "lenet6"}', "there is no architecture 'lenet6'"),
    ],
)
def test_notes_that_do_not_fit(lenet, tmp_path, notes, message):
    torch.save(lenet.state_dict(), tmp_path / "mine.pt")
    (tmp_path / "mine.json").write_text(notes)
    refused(tmp_path / "mine.pt", message)


def test_weights_of_no_known_architecture(tmp_path):
    safetensors.torch.save_file({"a": torch.zeros(3)}, tmp_path / "mine.safetensors")
    refused(
        tmp_path / "mine.safetensors",
        r"there is no model card mine.json, and the weights .* fit no known .* --architecture NAME",
    )


def test_reading_tables_of_programs_needs_no_torch_until_they_are_asked_for():
    code = "import sys, studio.nets.opening, studio.nets.export; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
