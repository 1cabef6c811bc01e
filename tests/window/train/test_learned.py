"""What is drawn of a network that learns: kernels, their change, maps."""

from dataclasses import replace

import numpy as np
import pytest

from studio.document import Document
from studio.errors import TrainingError
from studio.insight.kernels import in_colours
from studio.insight.maps import feature_maps
from studio.window.job import stop_all
from studio.window.session import Session
from studio.window.train.learned import Asked, Drawing, kernel_pictures
from studio.window.train.learned_panel import LearnedPanel
from studio.window.train.replay import Replayer, source_of

PICTURE = np.random.default_rng(3).integers(0, 256, (32, 32, 3), np.uint8)


@pytest.fixture
def session():
    return Session(Document(picture="cat"))


def keep(made, session, run, epochs):
    """As the workspace keeps the models of a run's epochs."""
    source = source_of(run, session)
    for epoch in epochs:
        weights = made.weights_of(source.network, epoch)
        session.add_model(source.model(weights), run.model_key, epoch=epoch)


def ask(source, mode, epoch=3, newer=None, layer="", picture=PICTURE):
    return Asked(source, epoch, newer, mode, layer, picture)


def test_kernels_are_drawn_in_colours_and_those_of_the_epoch(made, session):
    run = made.finished_run()
    keep(made, session, run, (1, 2, 3))
    source = source_of(run, session)
    drawing = Drawing()
    for epoch in (1, 3):
        found = drawing.draw(ask(source, "kernels", epoch))
        weights = made.weights_of(source.network, epoch)["conv1.weight"]
        wanted = [in_colours(one).pixels for one in weights]
        assert np.array_equal(found.pictures, wanted)
        assert found.row.name == "conv1"
    assert dict(found.layers)["conv2"] == "Conv 2"
    assert found.norms == pytest.approx(np.sqrt((weights**2).sum(axis=(1, 2, 3))), rel=1e-5)


def test_newer_kernels_of_the_first_layer_take_the_place_of_the_epochs(made, session):
    source = source_of(made.finished_run(), session)
    found = Drawing().draw(ask(source, "kernels", newer=made.kernels_event(35)))
    assert np.all(found.kernels.weights == 0.5)
    other = Drawing().draw(ask(source, "kernels", newer=made.kernels_event(35), layer="conv2"))
    assert np.array_equal(other.kernels.weights, made.weights_of(source.network, 3)["conv2.weight"])


def test_the_change_is_counted_from_the_start_on_one_scale(made, session):
    source = source_of(made.finished_run(), session)
    found = Drawing().draw(ask(source, "change"))
    before, now = (made.weights_of(source.network, epoch)["conv1.weight"] for epoch in (0, 3))
    added = now - before
    reach = float(np.abs(added).max())
    assert np.array_equal(found.pictures, [in_colours(one, reach=reach).pixels for one in added])
    assert found.since == 0


def test_without_the_start_the_change_is_counted_from_the_first_epoch(made, session):
    run = made.finished_run(initial=False)
    keep(made, session, run, (1, 3))
    found = Drawing().draw(ask(source_of(run, session), "change"))
    assert found.since == 1
    first, now = (made.weights_of(made.network_of(), epoch)["conv1.weight"] for epoch in (1, 3))
    assert found.norms == pytest.approx(np.sqrt(((now - first) ** 2).sum(axis=(1, 2, 3))), rel=1e-5)


def test_maps_are_those_of_the_network_at_that_epoch(made, session):
    run = made.finished_run()
    source = source_of(run, session)
    picture = PICTURE
    found = Drawing().draw(ask(source, "maps", layer="relu1", picture=picture))
    model = source.model(made.weights_of(source.network, 3))
    values = source.preprocessing.batch_from_bytes(picture[None])[0]
    assert np.array_equal(found.pictures, feature_maps(model, values)["relu1"])
    assert "dense1" not in dict(found.layers)


@pytest.mark.parametrize(("name", "count"), [("mlp", 512), ("perceptron", 3)])
def test_without_a_convolution_there_are_templates(made, session, name, count):
    source = source_of(made.finished_run(name=name), session)
    found = Drawing().draw(ask(source, "kernels"))
    assert len(found.pictures) == count
    assert found.pictures[0].shape == (32, 32, 3)
    maps = Drawing().draw(ask(source, "maps"))
    assert maps.row.kind == "dense"
    assert maps.reach == np.abs(maps.pictures).max()  # single values are on one scale


def test_single_weights_are_one_picture(made, session):
    source = source_of(made.finished_run(), session)
    found = Drawing().draw(ask(source, "kernels", layer="dense2"))
    assert [one.shape for one in found.pictures] == [(84, 120, 3)]


def test_what_is_grey_everywhere_has_changed_nothing(made, session):
    source = source_of(made.finished_run(), session)
    found = Drawing().draw(ask(source, "kernels"))
    nothing = kernel_pictures(replace(found.kernels, weights=0 * found.kernels.weights), True)
    assert {tuple(pixel) for one in nothing for pixel in one.reshape(-1, 3)} == {(128, 128, 128)}


def test_weights_that_were_not_kept_are_said_to_be(made, session):
    source = source_of(made.finished_run(), session)
    with pytest.raises(TrainingError, match="epoch 2 were not kept"):
        Replayer().weights(source, 2)


def test_weights_are_read_from_the_folder_once(made, session, tmp_path, monkeypatch):
    from studio.window.train import replay

    reads = []

    class Kept:
        def has_snapshot(self, epoch):
            return epoch != 4

        def snapshot(self, epoch):
            reads.append(epoch)
            return {"epoch": np.array(epoch)}

    monkeypatch.setattr(replay, "read_run", lambda folder: Kept())
    run = made.finished_run()
    run.folder = tmp_path
    source, replayer = source_of(run, session), Replayer()
    for epoch in (1, 2, 1):
        assert replayer.weights(source, epoch)["epoch"] == epoch
    assert reads == [1, 2]
    with pytest.raises(TrainingError, match="epoch 4"):
        replayer.weights(source, 4)


# The panel


@pytest.fixture
def panel(qtbot, session):
    shown = LearnedPanel(session)
    qtbot.addWidget(shown)
    shown.resize(480, 240)
    shown.show()
    yield shown
    stop_all()


def drawn(qtbot, panel, check=lambda learned: True):
    qtbot.waitUntil(lambda: panel.shown is not None and check(panel.shown))
    return panel.shown


def test_before_anything_it_says_when_something_comes(panel):
    assert panel.nothing.isVisible()
    assert "after the first step" in panel.nothing.text()
    assert not panel.to_filter.isVisible()


def test_kernels_come_with_the_first_step_and_maps_with_the_first_epoch(
    qtbot, made, panel, session
):
    run = made.finished_run(epochs=0, initial=False)
    panel.show_epoch(source_of(run, session), 0, made.kernels_event(1))
    assert len(drawn(qtbot, panel).pictures) == 6
    assert panel.layer.text() == "Conv 1"
    assert panel.caption.text() == "step 1"
    panel.modes.set_value("maps")
    panel.modes.changed.emit("maps")
    assert "after the first epoch" in panel.nothing.text()


def test_where_the_start_is_known_all_layers_and_maps_are_there_from_the_start(
    qtbot, made, panel, session
):
    run = made.finished_run(epochs=0)
    panel.show_epoch(source_of(run, session), 0, made.kernels_event(1))
    assert "conv2" in dict(drawn(qtbot, panel).layers)
    panel.modes.set_value("maps")
    panel.modes.changed.emit("maps")
    assert drawn(qtbot, panel, lambda one: one.asked.mode == "maps").asked.epoch == 0


def test_a_person_chooses_the_layer_and_the_kernel(qtbot, made, panel, session):
    panel.show_epoch(source_of(made.finished_run(), session), 3)
    drawn(qtbot, panel)
    actions = {action.text(): action for action in panel.menu.actions()}
    actions["Conv 2"].trigger()
    assert drawn(qtbot, panel, lambda one: one.row.name == "conv2").kernels.count == 16
    panel.grid.set_current(7)
    assert panel.foot.words.text().startswith("kernel 7, norm")
    with qtbot.waitSignal(panel.network_wanted) as wanted:
        panel.to_network.click()
    assert wanted.args == ["conv2", 7]


def test_a_kernel_becomes_a_filter_of_the_document(qtbot, made, panel, session):
    panel.show_epoch(source_of(made.finished_run(), session), 3)
    found = drawn(qtbot, panel)
    panel.grid.set_current(2)
    with qtbot.waitSignal(panel.filter_wanted):
        panel.to_filter.click()
    step = session.document.chain.steps[-1].filter
    assert np.array(step.kernel) == pytest.approx(found.kernels.weights[2].mean(axis=0), abs=1e-6)
    session.undo_stack.undo()
    assert not session.document.chain.steps


def test_maps_follow_the_documents_picture_or_a_test_picture(qtbot, made, panel, session):
    panel.modes.set_value("maps")
    panel.show_epoch(source_of(made.finished_run(), session), 3)
    first = drawn(qtbot, panel)
    assert first.asked.picture is session.picture
    with qtbot.waitSignal(panel.pictures_wanted):
        panel.foot.next.click()
    part = made.part_of()
    panel.set_pictures(part, made.classes)
    panel.foot.next.click()
    found = drawn(qtbot, panel, lambda one: one is not first)
    assert np.array_equal(found.asked.picture, part.pictures[0])
    assert panel.foot.words.text() == "test picture 0, cat"
    panel.foot.next.click()
    assert panel.foot.words.text() == "test picture 1, dog"
    panel.choose_picture(-1)
    drawn(qtbot, panel, lambda one: one.asked.picture is session.picture)
    assert not panel.foot.previous.isEnabled()


def test_an_error_is_said_in_the_place_of_the_kernels(qtbot, made, panel, session):
    panel.show_epoch(source_of(made.finished_run(), session), 2)
    qtbot.waitUntil(lambda: "not kept" in panel.nothing.text())
    assert panel.nothing.isVisible()


def test_it_draws_nothing_while_nobody_sees_it(qtbot, made, panel, session):
    panel.hide()
    panel.show_epoch(source_of(made.finished_run(), session), 3)
    assert not panel._latest.is_busy
    panel.show()
    drawn(qtbot, panel)
