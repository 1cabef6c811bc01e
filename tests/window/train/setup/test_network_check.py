import pytest
from PySide6.QtCore import Qt

from studio.nets.zoo import NETWORKS
from studio.training.settings import TrainSettings
from studio.window.train.setup.network_check import Checking, frozen_words, is_quick, look_into

LEARNED = ("conv1", "conv2", "dense1", "dense2", "dense3")


def test_a_known_dataset_is_looked_into_at_once():
    settings = TrainSettings()
    assert is_quick(settings)
    known = look_into(settings, None, None)
    assert known.words == "LeNet-5, 61,706 weights"  # LeCun's network with 10 classes
    assert known.learned == LEARNED
    assert known.problem == ""


def test_what_regularisation_puts_in_is_counted():
    plain = look_into(TrainSettings(), None, None).weights
    known = look_into(TrainSettings(batch_norm=True), None, None)
    assert known.weights == plain + 2 * (6 + 16)  # a factor and an offset for each map
    assert known.learned == LEARNED


def test_fewer_classes_make_a_smaller_head():
    known = look_into(TrainSettings(classes="3, 8"), None, None)
    assert known.facts.classes == ("3", "8")
    assert known.classes == tuple("0123456789")
    assert known.weights == 61_706 - 8 * 85


def test_a_class_that_is_not_there_is_blamed_on_the_field():
    known = look_into(TrainSettings(classes="cat"), None, None)
    assert known.field == "classes"
    assert "cat" in known.problem
    assert known.classes == tuple("0123456789")


def test_a_folder_tells_its_classes(of_folder):
    assert not is_quick(of_folder)
    known = look_into(of_folder, None, None)
    assert known.classes == ("ant", "bee", "cow")


def test_a_folder_that_is_not_there(tmp_path):
    known = look_into(TrainSettings(data="folder", folder=str(tmp_path / "no")), None, None)
    assert known.field == "folder"
    assert known.problem.startswith("There is no folder")


def test_a_trained_model_is_read_and_given_a_new_head():
    known = look_into(TrainSettings(start="lenet5-mnist", classes="1, 2, 3"), None, None)
    assert known.words == "LeNet-5, 61,111 weights"
    assert look_into(TrainSettings(start="nothing"), None, None).field == "start"


def test_a_published_network_is_not_downloaded_to_be_looked_at():
    known = look_into(TrainSettings(start="torchvision:resnet18"), None, None)
    assert (known.words, known.problem) == ("ResNet-18", "")
    known = look_into(TrainSettings(start="torchvision:resnet19"), None, None)
    assert known.problem == "torchvision has no network 'resnet19'"


def test_the_network_that_does_not_fit_is_blamed():
    known = look_into(TrainSettings(network="own"), None, NETWORKS["convnet"])
    assert known.problem == ""
    known = look_into(TrainSettings(network="own"), None, None)
    assert known.field == "network"
    assert "no network of your own" in known.problem


def test_frozen_layers_in_words():
    assert frozen_words(0, LEARNED) == ""
    assert frozen_words(1, LEARNED) == "conv1 stays as it is"
    assert frozen_words(2, LEARNED) == "conv1, conv2 stay as they are"
    assert frozen_words(-1, LEARNED) == "conv1, conv2, dense1, dense2 stay as they are"
    assert frozen_words(9, LEARNED).startswith("All layers stay as they are")
    many = tuple(f"conv{number}" for number in range(1, 20))
    assert frozen_words(-1, many) == "conv1 to conv18, 18 layers, stay as they are"


def test_only_the_newest_settings_count(qtbot, of_folder):
    checking = Checking()
    checking.look(of_folder, None, None)
    assert checking.known.facts is None  # nothing is claimed meanwhile
    checking.look(TrainSettings(), None, None)
    assert checking.known.facts.title == "Glyphs"
    checking.look(of_folder, None, None)
    qtbot.waitUntil(lambda: checking.known.facts is not None)
    assert checking.known.facts.classes == ("ant", "bee", "cow")


def test_a_missing_folder_is_looked_for_again_when_a_person_comes_back(
    qtbot, qapp, pictures, tmp_path
):
    folder = tmp_path / "animals"
    checking = Checking()
    checking.look(TrainSettings(data="folder", folder=str(folder), picture_size=12), None, None)
    qtbot.waitUntil(lambda: bool(checking.known.problem))
    folder.symlink_to(pictures, target_is_directory=True)
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    qtbot.waitUntil(lambda: not checking.known.problem)
    assert checking.known.classes == ("ant", "bee", "cow")


@pytest.mark.parametrize("frozen", [1, -1])
def test_frozen_words_need_known_layers(frozen):
    assert frozen_words(frozen, ()) == ""
