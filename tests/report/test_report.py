"""The page of a run and of an experiment: whole, alone, escaped, and with the run's own numbers."""

import base64
import re
import shutil
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest
import torch

from studio.__main__ import main
from studio.data.parts import Data, Facts, Part, Skipped
from studio.errors import StudioError
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing
from studio.report import report, write_report
from studio.training.events import Step
from studio.training.experiment import Experiment
from studio.training.folder import train_into
from studio.training.kept import read_run
from studio.training.settings import TrainSettings
from studio.training.sweep import begin_or_resume, begin_set

CLASSES = ("<script>alert(1)</script>", 'a "b" & c', "nul\x00 \x1b", "d")
WITHOUT_END = {"meta", "img", "br", "input", "hr", "link"}


class Page(HTMLParser):
    """Elements, what is nested wrongly, and the text; what the browser would fetch."""

    def __init__(self, data):
        super().__init__()
        self.open, self.wrong, self.links, self.images, self.cells = [], [], [], [], []
        self.tags, self.text = set(), []
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.add(tag)
        if tag not in WITHOUT_END:
            self.open.append(tag)
        self.links += [values[key] for key in ("href", "src") if key in values]
        if tag == "img":
            self.images.append(values)
        self.cells += [""] if tag in ("td", "th") else []

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)
        if {"td", "th"} & set(self.open[-3:]):
            self.cells[-1] += data

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def read(folder, **more):
    """The page about a folder, after what holds for every page."""
    data = report(folder, **more)
    page = Page(data)
    assert (page.wrong, page.open) == ([], [])
    assert data.startswith(b"<!doctype html>")
    assert all(link.startswith(("data:image/png;base64,", "#")) for link in page.links)
    style = re.search(rb"<style>(.*?)</style>", data, re.DOTALL)[1]
    assert b"url(" not in style
    assert b"@import" not in style
    assert len(data) < 2 * 2**20
    return page


def pictures(count):
    rng = np.random.default_rng(count)
    labels = np.arange(count) % 4
    values = rng.integers(0, 150, (count, 6, 6, 3), dtype=np.uint8)
    values[np.arange(count), :, labels] += 80
    return Part(values, labels)


@pytest.fixture(scope="module")
def data():
    preprocessing = Preprocessing(
        size=(6, 6), channels=3, mean=(0.4, 0.4, 0.4), std=(0.2, 0.2, 0.2)
    )
    facts = Facts("Columns", CLASSES, Size(3, 6, 6), "made by the tests")
    skipped = (Skipped("a <b>.jpg", "it is cut off"),)
    return Data(facts, pictures(40), pictures(24), None, skipped, preprocessing)


SETTINGS = TrainSettings(
    network="mlp-300", epochs=3, batch_size=10, device="cpu", precision="full", learning_rate=0.02
)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("runs") / "first"
    for _ in train_into(folder, SETTINGS, data=data, name="First <i>"):
        pass
    return folder


def test_a_finished_run(folder, data):
    page = read(folder)
    history = read_run(folder).history()
    assert page.text.count("First <i>") == 2, "the title and the heading, as text"
    words = page.words.replace("\xa0", " ")
    assert "MLP" in words
    assert "Columns. Done, 3 of 3 epochs." in words
    assert f"{100 * history.finished.test_accuracy:.2f} %" in words
    last = history.epochs[-1]
    assert f"{last.validation_loss:.4g}" in page.cells
    assert {"Learning rate", "0.02", "Seed", "made by the tests", "CPU"} & set(page.cells)
    assert "0.02" in page.cells
    assert history.started.settings["seed"] == 0
    assert SETTINGS.command in words
    assert read_run(folder).versions["torch"] in words
    assert "a <b>.jpg: it is cut off" in words
    for name in ("svg", "path", "details", "pre"):
        assert name in page.tags


def test_names_of_classes_stay_text(folder):
    page = read(folder)
    assert "<script>alert(1)</script>" in page.cells
    assert 'a "b" & c' in page.cells
    assert "nul\ufffd \ufffd" in page.cells
    assert report(folder).count(b"<script>") == 1, "the page's own"


def test_the_matrix_holds_its_numbers(folder):
    confusion = np.zeros((4, 4), int)
    answers = read_run(folder).answers()
    np.add.at(confusion, (answers.labels, answers.answered), 1)
    cells = read(folder).cells
    first = cells.index("<script>alert(1)</script>")  # above its column it is cut off
    row = [int(cell) for cell in cells[first + 1 : first + 5]]
    assert row == confusion[0].tolist()
    assert confusion.sum() == 24


def test_pictures_are_those_of_the_test_part(folder, data):
    shown = [one for one in read(folder).images if "kernel" not in one["alt"]]
    assert len(shown) == 24
    known = {picture.tobytes() for picture in data.test.pictures}
    for one in shown:
        coded = base64.b64decode(one["src"].partition(",")[2])
        pixels = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR_RGB)
        assert pixels.tobytes() in known


def test_kernels_before_and_after(folder):
    page = read(folder)
    found = [one["alt"] for one in page.images if "kernel" in one["alt"]]
    assert found == [
        "64 kernels of dense1, before the first step",
        "64 kernels of dense1, after epoch 3",
    ]


def test_a_run_that_goes_on_and_one_that_failed(tmp_path, data):
    work = train_into(tmp_path / "run", SETTINGS, data=data)
    for event in work:
        if isinstance(event, Step) and event.step == 6:
            page = read(tmp_path / "run")
            assert "Still going on, 1 of 3 epochs" in page.words
            assert "They are answered at the end of the run." in page.words
    wrong = SETTINGS.change(learning_rate=10, epochs=30, schedule="constant")
    with pytest.raises(StudioError, match="diverged"):
        for _ in train_into(tmp_path / "run", wrong, data=data):
            pass
    page = read(tmp_path / "run")
    assert "Failed, " in page.words
    assert "Diverged at step" in page.words


def test_a_run_that_has_hardly_begun(tmp_path, data):
    work = train_into(tmp_path, SETTINGS, data=data)
    assert "Still going on, 0 of 3 epochs" in _after_the_first_event(work, tmp_path).words
    work.close()
    assert "Stopped before its end" in read(tmp_path).words


def _after_the_first_event(work, folder):
    next(work)
    return read(folder)


def test_without_kept_pictures_it_says_how_to_get_them(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "run")
    (tmp_path / "run" / "samples.npz").unlink()
    assert "(--data-root)" in read(tmp_path / "run").words
    (tmp_path / "run" / "samples.npz").write_bytes(b"PK\x03\x04")
    assert "They can't be shown: samples.npz is damaged" in read(tmp_path / "run").words


def test_an_experiment(tmp_path, data, monkeypatch):
    experiment = Experiment.build(
        {
            "name": "rates",
            "title": "Rates & more",
            "summary": "Which <rate> is best.",
            "settings": {**SETTINGS.model_dump(), "data": "glyphs", "epochs": 2},
            "vary": {"learning_rate": (0.01, 0.02)},
            "figures": {"learning rate 0.01": "about 60 %"},
            "figures_source": "the course",
        }
    )
    runs = begin_set(tmp_path, experiment)
    page = read(tmp_path)
    assert "0 of 2 runs done." in page.words
    assert page.text.count("Rates & more") == 2
    assert "waiting" in page.cells
    for run in runs.runs:
        for _ in begin_or_resume(runs.folder_of(run), run, None, None, data):
            pass
    runs.save_table()
    page = read(tmp_path)
    assert "2 of 2 runs done." in page.words
    assert "Which <rate> is best." in page.words
    assert "about 60 %" in page.cells
    assert "In the course: the course" in page.words
    assert page.links.count("#run-1") == page.links.count("#run-2") == 1
    assert "1 learning rate 0.01" in page.text
    best = read_run(runs.folder_of(runs.runs[1])).history().best
    assert f"{100 * best.validation_accuracy:.2f}\xa0%" in page.cells


def test_the_command(folder, tmp_path, capsys):
    target = tmp_path / "out.html"
    assert main(["report", str(folder), "-o", str(target)]) == 0
    assert capsys.readouterr().out.strip() == str(target)
    assert target.read_bytes() == report(folder)
    assert main(["report", str(folder), "-o", str(tmp_path / "out.pdf")]) == 2
    assert "Name an .html file" in capsys.readouterr().err
    assert main(["report", str(tmp_path), "-o", str(target)]) == 2
    assert "there are no runs in" in capsys.readouterr().err
    with pytest.raises(StudioError, match="no such folder"):
        write_report(folder, tmp_path / "no" / "out.html")
