"""Editing in the Network workspace: table, maps and the other workspaces follow."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from studio.document import OWN
from studio.insight.maps import feature_maps
from studio.nets.layers import LAYERS
from studio.window.job import running_jobs
from studio.window.network.published import dialog as published_dialog


@pytest.fixture
def editing(studio):
    studio.space.editor.tools.edit_action.trigger()
    studio.settle()
    return studio


def set_field(studio, field, value):
    """As a person does in the form of the chosen layer."""
    form = studio.space.editor.form.form
    form.fields[field].set_value(value)
    form.fields[field].edited.emit()


def choose(studio, name):
    studio.space.sight.choose_name(name)
    assert studio.space.editor.table.line.row.name == name


def is_up_to_date(studio):
    """Whether maps of the document's own network are shown."""
    look, network = studio.space.look, studio.session.document.network
    return look is not None and look.loaded.card.network == network


def settle(studio):
    studio.qtbot.waitUntil(lambda: is_up_to_date(studio) and studio.is_settled())


def test_a_copy_has_the_weights_and_maps_of_the_model(studio):
    maps = {name: np.array(values) for name, values in studio.space.look.maps.items()}
    place = studio.space.sight.row.name, studio.space.sight.chosen_unit
    studio.space.editor.tools.edit_action.trigger()
    settle(studio)
    assert studio.session.document.model == OWN
    assert all(np.array_equal(studio.space.look.maps[name], maps[name]) for name in maps)
    assert (studio.space.sight.row.name, studio.space.sight.chosen_unit) == place
    assert studio.space.toolbar.entry.reference == OWN
    assert not any(line.is_new for line in studio.space.editor.table.model.lines)


def test_a_changed_layer_has_new_maps_and_stays_the_current_one(editing):
    choose(editing, "conv2")
    set_field(editing, "filters", 5)
    settle(editing)
    look = editing.space.look
    assert look.maps["conv2"].shape[0] == 5
    assert editing.space.sight.row.name == "conv2"
    assert editing.space.editor.table.line.row.name == "conv2"
    lines = {line.row.name: line for line in editing.space.editor.table.model.lines}
    assert (lines["conv1"].is_new, lines["conv2"].is_new) == (False, True)
    values = look.loaded.card.preprocessing.apply(editing.session.picture)
    expected = feature_maps(look.loaded, values)
    assert np.allclose(look.maps["conv2"], expected["conv2"], atol=1e-6)


def test_the_table_does_not_wait_for_the_maps(editing, held):
    gate, began = held
    choose(editing, "conv1")
    old = editing.space.look
    set_field(editing, "kernel", 5)
    assert began.wait(10)
    line = next(one for one in editing.space.editor.table.model.lines if one.row.name == "conv1")
    assert line.row.output == (6, 10, 10)
    assert editing.space.look is old  # the last maps stay
    choose_in_table(editing, "conv2")
    gate.set()
    settle(editing)
    assert editing.space.sight.row.name == "conv2"


def choose_in_table(studio, name):
    table = studio.space.editor.table
    names = [line.row.name for line in table.model.lines]
    table.view.selectRow(names.index(name))
    assert table.line.row.name == name


def test_an_impossible_layer_is_said_in_the_table_only_and_can_be_repaired(editing):
    choose(editing, "conv1")
    set_field(editing, "kernel", 60)
    space = editing.space
    assert space.look is None
    assert "60 × 60 kernel" in space.editor.table.line.problem
    assert space.message.isHidden()
    assert not space.toolbar.save.isEnabled()
    editing.qtbot.waitUntil(lambda: not space._latest.is_busy)
    assert space.message.isHidden()
    assert space.sight.row.name == "conv1"
    editing.session.undo_stack.undo()
    settle(editing)
    assert space.sight.row.name == "conv1"
    assert not any(line.is_broken for line in space.editor.table.model.lines)


def test_layers_come_and_go_by_menu_and_keys(editing, qtbot):
    choose(editing, "relu1")
    editing.space.editor.tools.add(LAYERS["conv"])
    settle(editing)
    assert editing.space.sight.row.name == "conv2"
    assert "conv3" in editing.space.look.maps
    view = editing.space.editor.table.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    settle(editing)
    assert [row.name for row in editing.space.sight.rows] == editing.names
    editing.session.undo_stack.undo()
    settle(editing)
    assert "conv3" in editing.space.look.maps


def test_another_model_ends_editing_and_the_own_one_is_still_there(editing):
    own = editing.session.document.network
    editing.space.toolbar.choose_model("run:1")
    editing.settle()
    assert editing.space.editor.form.isHidden()
    assert editing.session.document.network == own
    editing.space.toolbar.choose_model(OWN)
    settle(editing)
    assert not editing.space.editor.form.isHidden()


def test_a_newer_state_of_the_run_it_was_made_from_is_taken(editing, tiny):
    newer = tiny(seed=4)
    editing.session.add_model(newer, "run:1")
    array = newer.weights["conv1.weight"]
    editing.qtbot.waitUntil(
        lambda: (
            editing.space.look is not None
            and np.array_equal(editing.space.look.loaded.weights["conv1.weight"], array)
        )
    )


def test_a_document_with_an_own_network_opens_in_the_editor(make_studio, session, tiny):
    model = tiny()
    document = session.document.change(model=OWN, network=model.card.network, origin="run:1")
    session.edit("open", document)
    studio = make_studio().open()
    settle(studio)
    assert not studio.space.editor.form.isHidden()
    assert np.array_equal(
        studio.space.look.loaded.weights["dense2.weight"], model.weights["dense2.weight"]
    )


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700), (1920, 1080)])
def test_tools_form_and_table_have_room(make_studio, size):
    studio = make_studio(size).open()
    studio.space.editor.tools.edit_action.trigger()
    settle(studio)
    choose(studio, "conv1")
    editor = studio.space.editor
    assert editor.form.isVisible()
    assert editor.form.height() >= 120
    assert editor.table.view.height() >= 4 * 27
    assert editor.tools.add_button.width() >= editor.tools.add_button.sizeHint().width()
    assert studio.window.width() == size[0]
    field = editor.form.form.fields["kernel"]
    assert field.width() >= 150


def test_training_is_wanted(editing, qtbot):
    with qtbot.waitSignal(editing.space.editor.files.train_wanted):
        editing.space.editor.files.train_action.trigger()
    assert editing.session.document.training.network == "own"


def test_a_published_network_is_chosen_looked_at_and_not_edited(studio, monkeypatch):
    monkeypatch.setattr(published_dialog, "find_offers", dict)
    studio.space.published_action.trigger()
    dialog = studio.space.choosing.dialog
    assert dialog.isVisible()
    dialog.choose("squeezenet1_1")
    dialog.random.click()
    assert studio.session.document.model == "torchvision:squeezenet1_1:untrained"
    assert studio.space.choosing.dialog is None
    studio.qtbot.waitUntil(studio.is_settled, timeout=20_000)
    lines = studio.space.editor.table.model.lines
    assert sum(line.is_block for line in lines) == 8  # the fire modules
    assert studio.space.editor.table.model.totals[2] == "1,235,496"
    editor = studio.space.editor
    assert editor.why_not == "Made by code, so its layers can't be edited"
    assert not editor.tools.edit_button.isEnabled()
    assert not editor.files.train_action.isEnabled()


def test_a_model_s_file_that_is_none_is_explained_above_the_maps(studio, tmp_path):
    (tmp_path / "x.pt").write_bytes(b"nothing of the kind")
    studio.space.choosing.open(tmp_path / "x.pt")
    studio.qtbot.waitUntil(lambda: not studio.space.message.isHidden())
    assert "x.pt is not a model" in studio.space.message.words.text()
    assert studio.session.document.model == "run:1"
    studio.qtbot.waitUntil(lambda: not running_jobs())
