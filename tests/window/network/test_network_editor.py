"""Editing a network: every change in the table at once, and each one a step that can be undone."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from studio.document import OWN, Document
from studio.nets.layer import Size
from studio.nets.layers import LAYERS
from studio.nets.network import Network
from studio.nets.network_file import load_network, save_network
from studio.nets.zoo import NETWORKS
from studio.window.network.editor.add_menu import FAMILIES, family_of
from studio.window.network.editor.input_settings import settings_of, with_settings
from studio.window.network.editor.panel import NetworkEditor
from studio.window.network.look import table
from studio.window.network.models import Entry, entries
from studio.window.network.sight import Sight
from studio.window.session import Session

CONV = {"kind": "conv", "filters": 4, "padding": 1}
HEAD = ({"kind": "flatten"}, {"kind": "dense", "units": 3})
RES = {"kind": "residual", "filters": 8}
BASE = Network(
    name="base",
    title="Base",
    input=Size(3, 12, 12),
    classes=("cat", "dog", "owl"),
    layers=(CONV, {"kind": "relu"}, RES, {"kind": "max_pool"}, *HEAD),
)


class Bench:
    """An editor beside a session, told what a workspace would tell it."""

    def __init__(self, qtbot, session):
        self.session, self.sight = session, Sight()
        self.editor = NetworkEditor(self.sight, session)
        self.editor.resize(420, 700)
        self.entry = Entry("base", "Base", "", BASE, lambda: None)
        session.changed.connect(self.follow)
        self.follow()
        qtbot.addWidget(self.editor)
        self.editor.show()
        qtbot.waitExposed(self.editor)

    def follow(self):
        document = self.session.document
        own = Entry(OWN, "", "", document.network, lambda: None, origin=BASE)
        entry = own if document.model == OWN else self.entry
        self.editor.show_entry(entry)
        rows = table(entry.network)
        self.sight.take_rows(rows, self.editor.number_for(rows))
        self.editor.show_rows(rows)
        self.sight.take_look(None)

    @property
    def network(self):
        return self.session.document.network

    @property
    def kinds(self):
        return [layer.kind for layer in self.network.layers]

    @property
    def table(self):
        return self.editor.table

    @property
    def current(self):
        return self.table.line.row.name

    def go_to(self, name):
        self.sight.choose_name(name)
        assert self.current == name

    def set(self, field, value):
        """As a person does in the form."""
        form = self.editor.form.form
        form.fields[field].set_value(value)
        form.fields[field].edited.emit()


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot, Session(Document()))


@pytest.fixture
def editing(bench):
    bench.editor.tools.edit_action.trigger()
    return bench


# Beginning


def test_edit_makes_a_copy_the_document_s_own_and_undo_takes_it_back(bench):
    assert bench.editor.form.isHidden()
    bench.editor.tools.edit_action.trigger()
    document = bench.session.document
    assert (document.model, document.origin) == (OWN, "base")
    assert bench.network.layers == BASE.layers
    assert (bench.network.name, bench.network.title) == ("own", "My Base")
    assert not bench.editor.form.isHidden()
    assert not bench.editor.tools.edit_action.isEnabled()
    bench.session.undo_stack.undo()
    assert bench.network is None
    assert bench.editor.form.isHidden()
    assert bench.editor.tools.edit_action.isEnabled()


def test_what_is_no_list_of_layers_says_why_it_can_t_be_edited(bench):
    class Read:  # stands for one that is read from code
        name, title, input, classes = "read", "Read", BASE.input, ()
        table, problems = BASE.table, BASE.problems

    bench.editor.show_entry(Entry("read", "Read", "", Read(), lambda: None))
    assert not bench.editor.tools.edit_button.isEnabled()
    assert "Made by code" in bench.editor.why_not
    assert not bench.editor.files.save_action.isEnabled()
    bench.editor.edit()
    assert bench.network is None


def test_in_another_size_the_button_asks_for_the_network_s_own(editing, qtbot):
    editing.editor.show_entry(Entry(OWN, "", "", editing.network, lambda: None), False)
    assert editing.editor.form.isHidden()
    with qtbot.waitSignal(editing.editor.own_view_wanted):
        editing.editor.tools.edit_button.click()


# Layers


def test_a_layer_is_added_below_the_chosen_one_and_is_current(editing):
    editing.go_to("relu1")
    editing.editor.tools.add(LAYERS["batch_norm"])
    assert editing.kinds[:3] == ["conv", "relu", "batch_norm"]
    assert editing.current == "norm1"
    assert editing.table.line.is_new
    assert editing.editor.form.title.text() == "Norm"
    assert editing.session.undo_stack.undoText() == "Add Batch normalisation"


def test_above_all_layers_stands_the_picture(editing):
    editing.go_to("input")
    editing.editor.tools.add(LAYERS["dropout"])
    assert editing.kinds[0] == "dropout"
    assert editing.current == "dropout1"


def test_below_a_block_means_below_all_its_layers(editing):
    editing.go_to("res1.body.conv2")
    editing.editor.tools.add(LAYERS["relu"])
    assert editing.kinds == ["conv", "relu", "residual", "relu", "max_pool", "flatten", "dense"]
    assert editing.current == "relu2"


@pytest.mark.parametrize("name", ["res1.body.conv1", "res1.add"])
def test_the_layers_of_a_block_are_edited_together(editing, qtbot, name):
    editing.go_to(name)
    assert editing.editor.form.title.text() == "Res"
    qtbot.keyClick(editing.table.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert editing.kinds[:3] == ["conv", "residual", "relu"]
    assert editing.table.line.is_block
    qtbot.keyClick(editing.table.view, Qt.Key.Key_Delete)
    assert "residual" not in editing.kinds


def test_the_keys(editing, qtbot):
    view = editing.table.view
    alt, control = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    editing.go_to("pool1")
    qtbot.keyClick(view, Qt.Key.Key_D, control)
    assert editing.kinds[3:5] == ["max_pool", "max_pool"]
    assert editing.current == "pool2"
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert (editing.kinds.count("max_pool"), editing.current) == (1, "flatten1")
    editing.go_to("relu1")
    qtbot.keyClick(view, Qt.Key.Key_Up, alt)
    assert (editing.kinds[0], editing.current) == ("relu", "relu1")
    qtbot.keyClick(view, Qt.Key.Key_Up, alt)  # there is no place above the first
    qtbot.keyClick(view, Qt.Key.Key_Down, alt)
    assert (editing.kinds[1], editing.current) == ("relu", "relu1")


def test_every_change_can_be_undone_and_done_again(editing):
    before = editing.network
    editing.go_to("conv1")
    editing.editor.tools.add(LAYERS["conv"])
    editing.set("filters", 7)
    editing.set("kernel", 1)
    after = editing.network
    assert (after.layers[1].filters, after.layers[1].kernel) == (7, 1)
    stack = editing.session.undo_stack
    stack.undo()
    assert editing.network.layers[1] == LAYERS["conv"]()
    stack.undo()
    assert editing.network == before
    stack.redo()
    stack.redo()
    assert editing.network == after


def test_removing_every_layer_leaves_the_picture_and_a_way_on(editing, qtbot):
    while editing.network.layers:
        editing.go_to(editing.network.table()[0].name)
        qtbot.keyClick(editing.table.view, Qt.Key.Key_Delete)
    assert [line.title for line in editing.table.model.lines] == ["Input"]
    editing.editor.tools.add(LAYERS["conv"])
    assert editing.kinds == ["conv"]


def test_every_kind_can_be_added(editing):
    menus = {action.text(): action for action in editing.editor.tools.add_menu.actions()}
    leaves = [
        leaf
        for action in menus.values()
        for leaf in (action.menu().actions() if action.menu() else [action])
    ]
    assert {leaf.text() for leaf in leaves} == {kind.title for kind in LAYERS.values()}
    assert all(leaf.toolTip() for leaf in leaves)
    assert {family_of(kind) for kind in LAYERS.values()} == set(FAMILIES)
    for leaf in leaves:
        leaf.trigger()
    assert len(editing.kinds) == len(BASE.layers) + len(LAYERS)


# While typing


def test_every_row_follows_at_once(editing):
    editing.go_to("conv1")
    editing.set("filters", 9)
    rows = {line.row.name: line for line in editing.table.model.lines}
    assert rows["conv1"].row.output == (9, 12, 12)
    assert rows["conv1"].is_new
    assert not rows["dense1"].is_new  # the block gives it as many values as before
    assert editing.current == "conv1"
    assert editing.editor.form.caption.text() == "new: its weights are random"


def test_an_impossible_layer_is_named_and_repaired(editing):
    editing.go_to("conv1")
    editing.set("kernel", 50)
    lines = {line.title: line for line in editing.table.model.lines}
    assert "50 × 50 kernel doesn't fit" in lines["Conv"].problem
    assert lines["Pool"].is_waiting
    assert editing.editor.form.caption.text() == "can't work here"
    assert editing.current == "conv1"
    editing.set("kernel", 3)
    assert not any(line.is_broken for line in editing.table.model.lines)
    assert editing.editor.form.caption.text() == ""


def test_what_is_not_allowed_is_said_in_the_form_and_changes_nothing(editing):
    editing.go_to("conv1")
    before = editing.network
    editing.set("filters", 0)
    assert editing.network == before


def test_the_dense_layer_s_cost_stands_with_the_settings(editing):
    editing.go_to("conv1")
    dense = (3 * 144 + 1) * 4 * 144
    assert f"{dense / 1000:.0f} k" in editing.editor.form.dense.text()
    editing.go_to("relu1")
    assert editing.editor.form.dense.isHidden()


def test_more_answers_than_classes_offer_to_forget_the_classes(editing):
    editing.go_to("dense1")
    assert editing.editor.form.forget.isHidden()
    editing.set("units", 5)
    assert editing.table.line.problem == "gives 5 values for 3 classes"
    editing.editor.form.forget.click()
    assert editing.network.classes == ()
    assert not editing.network.problems()
    assert editing.editor.form.forget.isHidden()


def test_tab_goes_from_the_tools_to_the_settings(editing, qtbot):
    editing.go_to("conv1")
    fields = editing.editor.form.form.fields
    editing.editor.form.what.setFocus()
    qtbot.keyClick(editing.editor.form.what, Qt.Key.Key_Tab)
    focused = editing.editor.focusWidget()
    assert fields["filters"].isAncestorOf(focused)


# The picture and the classes


def test_input_and_classes_are_settings_of_the_first_row(editing):
    editing.go_to("input")
    editing.set("rows", 20)
    editing.set("channels", "1")
    editing.set("classes", "a, b ,, c d")
    assert editing.network.input == (1, 20, 12)
    assert editing.network.classes == ("a", "b", "c d")
    assert editing.table.model.lines[1].row.output == (4, 20, 12)
    editing.set("title", " ")
    assert editing.network.title == "My Base"


@pytest.mark.parametrize("name", NETWORKS)
def test_settings_of_a_network_change_nothing_by_themselves(name):
    network = NETWORKS[name].change(classes=("left", "right"))
    assert with_settings(network, settings_of(network)) == network


# Files and training


def test_a_network_is_saved_and_opened(editing, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(editing.editor.files.saved) as said:
        editing.editor.files.save_action.trigger()
    assert said.args == ["mine.json"]
    assert load_network(path) == editing.network
    save_network(NETWORKS["mlp"], path)
    editing.editor.files.open_action.trigger()
    assert editing.network == NETWORKS["mlp"]
    assert editing.session.document.origin == ""
    editing.session.undo_stack.undo()
    assert editing.network.layers == BASE.layers


def test_a_file_that_is_no_network_is_explained(bench, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "no.json"
    path.write_text(json.dumps({"format": 1}))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(bench.editor.files.failed) as said:
        bench.editor.files.open_action.trigger()
    assert "no.json is not a network" in str(said.args[0])
    assert bench.network is None


def test_the_own_network_is_chosen_for_training(editing, qtbot):
    with qtbot.waitSignal(editing.editor.files.train_wanted):
        editing.editor.files.train_action.trigger()
    assert editing.session.document.training.network == "own"


def test_only_a_network_with_a_name_or_one_s_own_can_be_trained(bench):
    train = bench.editor.files.train_action
    assert not train.isEnabled()
    assert train.toolTip() == "Edit it first, so that it is yours"
    zoo = NETWORKS["lenet5"]
    bench.editor.show_entry(Entry("lenet5", "", "", zoo, lambda: None))
    assert train.isEnabled()
    train.trigger()
    assert bench.session.document.training.network == "lenet5"


def test_a_network_that_can_t_work_is_not_trained(editing):
    editing.go_to("conv1")
    editing.set("kernel", 50)
    assert not editing.editor.files.train_action.isEnabled()


# In the list of models


def test_the_list_offers_the_own_network(qtbot):
    session = Session(Document(model=OWN, network=BASE, origin="lenet5"))
    found = {entry.reference: entry for group in entries(session, ()) for entry in group}
    assert found[OWN].network == BASE
    assert found[OWN].origin is None  # LeNet-5 hasn't learned anything here
    assert not found[OWN].is_trained
    assert found[OWN].load() is found[OWN].load()


def test_weights_that_can_t_be_had_are_random_and_the_card_says_why(qtbot):
    session = Session(Document(model=OWN, network=BASE, origin="run:7"))
    found = {entry.reference: entry for group in entries(session, ()) for entry in group}
    text = found[OWN].load().card.trained.text
    assert "random" in text
    assert "was not kept" in text
