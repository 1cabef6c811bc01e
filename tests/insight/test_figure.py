"""Figures: their size and words, and that they hold what was measured."""

import io
import re
import subprocess
import sys
import zlib

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image

from studio.errors import SettingError, StudioError
from studio.image.picture import Picture
from studio.insight.answers import answer_values
from studio.insight.effective_field import effective_field
from studio.insight.figure import FigureSettings, save_figure
from studio.insight.maps import feature_maps
from studio.insight.seen import seen_part
from studio.nets.layer import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import MaxPool
from studio.nets.model import Card, Model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing


def model_of(classes=("cat", "dog", "owl & co $5$"), filters=6, title="Tiny, letters"):
    torch.manual_seed(3)
    layers = (
        *(Conv(filters=filters, kernel=3, padding=1), ReLU(), MaxPool()),
        *(Flatten(), Dense(units=40), Dense(units=3)),
    )
    network = Network(title="Tiny", input=Size(3, 12, 12), classes=classes, layers=layers)
    weights = {name: array.numpy() for name, array in network.module().state_dict().items()}
    card = Card(title=title, network=network, preprocessing=Preprocessing(size=(12, 12)))
    return Model(card, weights)


def picture_of(height=40, width=52, name="noise_{1}^2.png"):
    pixels = np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8)
    return Picture(pixels, name=name)


def draw(path, model=None, unit=None, **settings):
    """The file's bytes."""
    figure = FigureSettings(**settings)
    shares = list(save_figure(model or model_of(), picture_of(), path, figure, unit))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    return path.read_bytes()


def words_of(pdf):
    """The text of a PDF, line by line, from its content streams."""
    lines = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        for block in re.findall(rb"\bBT\b(.*?)\bET\b", content, re.DOTALL):
            parts = re.findall(rb"\(((?:\\.|[^\\()])*)\)", block, re.DOTALL)
            text = b"".join(parts).replace(b"\0", b"")
            lines.append(re.sub(rb"\\(.)", rb"\1", text).decode("latin-1"))
    return lines


@pytest.mark.parametrize(("width", "height", "dpi"), [(25.4, 14.3, 100), (12.0, 20.0, 80)])
def test_a_png_is_as_large_as_was_asked_for(tmp_path, width, height, dpi):
    data = draw(tmp_path / "figure.png", width=width, height=height, dpi=dpi)
    image = Image.open(io.BytesIO(data))
    asked = (width / 2.54 * dpi, height / 2.54 * dpi)
    assert image.size == pytest.approx(asked, abs=1)
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
    assert image.info["Title"] == "Tiny, letters: noise_{1}^2.png"
    # Something is drawn all over it.
    pixels = np.asarray(image.convert("L"))
    for half in (pixels[:, : pixels.shape[1] // 2], pixels[:, pixels.shape[1] // 2 :]):
        assert half.std() > 5


@pytest.mark.parametrize(("scheme", "ground"), [("light", (255, 255, 255)), ("dark", (27, 28, 31))])
def test_the_ground_is_the_schemes(tmp_path, scheme, ground):
    data = draw(tmp_path / "figure.png", scheme=scheme, dpi=50)
    assert Image.open(io.BytesIO(data)).convert("RGB").getpixel((2, 2)) == ground


def test_a_pdf_is_one_page_of_text_with_its_fonts(tmp_path):
    data = draw(tmp_path / "figure.pdf")
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    box = [float(side) for side in re.search(rb"/MediaBox \[([^]]*)\]", data)[1].split()]
    assert box == pytest.approx([0, 0, 25.4 / 2.54 * 72, 14.3 / 2.54 * 72])
    assert b"/FontFile2" in data  # TrueType
    assert b"/Type3" not in data


def test_the_words_are_the_numbers(tmp_path):
    model, picture = model_of(), picture_of()
    unit = (2, 0, 5)
    words = words_of(draw(tmp_path / "figure.pdf", model, unit, layer="relu1"))
    values = model.card.preprocessing.apply(picture)
    rows, steps = model.card.network.table(), model.steps()
    value = feature_maps(model, values, steps)["relu1"][unit]
    field = effective_field(steps, rows, "relu1", unit, values)
    answers = answer_values(model, values[None], 3, steps.module)[0]
    for expected in (
        "Tiny, letters",
        "noise_{1}^2.png",
        "What the network sees",
        "given as 12 × 12 pixels",
        "6 maps, 12 × 12 values each",
        "Map 2, row 0, column 5",
        "Theory: 3 × 3 pixels",
        f"Measured: {field.measured.height} × {field.measured.width} pixels",
        f"95 % of the gradient; ratio {field.ratio:.2f}",
        *(f"{100 * answer.probability:.1f} %" for answer in answers),
        *(answer.class_name for answer in answers),
        *map(str, range(6)),
    ):
        assert expected in words
    note = next(line for line in words if line.startswith("value"))
    assert float(note.split(";")[0].split()[1]) == pytest.approx(value, rel=1e-3)
    weights = f"{model.card.network.weights:,} weights"
    assert any(line.startswith("6 layers") and weights in line for line in words)
    assert any(line.endswith("3 × 3 pixels, which moves by 1") for line in words)


def test_parts_may_be_left_out(tmp_path):
    words = words_of(
        draw(tmp_path / "figure.pdf", field=False, answers=False, summary=False, maps=2)
    )
    assert "2 of 6 maps, 12 × 12 values each" in words
    for absent in ("Theory", "Measured", "Answer", "weights", "Map "):
        assert not any(absent in line for line in words)


def test_the_map_of_the_unit_is_always_shown(tmp_path):
    words = words_of(draw(tmp_path / "figure.pdf", unit=(4, 3, 3), maps=2))
    assert {"0", "4"} <= set(words)
    assert "Map 4, row 3, column 3" in words


def test_the_strongest_maps_come_first(tmp_path):
    model = model_of()
    values = model.card.preprocessing.apply(picture_of())
    strongest = feature_maps(model, values)["conv1"].max(axis=(1, 2)).argsort()[::-1][:3]
    settings = {"layer": "conv1", "order": "strongest", "maps": 3, "field": False}
    words = words_of(draw(tmp_path / "figure.pdf", model, **settings))
    assert "3 of 6 maps, 12 × 12 values each" in words
    labels = [word for word in words if word in set("12345")]  # the picture's own begin at 0, 10
    assert labels == [str(index) for index in strongest]


@pytest.mark.parametrize("layer", ["input", "conv1", "pool1", "flatten1", "dense1", "dense2"])
@pytest.mark.parametrize("range", ["layer", "each"])
def test_any_layer(tmp_path, layer, range):
    words = words_of(draw(tmp_path / "figure.pdf", layer=layer, range=range, dpi=50))
    expected = {
        "input": {"Red", "Green", "Blue"},
        "dense1": {"40 values"},
        "dense2": {"3 values", "cat", "dog", "owl & co $5$"},
    }
    assert expected.get(layer, set()) <= set(words)


def test_long_names_are_cut_off(tmp_path):
    title = "A title that goes on and on, " * 20
    classes = ("a class with a very long name " * 8, "b", "c")
    words = words_of(draw(tmp_path / "figure.pdf", model_of(classes, title=title)))
    assert not any(line.startswith(title.strip()) for line in words)
    assert any(line.startswith("A title that goes on and on, A title") for line in words)
    assert any(line.startswith("a class with") and len(line) < 60 for line in words)


def test_the_same_twice(tmp_path):
    for name in ("figure.png", "figure.pdf"):
        assert draw(tmp_path / name, dpi=50) == draw(tmp_path / f"again-{name}", dpi=50)


def test_matplotlib_is_left_as_it_was(tmp_path):
    before = dict(matplotlib.rcParams)
    draw(tmp_path / "figure.pdf", dpi=50)
    assert dict(matplotlib.rcParams) == before


def test_a_model_without_classes(tmp_path):
    words = words_of(draw(tmp_path / "figure.pdf", model_of(())))
    assert "Answer" not in words


def test_a_layer_of_nothing_but_zeros(tmp_path):
    model = model_of()
    model.weights["conv1.weight"][:] = 0
    model.weights["conv1.bias"][:] = -1
    words = words_of(draw(tmp_path / "figure.pdf", model, unit=(0, 5, 5)))
    assert "Measured: nothing" in words


@pytest.mark.parametrize(
    ("name", "settings", "unit", "message"),
    [
        ("figure.svg", {}, None, r"can't be written into 'figure.svg'.*\.png or \.pdf"),
        ("figure.png", {"layer": "conv7"}, None, "Tiny has no layer 'conv7'.*conv1, relu1"),
        ("figure.png", {"layer": "pool1"}, (0, 6, 0), "it has no unit 0, 6, 0"),
        ("nowhere/figure.png", {"dpi": 50}, None, "no such folder"),
    ],
)
def test_what_cannot_be_drawn(tmp_path, name, settings, unit, message):
    with pytest.raises(StudioError, match=message):
        draw(tmp_path / name, unit=unit, **settings)
    assert not list(tmp_path.iterdir())


def test_settings_have_bounds():
    with pytest.raises(SettingError, match="maps can't be 0"):
        FigureSettings.build({"maps": 0})


def test_what_the_network_sees():
    picture = picture_of(40, 52)
    whole = seen_part(Preprocessing(size=(12, 12)), picture, 1000)
    assert whole[1:] == (0, 6, 40, 46)
    np.testing.assert_array_equal(whole.rgb, picture.pixels[:, 6:46])
    small = seen_part(Preprocessing(size=(12, 12)), picture, 20)
    assert small.rgb.shape == (20, 20, 3)
    assert small[1:] == whole[1:]


COMMAND = """
import sys
from studio.cli import main
status = main(sys.argv[1:], None, None)
assert "matplotlib.pyplot" not in sys.modules
sys.exit(status)
"""


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", COMMAND, "figure", *map(str, arguments)],
        capture_output=True,
        text=True,
    )


def test_the_command(tmp_path):
    path, out = tmp_path / "digit.png", tmp_path / "figure.pdf"
    Image.fromarray(picture_of().pixels).save(path)
    done = run("lenet5-mnist", path, "--layer", "conv2", "--unit", "3,4,5", "-o", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{out}\n", "")
    assert "Map 3, row 4, column 5" in words_of(out.read_bytes())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--unit", "3,4"), "--unit can't be '3,4'. Write map, row and column"),
        (("--dpi", "7"), "--dpi can't be '7'"),
    ],
)
def test_the_command_refuses(tmp_path, arguments, message, capsys):
    from studio.cli import main

    given = ["figure", "lenet5-mnist", "none.png", *arguments, "-o", str(tmp_path / "a.png")]
    assert main(given, None, None) == 2
    assert message in capsys.readouterr().err
