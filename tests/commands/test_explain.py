"""``studio explain``: figures, numbers, and what is refused."""

import json

import numpy as np
import pytest

from studio.cli import main
from studio.image.picture import Picture
from studio.image.write import write_picture
from studio.insight.attribution import METHODS, explain
from studio.nets.model import load_model


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    pixels = np.random.default_rng(3).integers(0, 256, (40, 50, 3), np.uint8)
    write_picture(Picture(pixels), path)
    return path


def run(*words):
    def no_window(_):
        raise AssertionError("a window was opened")

    return main([str(word) for word in ("explain", *words)], no_window, no_window)


@pytest.fixture
def refusal(capsys):
    def refused(*words):
        assert run(*words) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert len(err.splitlines()) == 1
        return err

    return refused


MODEL = "convnet-cifar10"


@pytest.mark.parametrize("kind", METHODS)
def test_the_numbers_of_every_method(kind, photo, tmp_path, capsys):
    out = tmp_path / "why.npy"
    few = {"integrated_gradients": ("--steps", 4), "smoothgrad": ("--samples", 3)}
    words = few.get(kind, ())
    assert run(MODEL, photo, "--method", kind, "--class", "dog", *words, "-o", out) == 0
    assert capsys.readouterr().out == f"{out}\n"
    model = load_model(MODEL)
    from studio.image.read import read_picture

    values = model.card.preprocessing.apply(read_picture(photo))
    settings = {words[0][2:]: words[1]} if words else {}
    *_, expected = explain(model, values, 5, METHODS[kind].build(settings))
    np.testing.assert_array_equal(np.load(out), expected.values)


def test_the_likeliest_class_and_what_is_told_of_it(photo, tmp_path, capsys):
    out = tmp_path / "why.png"
    assert run(MODEL, photo, "--steps", 4, "-o", out, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert out.read_bytes().startswith(b"\x89PNG")
    assert told["method"] == "integrated_gradients"
    assert told["settings"] == {"steps": 4, "baseline": "black"}
    assert told["shape"] == [3, 32, 32]
    difference = told["logit"] - told["baseline_logit"]
    assert told["sum"] - difference == pytest.approx(told["residual"], abs=1e-3)
    from studio.image.read import read_picture
    from studio.insight.answers import answer_values

    model = load_model(MODEL)
    values = model.card.preprocessing.apply(read_picture(photo))
    ((likeliest,),) = answer_values(model, values[None], 1, model.module())
    assert told["class"] == likeliest.class_name
    assert told["probability"] == pytest.approx(likeliest.probability, rel=1e-4)


def test_what_is_refused(photo, tmp_path, refusal):
    out = tmp_path / "why.png"
    assert "no class 'cow'. Its classes are: airplane," in refusal(
        MODEL, photo, "--class", "cow", "-o", out
    )
    assert "--steps can't be '1'. It must be a whole number at least 2" in refusal(
        MODEL, photo, "--steps", 1, "-o", out
    )
    assert "--steps: saliency has no setting 'steps'. The settings are: none" in refusal(
        MODEL, photo, "--method", "saliency", "--steps", 8, "-o", out
    )
    assert "no layer 'conv9'. The layers with maps are: conv1, " in refusal(
        MODEL, photo, "--method", "grad_cam", "--layer", "conv9", "-o", out
    )
    assert "into 'why.gif'. Let the name end in .png" in refusal(
        MODEL, photo, "-o", tmp_path / "why.gif"
    )
    assert "there is no file" in refusal(MODEL, tmp_path / "none.png", "-o", out)
    assert "there is no model 'nothing'" in refusal("nothing", photo, "-o", out)
    assert not out.exists()


def test_the_help_names_every_method_and_setting(capsys):
    with pytest.raises(SystemExit):
        run("--help")
    text = " ".join(capsys.readouterr().out.split())
    for kind, method in METHODS.items():
        assert f"{kind}: {' '.join(method.summary.split())}" in text
        assert all(f"--{name}" in text for name in method.fields())
