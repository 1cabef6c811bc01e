import gc
import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from studio.document import Document
from studio.errors import DocumentError, ModelError, PictureError
from studio.filters.chain import Chain, parse_step
from studio.image.picture import Picture
from studio.image.write import write_picture
from studio.nets.model import Card, Model, save_model
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS
from studio.training.settings import TrainSettings
from studio.window import loaded
from studio.window import session as module
from studio.window.job import running_jobs
from studio.window.pictures import Pictures
from studio.window.session import Session

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def clock(monkeypatch):
    """The session's clock, moved by hand."""
    now = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def session(clock):
    return Session()


@pytest.fixture
def red(tmp_path):
    return picture_file(tmp_path / "red.png", (255, 0, 0))


def picture_file(path, colour):
    pixels = np.full((4, 6, 3), colour, np.uint8)
    write_picture(Picture(pixels, name=path.name), path)
    return str(path)


def median(document, radius):
    return document.change(chain=Chain(steps=(parse_step(f"median radius={radius}"),)))


def drag(session, *radii, key="median.radius"):
    for radius in radii:
        session.edit("Median radius", median(session.document, radius), key)


def radius(session):
    return session.document.chain.steps[0].filter.radius if session.document.chain.steps else None


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def settled(session):
    return lambda: not running_jobs()


# Document


def test_edit_undo_redo(session):
    heard = listen(session.changed)
    first = session.document
    second = first.change(model="lenet5")
    session.edit("Choose LeNet-5", second)
    assert session.document is second
    assert session.undo_stack.undoText() == "Choose LeNet-5"
    session.undo_stack.undo()
    assert session.document is first
    session.undo_stack.redo()
    assert session.document is second
    assert heard == [(first, second), (second, first), (first, second)]


def test_an_edit_that_changes_nothing_is_no_step(session):
    heard = listen(session.changed)
    session.edit("Nothing", Document())
    assert session.undo_stack.count() == 0
    assert heard == []


def test_a_drag_is_one_step(session):
    heard = listen(session.changed)
    drag(session, 2, 3, 4, 5)
    assert session.undo_stack.count() == 1
    assert len(heard) == 4
    session.undo_stack.undo()
    assert radius(session) is None
    session.undo_stack.redo()
    assert radius(session) == 5


def test_a_released_slider_ends_the_step(session):
    drag(session, 2, 3)
    session.end_merge()
    drag(session, 4, 5)
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert radius(session) == 3


def test_a_rest_ends_the_step(session, clock):
    drag(session, 2)
    clock[0] += 0.9
    drag(session, 3)
    assert session.undo_stack.count() == 1
    clock[0] += 1.1
    drag(session, 4)
    assert session.undo_stack.count() == 2


def test_a_rest_with_the_button_held_does_not(session, clock, monkeypatch):
    held = Qt.MouseButton.LeftButton
    monkeypatch.setattr(QGuiApplication, "mouseButtons", staticmethod(lambda: held))
    drag(session, 2)
    clock[0] += 60
    drag(session, 3)
    assert session.undo_stack.count() == 1


def test_another_key_and_no_key_are_steps_of_their_own(session):
    drag(session, 2, 3)
    drag(session, 4, key="other")
    drag(session, 5, key=None)
    drag(session, 6, key=None)
    assert session.undo_stack.count() == 4


def test_nothing_merges_with_a_step_after_undo(session):
    drag(session, 2, 3)
    session.edit("Other", session.document.change(model="mlp"))
    session.undo_stack.undo()
    drag(session, 4)
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert radius(session) == 3


def test_a_drag_back_to_the_start_leaves_no_step(session):
    drag(session, 2)
    session.end_merge()
    drag(session, 3, 4, 2)
    assert session.undo_stack.count() == 1
    assert radius(session) == 2


def test_a_long_history_survives_collection(session):
    for count in range(200):
        session.edit(f"Step {count}", median(session.document, 1 + count % 9), f"key {count // 7}")
        if count % 20 == 0:
            gc.collect()
    steps = session.undo_stack.count()
    assert steps == 29
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert session.document == Document()
    while session.undo_stack.canRedo():
        session.undo_stack.redo()
    assert radius(session) == 1 + 199 % 9
    del session
    gc.collect()


def test_save_and_open(session, tmp_path, qtbot):
    paths = listen(session.path_changed)
    session.edit("Epochs", session.document.change(training=TrainSettings(epochs=9)))
    assert not session.undo_stack.isClean()
    assert session.save_document(tmp_path / "a.json") == ""
    assert session.undo_stack.isClean()
    other = Session()
    changes = listen(other.changed)
    other.edit("x", other.document.change(model="mlp"))
    other.open_document(tmp_path / "a.json")
    assert other.document == session.document
    assert len(changes) == 2
    assert other.undo_stack.count() == 0
    assert other.path == session.path == tmp_path / "a.json"
    assert len(paths) == 1


def test_a_file_that_is_refused_changes_nothing(session, tmp_path):
    session.edit("x", session.document.change(model="mlp"))
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(DocumentError):
        session.open_document(tmp_path / "bad.json")
    assert session.document.model == "mlp"
    assert session.undo_stack.count() == 1
    assert session.path is None


# Picture


def test_a_sample_is_there_at_once(session):
    assert session.picture.name == "coffee.png"
    assert not running_jobs()


def test_open_a_picture(session, red, qtbot):
    heard = listen(session.picture_changed)
    with qtbot.waitSignal(session.picture_changed):
        session.open_picture(red)
        assert session.document.picture == "coffee"
    assert session.document.picture == red
    assert session.picture.pixels[0, 0].tolist() == [255, 0, 0]
    assert session.undo_stack.undoText() == "Open red.png"
    session.undo_stack.undo()
    assert session.picture.name == "coffee.png"
    session.undo_stack.redo()
    assert session.picture.name == "red.png"
    assert len(heard) == 3
    qtbot.waitUntil(settled(session))


def test_the_picture_is_there_before_the_change_is_told(session, red, qtbot):
    seen = []
    session.changed.connect(lambda old, new: seen.append((new.picture, session.picture.name)))
    with qtbot.waitSignal(session.picture_changed):
        session.open_picture(red)
    session.undo_stack.undo()
    assert seen == [(red, "red.png"), ("coffee", "coffee.png")]
    qtbot.waitUntil(settled(session))


def test_open_the_same_file_again_reads_it_again(session, red, tmp_path, qtbot):
    with qtbot.waitSignal(session.picture_changed):
        session.open_picture(red)
    picture_file(tmp_path / "red.png", (0, 255, 0))
    with qtbot.waitSignal(session.picture_changed):
        session.open_picture(red)
    assert session.picture.pixels[0, 0].tolist() == [0, 255, 0]
    assert session.undo_stack.count() == 1
    qtbot.waitUntil(settled(session))


def test_a_picture_that_cannot_be_read(session, tmp_path, qtbot):
    with qtbot.waitSignal(session.picture_failed) as told:
        session.open_picture(str(tmp_path / "none.png"))
    assert isinstance(told.args[0], PictureError)
    assert session.document.picture == "coffee"
    assert session.picture.name == "coffee.png"
    assert session.undo_stack.count() == 0
    qtbot.waitUntil(settled(session))


def test_only_the_last_of_two_pictures_is_opened(session, red, tmp_path, qtbot):
    blue = picture_file(tmp_path / "blue.png", (0, 0, 255))
    session.open_picture(red)
    session.open_picture(blue)
    qtbot.waitUntil(lambda: session.document.picture == blue)
    qtbot.waitUntil(settled(session))
    assert session.undo_stack.count() == 1


def test_an_edit_while_a_picture_is_read_is_kept(session, red, qtbot):
    session.open_picture(red)
    drag(session, 4)
    qtbot.waitUntil(lambda: session.document.picture == red)
    assert radius(session) == 4
    assert session.undo_stack.count() == 2
    qtbot.waitUntil(settled(session))


def test_paste(session, qtbot):
    pasted = Picture(np.zeros((3, 3, 1), np.uint8), name="pasted")
    heard = listen(session.picture_changed)
    reference = session.paste_picture(pasted)
    assert reference == "pasted:1"
    assert session.picture is pasted
    assert session.paste_picture(pasted.with_pixels(pasted.pixels + 1)) == "pasted:2"
    session.undo_stack.undo()
    assert session.picture is pasted
    session.undo_stack.undo()
    assert session.picture.name == "coffee.png"
    session.undo_stack.redo()
    assert session.picture is pasted
    assert len(heard) == 5


def test_a_document_with_a_picture_of_its_own(red, qtbot):
    session = Session(Document(picture=red))
    assert session.picture.words  # something is there meanwhile
    qtbot.waitUntil(lambda: session.picture.name == "red.png")
    qtbot.waitUntil(settled(session))
    assert session.undo_stack.count() == 0


def test_a_document_whose_picture_is_gone(tmp_path, qtbot):
    session = Session()
    document = Document(picture=str(tmp_path / "gone.png"))
    session.edit("x", document)
    with qtbot.waitSignal(session.picture_failed):
        pass
    qtbot.waitUntil(settled(session))
    failures = listen(session.picture_failed)
    drag(session, 2, 3)  # doesn't try again
    assert not running_jobs()
    assert failures == []
    assert session.picture.name == "coffee.png"


def test_pictures_give_way_when_there_is_no_room():
    one = Picture(np.zeros((10, 10, 1), np.uint8))
    pictures = Pictures(room=250)
    for name in "abc":
        pictures.add(name, one)
        assert pictures.get("a") is one
    assert pictures.get("b") is None
    reference = pictures.paste(one)
    for name in "def":
        pictures.add(name, one)
    assert pictures.get(reference) is one
    huge = Picture(np.zeros((100, 100, 1), np.uint8))
    pictures.add("huge", huge)
    assert pictures.get("huge") is huge


# Models and device


def test_models_of_the_session(session):
    heard = listen(session.models_changed)
    first, second = Model(Card(), {}), Model(Card(), {})
    assert session.add_model(first) == "run:1"
    assert session.add_model(second, "run:7") == "run:7"
    assert session.add_model(second, "run:1") == "run:1"
    assert dict(session.models) == {"run:1": second, "run:7": second}
    assert session.find_model("run:7") is second
    assert len(heard) == 3
    with pytest.raises(TypeError):
        session.models["run:1"] = first


def test_models_that_are_not_there(session):
    with pytest.raises(ModelError, match="not kept"):
        session.find_model("run:9")
    with pytest.raises(ModelError):
        session.find_model("no such model")


def test_a_model_from_a_file_is_read_once(session, monkeypatch):
    calls = []
    model = Model(Card(), {})
    monkeypatch.setattr(loaded, "load_model", lambda name, **_: calls.append(name) or model)
    assert session.find_model("lenet5") is session.find_model("lenet5")
    assert calls == ["lenet5"]


def test_a_file_that_was_replaced_is_read_again(session, tmp_path):
    path = save_model(untrained(NETWORKS["perceptron"], 1), tmp_path / "mine")
    first = session.find_model(str(path))
    assert session.find_model(str(path)) is first
    newer = untrained(NETWORKS["perceptron"], 2)
    save_model(newer, path)
    second = session.find_model(str(path))
    for name, array in newer.weights.items():
        np.testing.assert_array_equal(second.weights[name], array)
    path.with_suffix(".json").write_text("{}")
    with pytest.raises(ModelError, match="is not a model card"):
        session.find_model(str(path))


def test_models_not_asked_for_longest_give_way(monkeypatch):
    def load(name, **_):
        return Model(Card(), {"a": np.zeros(100, np.uint8)})

    monkeypatch.setattr(loaded, "load_model", load)
    models = loaded.LoadedModels(room=250)
    first, second = models.find("one"), models.find("two")
    assert models.find("one") is first
    models.find("three")
    assert models.find("one") is first
    assert models.find("two") is not second
    huge = loaded.LoadedModels(room=50)
    assert huge.find("one") is huge.find("one")


def test_the_model_of_a_file_that_is_gone_stays(session, tmp_path):
    save_model(untrained(NETWORKS["perceptron"]), tmp_path / "model")
    reference = str(tmp_path)
    first = session.find_model(reference)
    (tmp_path / "more.txt").write_text("beside it")
    assert session.find_model(reference) is first
    for file in tmp_path.iterdir():
        file.unlink()
    assert session.find_model(reference) is first


def test_the_device_is_found_beside_the_window(session, monkeypatch, qtbot):
    threads = []

    def name():
        threads.append(threading.get_ident())
        return "CPU, 2 threads"

    monkeypatch.setattr(module, "device_name", name)
    assert session.compute_device == ""
    with qtbot.waitSignal(session.compute_device_changed) as told:
        session.find_compute_device()
    assert told.args == ["CPU, 2 threads"]
    assert session.compute_device == "CPU, 2 threads"
    assert threads[0] != threading.get_ident()
    qtbot.waitUntil(settled(session))


def test_a_still_stands_in_for_the_document_s_picture(session, qtbot):
    before, told = session.picture, []
    session.picture_changed.connect(lambda: told.append(session.picture))
    still = Picture(np.zeros((3, 4, 3), np.uint8), name="frame")
    session.show_still(still)
    session.show_still(still)
    assert session.picture is still
    assert session.document.picture == "coffee"
    assert not session.undo_stack.canUndo()
    session.paste_picture(still)  # kept: nothing else is to be seen
    assert told == [still]
    session.undo_stack.undo()
    assert session.picture is before
    session.show_still(still)
    session.show_still(None)
    assert told == [still, before, still, before]
