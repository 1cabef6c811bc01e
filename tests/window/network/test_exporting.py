"""The model that is looked at, exported from the window."""

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QFileDialog

from studio.nets.export import FORMATS
from studio.nets.model import load_model
from studio.window.network import exporting


@pytest.fixture
def answer(monkeypatch):
    """What the file dialog says."""
    said = {"path": "", "kind": ""}
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(said["path"]), said["kind"])
    )
    return said


def export(studio):
    studio.space.saving.export_model()
    studio.qtbot.waitUntil(lambda: not studio.space.saving.models.is_busy, timeout=30_000)


def test_every_format_is_offered():
    assert set(exporting._KINDS) == set(FORMATS)


def test_weights_and_card(studio, answer, tmp_path):
    answer["path"] = tmp_path / "mine.safetensors"
    export(studio)
    assert studio.status.message == f"Model exported to {answer['path']}"
    again, shown = load_model(answer["path"]), studio.space.look.loaded
    assert again.card.network == shown.card.network
    for name, array in shown.weights.items():
        np.testing.assert_array_equal(again.weights[name], array)


def test_the_chosen_kind_gives_the_ending(studio, answer, tmp_path):
    answer |= {"path": tmp_path / "mine", "kind": exporting._KINDS["python"][1]}
    export(studio)
    assert (tmp_path / "mine.py").read_text().count("nn.Conv2d") == 2
    state = torch.load(tmp_path / "mine.pt", weights_only=True)
    assert set(state) == set(studio.space.look.loaded.weights)


def test_a_folder_that_is_not_there(studio, answer, tmp_path):
    answer["path"] = tmp_path / "nowhere" / "mine.safetensors"
    export(studio)
    assert studio.space.message.isVisible()
    assert studio.space.saving.export_action.isEnabled()


def test_a_dialog_that_is_closed_exports_nothing(studio, answer, tmp_path):
    export(studio)
    assert list(tmp_path.iterdir()) == []
