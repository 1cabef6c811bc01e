"""The commands, as a person types them."""

import json
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from studio.__main__ import main
from studio.data import DATASETS
from studio.filters import FILTERS
from studio.insight.attribution import METHODS
from studio.nets.model import Model, bundled, load_model, save_model
from studio.nets.network_file import save_network
from studio.nets.published import PUBLISHED
from studio.nets.zoo import NETWORKS
from studio.training.experiment import EXPERIMENTS


@pytest.fixture
def photo(tmp_path):
    """An 8-bit RGB picture with every value in it."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), pixels[:, :, ::-1])
    return path, pixels


def read(path):
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return stored[:, :, ::-1] if stored.ndim == 3 else stored


def test_a_chain_gives_opencv_s_bytes(photo, tmp_path, capsys):
    path, pixels = photo
    out = tmp_path / "out.png"
    spec = "convolution kernel='0 -1 0; -1 5 -1; 0 -1 0' result=same"
    assert (
        main(["filter", str(path), "--apply", "median radius=2", "--apply", spec, "-o", str(out)])
        == 0
    )
    kernel = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)
    assert np.array_equal(read(out), cv2.filter2D(cv2.medianBlur(pixels, 5), -1, kernel))
    assert capsys.readouterr().out.strip() == str(out)


def test_a_float_result_stays_exact_in_a_folder(photo, tmp_path):
    path, pixels = photo
    twin = tmp_path / "other" / path.name
    twin.parent.mkdir()
    twin.write_bytes(path.read_bytes())
    out = tmp_path / "results"
    command = ["filter", str(path), str(twin), "--apply", "sobel output=x", "-o", str(out)]
    assert main(command) == 0
    assert sorted(file.name for file in out.iterdir()) == ["photo-2.tiff", "photo.tiff"]
    assert np.array_equal(read(out / "photo.tiff"), cv2.Sobel(pixels, cv2.CV_32F, 1, 0))


def test_a_float_result_in_a_png_says_what_was_cut(photo, tmp_path, capsys):
    path, _ = photo
    out = tmp_path / "out.png"
    assert main(["filter", str(path), "--apply", "sobel output=x", "-o", str(out)]) == 0
    assert "cut to 0 to 255" in capsys.readouterr().err


def test_a_folder_of_results_never_replaces_a_source(photo, tmp_path):
    path, pixels = photo
    twin = tmp_path / "other" / path.name
    twin.parent.mkdir()
    cv2.imwrite(str(twin), 255 - pixels)
    kept = path.read_bytes()
    command = ["filter", str(twin), str(path), "--apply", "median", "-o", str(tmp_path)]
    assert main(command) == 0
    assert path.read_bytes() == kept
    assert np.array_equal(read(tmp_path / "photo-3.png"), cv2.medianBlur(pixels, 3))


def test_a_name_that_ends_like_a_folder_is_made_one(photo, tmp_path):
    path, _ = photo
    assert main(["filter", str(path), "--apply", "grey", "-o", f"{tmp_path}/new/"]) == 0
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["photo.png"]


def test_white_stays_white_in_a_png_of_a_float_picture(tmp_path, capsys):
    path, out = tmp_path / "float.tiff", tmp_path / "out.png"
    cv2.imwrite(str(path), np.array([[0, 0.5, 1]], np.float32))
    assert main(["filter", str(path), "--apply", "grey", "-o", str(out)]) == 0
    assert read(out).tolist() == [[0, 32768, 65535]]
    assert "stretched" in capsys.readouterr().err


def test_a_saved_chain_gives_the_same_as_its_words(photo, tmp_path):
    path, pixels = photo
    chain = tmp_path / "chain.json"
    steps = [{"filter": {"kind": "grey"}}, {"filter": {"kind": "median", "radius": 2}}]
    chain.write_text(json.dumps({"format": 1, "steps": steps}))
    out = tmp_path / "out.png"
    assert main(["filter", str(path), "--pipeline", str(chain), "-o", str(out)]) == 0
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    assert np.array_equal(read(out), cv2.medianBlur(grey, 5))
    chain.write_text(json.dumps({"format": 1, "picture": "cat", "chain": {"steps": steps}}))
    assert main(["filter", str(path), "--pipeline", str(chain), "-o", str(out)]) == 0
    assert np.array_equal(read(out), cv2.medianBlur(grey, 5))


def test_a_border_is_for_the_filters_that_were_given_none(photo, tmp_path):
    path, pixels = photo
    out = tmp_path / "out.png"
    specs = ["grey", "convolution kernel=box-3", "convolution kernel=box-3 border=replicate"]
    given = [part for spec in specs for part in ("--apply", spec)]
    assert main(["filter", str(path), *given, "--border", "wrap", "-o", str(out)]) == 0
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    box = np.full((3, 3), 1 / 9)
    first = cv2.filter2D(np.pad(grey, 1, "wrap"), -1, box)[1:-1, 1:-1]
    assert np.array_equal(read(out), cv2.filter2D(first, -1, box, borderType=cv2.BORDER_REPLICATE))


def test_a_border_is_for_all_filters_of_a_saved_chain(photo, tmp_path):
    path, pixels = photo
    chain, out = tmp_path / "chain.json", tmp_path / "out.png"
    median = {"filter": {"kind": "median", "radius": 1, "border": "zero"}}
    chain.write_text(json.dumps({"format": 1, "steps": [median]}))
    command = ["filter", str(path), "--pipeline", str(chain), "--border", "replicate"]
    assert main([*command, "-o", str(out)]) == 0
    assert np.array_equal(read(out), cv2.medianBlur(pixels, 3))


def test_the_script_does_what_the_command_does(photo, tmp_path):
    path, out, script = photo[0], tmp_path / "out.tiff", tmp_path / "mine.py"
    specs = ["--apply", "median radius=3 border=wrap", "--apply", "sobel output=x"]
    assert main(["filter", str(path), *specs, "--script", str(script), "-o", str(out)]) == 0
    again = tmp_path / "again.tiff"
    start = [sys.executable, "-I", script]
    subprocess.run([*start, path, again], check=True, cwd=tmp_path)
    assert np.array_equal(read(again), read(out))
    png = subprocess.run(
        [*start, path, "a.png"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (png.returncode, "name it .tiff" in png.stderr) == (1, True)


def test_progress_is_shown_on_a_terminal_and_taken_away(photo, tmp_path, monkeypatch, capsys):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    monkeypatch.setattr("studio.commands.filter._PATIENCE", 0)
    monkeypatch.setattr("studio.commands.filter._PAUSE", 0)
    pictures = [str(tmp_path / "broken.png"), str(photo[0])]
    command = ["filter", *pictures, "--apply", "median", "-o", f"{tmp_path}/out/"]
    assert main(command) == 2
    assert "%" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(command) == 2
    printed = capsys.readouterr()
    assert "\r\x1b[K2 of 2: photo.png 100 %\r\x1b[K" in printed.err
    assert "\r\x1b[Kstudio: broken.png is not a picture" in printed.err
    assert printed.out.strip() == str(tmp_path / "out" / "photo.png")


def test_interrupted_filtering_leaves_no_half_file(photo, tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    out = tmp_path / "results"
    assert main(["filter", str(photo[0]), "--apply", "sobel", "-o", f"{out}/"]) == 130
    assert list(out.iterdir()) == []
    assert capsys.readouterr().err == "studio: interrupted\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["filter", "{photo}", "--apply", "median radius=99", "-o", "out.png"], "radius"),
        (["filter", "{photo}", "--apply", "blur", "-o", "out.png"], "blur"),
        (["filter", "{photo}", "--apply", "median 'radius=2", "-o", "out.png"], "quot"),
        (["filter", "nowhere.png", "--apply", "median", "-o", "out.png"], "nowhere.png"),
        (["filter", "{photo}", "-o", "out.png"], "--apply"),
        (["filter", "", "--apply", "median", "-o", "out.png"], "PICTURE"),
        (["filter", "{photo}", "--apply", "median", "-o", ""], "-o"),
        (["filter", "{photo}", "--apply", "median", "-o", "a" * 300 + ".png"], "too long"),
        (["filter", "a" * 5000, "--apply", "median", "-o", "out.png"], "too long"),
        (["filter", "{photo}", "other.png", "--apply", "median", "-o", "out.png"], "folder"),
        (["filter", "{photo}", "--apply", "median", "-o", "{photo}/"], "{photo}"),
        (["filter", "{photo}", "--apply", "median", "--pipeline", "c", "-o", "o.png"], "--apply"),
        (["filter", "{photo}", "--pipeline", "none.json", "-o", "out.png"], "none.json"),
        (["filter", "{photo}", "--pipeline", "{photo}", "-o", "out.png"], "not a chain"),
        (["filter", "{photo}", "--apply", "grey", "--border", "x", "-o", "out.png"], "--border"),
        (["filter", "{photo}", "--apply", "grey", "--script", "a.txt", "-o", "o.png"], "--script"),
        (["filter", "{photo}", "--apply", "grey", "--script", "no/a.py", "-o", "o.png"], "a.py"),
        (["filter", "{photo}", "--apply", "grey", "-o", "out.xyz"], "out.xyz"),
        (["describe", ""], "NETWORK"),
        (["describe", "a" * 5000], "no network"),
        (["describe", "lenet5", "--input", ""], "no size"),
        (["classify", "", "{photo}"], "MODEL"),
        (["features", "lenet5-mnist", "{photo}", "-o", "maps", "--layer", ""], "no layer ''"),
        (["train", "-o", ""], "-o"),
        (["train", "-o", "{photo}"], "file of that name"),
        (["train", "--learning-rate", "0", "-o", "run"], "--learning-rate"),
        (["describe", "lenet6"], "lenet6"),
        (["describe", "lenet5", "--input", "3x32"], "3x32"),
        (["describe", "torchvision:resnet18:nothing"], "no weights 'nothing'"),
        (["describe", "lenet5-mnist", "--architecture", "lenet5"], "says itself"),
        (["classify", "lenet5-mnist", "{photo}", "--architecture", "lenet5"], "says itself"),
        (["classify", "torchvision:alexnet", "{photo}", "--architecture", "mlp"], "says itself"),
        (["explain", "no-model", "{photo}", "-o", "no/why.png"], "why.png can't be written"),
        (["figure", "no-model", "{photo}", "-o", "no/why.png"], "why.png can't be written"),
        (["kernels", "lenet5-mnist", "-o", "{photo}"], "file of that name"),
        (["features", "nothing", "{photo}", "-o", "maps"], "nothing"),
        (["features", "lenet5-mnist", "{photo}", "-o", "maps", "--layer", "conv9"], "conv9"),
        (["classify", "lenet5-mnist", "{photo}", "--top", "0"], "--top"),
        (["train", "--epochs", "0", "-o", "run"], "epochs"),
        (["train", "--data", "dogs", "-o", "run"], "dogs"),
        (["dance"], "dance"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, named, photo, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = [argument.format(photo=photo[0]) for argument in arguments]
    try:
        status = main(given)
    except SystemExit as stop:
        status = stop.code
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.startswith("studio: ")
    assert printed.err.count("\n") == 1
    assert named.format(photo=photo[0]) in printed.err


def test_describe_gives_the_promised_json(capsys):
    assert main(["describe", "convnet", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert table["weights"] == 1_191_170
    first = table["layers"][0]
    assert {"name", "kind", "output", "weights", "receptive_field", "stride"} <= set(first)
    assert first["output"] == [32, 32, 32]
    assert first["receptive_field"] == [5, 5]


def test_classify_lists_answers_and_what_cannot_be_read(photo, tmp_path, capsys):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    assert main(["classify", "convnet-cifar10", str(photo[0]), str(broken), "--json"]) == 0
    good, bad = json.loads(capsys.readouterr().out)
    assert good["path"] == str(photo[0])
    chances = [answer["probability"] for answer in good["answers"]]
    assert len(chances) == 5
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1 + 1e-6
    assert set(bad) == {"path", "error"}


def test_features_writes_a_sheet_a_layer(photo, tmp_path):
    folder = tmp_path / "maps"
    assert main(["features", "lenet5-mnist", str(photo[0]), "-o", str(folder)]) == 0
    rows = next(card for card in bundled() if card.name == "lenet5-mnist").network.table()
    assert len(list(folder.glob("*.png"))) == len(rows)


def test_features_of_one_layer_only(photo, tmp_path, capsys):
    folder = tmp_path / "maps"
    command = ["features", "lenet5-mnist", str(photo[0]), "-o", str(folder), "--layer", "conv2"]
    assert main(command) == 0
    (sheet,) = folder.iterdir()
    assert sheet.name.endswith("-conv2.png")
    assert capsys.readouterr().out.strip() == str(sheet)


def test_train_leaves_a_run_that_classify_can_use(photo, tmp_path, capsys):
    run = tmp_path / "run"
    options = ["--network", "lenet5", "--data", "glyphs", "--epochs", "1", "--batch-size", "500"]
    assert main(["train", *options, "-o", str(run)]) == 0
    result = json.loads((run / "result.json").read_text())
    assert result["settings"]["network"] == "lenet5"
    assert len(result["epochs"]) == 1
    assert result["test_accuracy"] == result["epochs"][-1]["validation_accuracy"]
    assert result["seconds"] > 0
    assert "epoch 1" in capsys.readouterr().err
    assert main(["classify", str(run), str(photo[0])]) == 0


def test_describe_takes_the_network_of_a_file(tmp_path, capsys):
    save_network(NETWORKS["convnet-valid"], tmp_path / "net.json")
    assert main(["describe", str(tmp_path / "net.json"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["weights"] == NETWORKS["convnet-valid"].weights
    (tmp_path / "no.json").write_text("{}")
    assert main(["describe", str(tmp_path / "no.json")]) == 2
    assert "no.json" in capsys.readouterr().err


def test_what_fails_before_its_first_result_leaves_no_folder(tmp_path, capsys):
    path, run = tmp_path / "empty.json", tmp_path / "runs" / "first"
    save_network(NETWORKS["lenet5"].change(layers=()), path)
    assert main(["train", "--network", str(path), "-o", str(run)]) == 2
    assert not run.parent.exists()
    run.parent.mkdir()
    assert main(["train", "--network", str(path), "-o", str(run)]) == 2
    assert not run.exists()
    assert run.parent.exists()


def test_titles_from_files_do_not_steer_the_terminal(tmp_path, capsys):
    path = tmp_path / "mine.json"
    save_network(NETWORKS["lenet5"].change(title="Mine\x1b[31m\nmore"), path)
    assert main(["describe", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert printed.startswith("Mine\ufffd[31m\ufffdmore, input 1 × 28 × 28\n")


def test_describe_takes_weights_for_a_named_architecture(tmp_path, capsys):
    path = tmp_path / "mine.safetensors"
    save_model(load_model("lenet5-mnist"), path)
    path.with_suffix(".json").unlink()
    assert main(["describe", str(path), "--architecture", "lenet5-mnist"]) == 0
    assert capsys.readouterr().out.startswith("LeNet-5")
    assert main(["describe", str(path), "--architecture", "mlp"]) == 2


def test_train_takes_the_network_of_a_file(tmp_path, capsys):
    own = NETWORKS["mlp"].change(
        name="own",
        title="Mine",
        layers=[{"kind": "flatten"}, {"kind": "dense", "units": 4}, {"kind": "dense"}],
    )
    save_network(own, tmp_path / "net.json")
    run = tmp_path / "run"
    options = ["--network", str(tmp_path / "net.json"), "--epochs", "1", "--batch-size", "500"]
    assert main(["train", *options, "-o", str(run)]) == 0
    model = load_model(run)
    assert [layer.kind for layer in model.card.network.layers] == ["flatten", "dense", "dense"]
    assert model.card.title == "Mine, Glyphs"
    assert model.card.trained.settings["network"] == "own"
    assert "--network NETWORK.json" in model.card.trained.command
    capsys.readouterr()
    assert main(["train", "--network", "own", "-o", str(run)]) == 2
    assert "no network of your own" in capsys.readouterr().err
    assert main(["train", "--network", str(tmp_path / "no.json"), "-o", str(run)]) == 2
    assert "no.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("filters", set(FILTERS)),
        ("networks", set(NETWORKS)),
        ("models", {card.name for card in bundled()}),
        ("datasets", set(DATASETS)),
        ("methods", set(METHODS)),
        ("published", set(PUBLISHED)),
        ("experiments", set(EXPERIMENTS)),
    ],
)
def test_list_names_everything_registered(what, names, capsys):
    assert main(["list", what, "--json"]) == 0
    assert {item["name"] for item in json.loads(capsys.readouterr().out)} == names
    assert main(["list", what]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in names)


COMMANDS = "open tour filter describe features kernels explain figure train classify export list"


@pytest.mark.parametrize("command", COMMANDS.split())
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize("columns", [60, 80, 100])
@pytest.mark.parametrize("command", COMMANDS.split())
def test_help_fits_the_terminal(command, columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= columns


def test_list_shows_defaults_as_they_are_typed(capsys):
    assert main(["list", "filters", "--json"]) == 0
    found = {item["name"]: item["settings"] for item in json.loads(capsys.readouterr().out)}
    defaults = {one["name"]: one["default"] for one in found["convolution"]}
    assert defaults["kernel"] == "box-3"
    assert defaults["flip"] == "no"
    for kind, settings in found.items():
        typed = {one["name"]: one["default"] for one in settings}
        assert FILTERS[kind].build(typed) == FILTERS[kind]()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8:strict"])
def test_any_output_encoding_takes_any_text(encoding, photo, tmp_path):
    strange = tmp_path / os.fsdecode("−\N{SNOWMAN}.png".encode() + b"\xff.png")
    try:
        strange.write_bytes(photo[0].read_bytes())
    except OSError:
        strange = tmp_path / "−\N{SNOWMAN}.png"
        strange.write_bytes(photo[0].read_bytes())
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    start = [sys.executable, "-m", "studio"]
    for command in (["describe", "lenet5"], ["filter", strange, "--apply", "grey", "-o", "o.png"]):
        done = subprocess.run(
            [*start, *command], capture_output=True, env=environment, cwd=tmp_path, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
    done = subprocess.run(
        [*start, "classify", "lenet5-mnist", strange, "--json"],
        capture_output=True,
        env=environment,
        check=True,
    )
    assert json.loads(done.stdout)[0]["path"] == str(strange)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "studio", "describe", "lenet5"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "studio: the output can't be written: the disk is full\n"


def test_maps_that_are_not_finite_are_refused(photo, tmp_path, capsys):
    model = load_model("lenet5-mnist")
    huge = {name: np.full_like(values, 1e38) for name, values in model.weights.items()}
    save_model(Model(model.card, huge), tmp_path / "huge")
    command = ["features", str(tmp_path / "huge"), str(photo[0]), "-o", str(tmp_path / "maps")]
    assert main(command) == 2
    assert "not finite" in capsys.readouterr().err


def test_missing_system_libraries_are_named(monkeypatch, capsys):
    monkeypatch.setattr("studio.launch.missing_packages", lambda: ("libegl1",))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main([]) == 2
    assert "apt-get install libegl1" in capsys.readouterr().err


def test_a_fault_is_one_line_and_its_traceback_is_kept(monkeypatch, tmp_path, capsys):
    log = tmp_path / "faults.log"
    monkeypatch.setattr("studio.faults.log_file", lambda: log)
    monkeypatch.setitem(sys.modules, "studio.nets.zoo", None)
    assert main(["list", "networks"]) == 70
    assert capsys.readouterr().err.count("\n") == 1
    assert "Traceback" in log.read_text()


def test_the_program_starts_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "studio", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("studio ")
