import pytest
from PySide6.QtWidgets import QFileDialog

from studio.declare import options
from studio.nets.model import bundled
from studio.training.settings import TrainSettings
from studio.window.train.setup.begin_field import BeginField


@pytest.fixture
def field(qtbot):
    made = BeginField(next(item for item in options(TrainSettings) if item.name == "start"))
    qtbot.addWidget(made)
    made.told = []
    made.edited.connect(lambda: made.told.append(made.value()))
    return made


def offered(field):
    field.fill()
    return {action.text(): action for action in field.menu.actions() if action.text()}


def test_the_models_that_are_there_are_offered(field):
    field.trained = lambda: [("Run 3 · LeNet-5 on Glyphs", "/runs/003")]
    entries = offered(field)
    entries["Run 3 · LeNet-5 on Glyphs"].trigger()
    assert field.told == ["/runs/003"]
    card = bundled()[0]
    offered(field)[card.title].trigger()
    assert field.told[-1] == card.name
    entries = offered(field)
    assert entries[card.title].isChecked()
    entries["Random weights"].trigger()
    assert field.told[-1] == ""


def test_a_file_is_offered_again(field, monkeypatch, tmp_path):
    path = str(tmp_path / "mine.safetensors")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))
    field.ask_file()
    assert field.told == [path]
    field.set_value("")
    offered(field)["mine.safetensors"].trigger()
    assert field.told == [path, path]


def test_a_run_s_folder_and_a_published_network(field, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    field.ask_folder()
    assert field.told == [str(tmp_path)]
    field._take_published("torchvision:resnet18")
    assert field.value() == "torchvision:resnet18"


def test_it_stays_typable(field, qtbot):
    qtbot.keyClicks(field.box, "lenet5-mnist\r")
    assert field.told == ["lenet5-mnist"]
