"""Saving a figure from the Network workspace."""

import threading

import pytest
from PySide6.QtWidgets import QFileDialog

from studio.image.read import read_picture
from studio.insight import figure
from studio.insight.figure import FigureSettings, save_figure
from studio.window.network.figure_saving import FigureDialog


@pytest.fixture
def answers(monkeypatch):
    """What the dialogs answer: settings that are changed, and the file."""
    given = {"settings": {"dpi": 50}, "path": "", "kind": "", "accepted": True, "asked": None}

    def choose(dialog):
        dialog.form.set_value(dialog.settings.change(**given["settings"]))
        return given["accepted"]

    def name(_, title, start, kinds):
        given["asked"] = (start, kinds)
        return given["path"], given["kind"]

    monkeypatch.setattr(FigureDialog, "exec", choose)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    return given


def save(studio, answers, path, kind=""):
    answers.update(path=str(path), kind=kind)
    studio.space.toolbar.save.click()


def settle_saving(studio):
    studio.qtbot.waitUntil(lambda: not studio.space.saving.figures.is_busy, timeout=60_000)


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_the_button_saves_what_is_looked_at(studio, answers, tmp_path, ending):
    studio.choose("conv2")
    studio.space.sight.choose_unit(3, 1, 2)
    target = tmp_path / f"figure.{ending}"
    save(studio, answers, target)
    assert studio.status.busy == "Saving a figure"
    assert not studio.space.toolbar.save.isEnabled()
    assert not studio.space.saving.figure_action.isEnabled()
    settle_saving(studio)
    assert studio.status.message == f"Figure saved in {target}"
    assert studio.status.busy == ""
    assert studio.space.toolbar.save.isEnabled()
    look = studio.space.look
    again = tmp_path / f"again.{ending}"
    settings = FigureSettings(layer="conv2", dpi=50)
    for _ in save_figure(look.model, look.picture, again, settings, (3, 1, 2)):
        pass
    assert target.read_bytes() == again.read_bytes()


def test_the_kind_gives_the_ending_and_is_remembered(studio, answers, tmp_path):
    save(studio, answers, tmp_path / "mine", "PDF (*.pdf)")
    settle_saving(studio)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.pdf"]
    start, kinds = answers["asked"]
    assert start.endswith("noise-0-relu1")
    assert kinds == "PNG (*.png);;PDF (*.pdf)"
    save(studio, answers, "")
    start, kinds = answers["asked"]
    assert start.startswith(str(tmp_path))
    assert kinds == "PDF (*.pdf);;PNG (*.png)"


def test_the_settings_stay_for_the_next_figure(studio, answers, tmp_path):
    answers["settings"] = {"width": 10.0, "height": 8.0, "dpi": 50}
    save(studio, answers, tmp_path / "first.png")
    settle_saving(studio)
    answers["settings"] = {}
    save(studio, answers, tmp_path / "second.png")
    settle_saving(studio)
    shapes = {read_picture(path).pixels.shape[:2] for path in tmp_path.iterdir()}
    assert shapes == {(157, 196)}


def test_changing_one_s_mind_saves_nothing(studio, answers, tmp_path):
    save(studio, answers, "")
    assert not studio.space.saving.figures.is_busy
    answers["accepted"] = False
    save(studio, answers, tmp_path / "figure.png")
    assert not studio.space.saving.figures.is_busy
    assert not list(tmp_path.iterdir())


def test_a_figure_is_cancelled(studio, answers, tmp_path, monkeypatch):
    gate, began = threading.Event(), threading.Event()
    real = figure.feature_maps

    def wait(*given):
        began.set()
        assert gate.wait(10)
        return real(*given)

    monkeypatch.setattr(figure, "feature_maps", wait)
    save(studio, answers, tmp_path / "figure.png")
    assert began.wait(10)
    studio.status.cancel()
    gate.set()
    settle_saving(studio)
    assert not list(tmp_path.iterdir())
    assert "saved" not in studio.status.message
    assert studio.space.toolbar.save.isEnabled()


def test_a_figure_that_cannot_be_written(studio, answers, tmp_path):
    save(studio, answers, tmp_path / "nowhere" / "figure.png")
    studio.qtbot.waitUntil(studio.space.message.isVisible)
    assert not studio.space.saving.figures.is_busy
    assert studio.space.toolbar.save.isEnabled()


def test_there_is_a_figure_once_there_are_maps(held, make_studio):
    studio = make_studio()
    studio.window.show_space("network")
    assert not studio.space.toolbar.save.isEnabled()
    held[0].set()
    studio.settle()
    assert studio.space.toolbar.save.isEnabled()
    assert studio.space.saving.figure_action.shortcut().toString() == "Ctrl+S"


def test_the_dialog_has_every_setting_but_the_layer(qtbot):
    dialog = FigureDialog(None, FigureSettings(maps=9))
    qtbot.addWidget(dialog)
    assert set(dialog.form.fields) == set(FigureSettings.fields()) - {"layer"}
    assert dialog.settings == FigureSettings(maps=9)
    assert dialog.save.text() == "Save…"
    assert dialog.save.isDefault()
