"""The window that trains by hand, driven as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from studio.errors import DataError
from studio.training import by_hand
from studio.training.settings import TrainSettings
from studio.window.chrome import theme
from studio.window.job import stop_all
from studio.window.train.actions import TrainActions
from studio.window.train.by_hand.dialog import ByHandDialog
from studio.window.train.by_hand.landscape import landscape_of
from studio.window.train.by_hand.opening import ByHandOpening
from studio.window.train.by_hand.signed_grid import SignedGrid
from studio.window.train.by_hand.surface_panel import SurfacePanel
from studio.window.train.by_hand.work import Answered, HandAsked, Moved, Sloped
from studio.window.train.runs import Run

SETTINGS = TrainSettings(
    network="lenet5",
    epochs=3,
    batch_size=20,
    device="cpu",
    precision="full",
    optimiser="sgd",
    learning_rate=0.1,
    schedule="constant",
)


@pytest.fixture
def begun(monkeypatch, bars):
    """What `begin` is given, in place of opening data; an error in it is raised."""
    real, asked = by_hand.begin, []

    def begin(settings, root, data, network, state):
        asked.append(settings)
        if settings.limit == 7:
            raise DataError("the pictures are gone", "Bring them back")
        return real(settings, root, bars, network, state)

    monkeypatch.setattr(by_hand, "begin", begin)
    return asked


@pytest.fixture
def dialog(qtbot, begun):
    window = QWidget()
    window.resize(1280, 800)
    qtbot.addWidget(window)
    window.show()
    made = ByHandDialog(window)
    made.show_run(HandAsked("Run 2", SETTINGS))
    settle(qtbot, made)
    yield made
    made.close()
    stop_all(10)


def settle(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=20_000)


def press(qtbot, dialog, key):
    qtbot.keyClick(dialog.focusWidget() or dialog, key)
    settle(qtbot, dialog)


def filled(dialog):
    return [name for name, one in dialog.head.parts.items() if one.property("look") == "primary"]


def test_a_step_by_its_keys(qtbot, dialog):
    assert dialog.windowTitle() == "Run 2, step by step"
    assert "Fresh weights" in dialog.head.words.text()
    assert filled(dialog) == ["forward"]
    press(qtbot, dialog, Qt.Key.Key_F)
    assert filled(dialog) == ["backward"]
    assert dialog.head.words.text().startswith("Step 1: the loss of this batch is 2.")
    lines = dialog.batch.pictures.batch.lines
    assert len(lines) == 16
    assert all(line.surest >= line.sure for line in lines)
    assert dialog.layers.grids[0].values.shape == (5, 5)
    assert dialog.layers.grids[1].values is None
    press(qtbot, dialog, Qt.Key.Key_F)  # not its turn
    assert filled(dialog) == ["backward"]
    press(qtbot, dialog, Qt.Key.Key_B)
    assert max(dialog.layers.lengths.layers.lengths) > 0
    before, gradient, _ = (grid.values for grid in dialog.layers.grids)
    press(qtbot, dialog, Qt.Key.Key_U)
    after, _, change = (grid.values for grid in dialog.layers.grids)
    assert np.allclose(change, -0.1 * gradient, atol=1e-6)
    assert np.allclose(after, before + change, atol=1e-6)
    assert "after the update it is 2." in dialog.head.words.text()
    assert filled(dialog) == ["forward"]
    press(qtbot, dialog, Qt.Key.Key_Space)
    assert filled(dialog) == ["backward"]


def test_a_second_click_while_it_computes_does_nothing(qtbot, dialog):
    dialog.head.parts["forward"].click()
    dialog.head.parts["forward"].click()
    dialog.head.steps.click()
    settle(qtbot, dialog)
    assert filled(dialog) == ["backward"]
    assert len(dialog.batch.losses.before) == 1


def test_ten_steps_with_a_learning_rate_of_ones_own(qtbot, dialog):
    dialog.head.box.setValue(0.02)
    assert dialog.head.schedule.isVisible()
    dialog.head.steps.click()
    assert dialog.head.steps.text() == "Stop"
    settle(qtbot, dialog)
    assert dialog.head.steps.text() == "10 steps"
    assert dialog.head.words.text().startswith("Step 10:")
    assert len(dialog.batch.losses.before) == 10
    gradient, change = (grid.values for grid in dialog.layers.grids[1:])
    assert np.allclose(change, -0.02 * gradient, atol=1e-6)
    dialog.head.schedule.click()
    assert dialog.head.rate is None
    assert dialog.head.box.number() == 0.1


def test_the_surface_is_drawn_after_backward_and_makes_way(qtbot, dialog):
    assert not dialog.surface.draw.isEnabled()
    press(qtbot, dialog, Qt.Key.Key_F)
    assert not dialog.surface.draw.isEnabled()
    press(qtbot, dialog, Qt.Key.Key_B)
    dialog.surface.reach.set_value(0.1)
    qtbot.keyClick(dialog, Qt.Key.Key_D)
    assert dialog.surface.draw.text() == "Stop"
    qtbot.waitUntil(lambda: dialog.surface.plot.landscape is not None, timeout=20_000)
    dialog.do("update")  # while it is drawn
    settle(qtbot, dialog)
    assert filled(dialog) == ["forward"]
    assert dialog.surface.plot.landscape.fraction < 1
    assert "Stopped" in dialog.surface.words.text()
    assert len(dialog.surface.plot.path) == 2
    assert dialog.surface.draw.isEnabled()  # the same plane once more


def test_layers_kernels_and_slices_are_chosen(qtbot, dialog):
    layers = dialog.layers
    assert not layers.input.isVisible()  # one grey input
    layers.layer.setCurrentText("Conv 2")
    assert layers.input.isVisible()
    assert layers.input.maximum() == 5
    layers.output.setValue(3)
    layers.input.setValue(4)
    weights = dialog._ready.weights["conv2.weight"]
    assert np.allclose(layers.grids[0].values, weights[3, 4])
    layers.lengths.setCurrentIndex(layers.lengths.layers.index(4))
    assert layers.layer.currentText() == "Dense 3"
    assert layers.output.value() == 3
    assert layers.grids[0].values.size == 90  # 84 weights in a grid


def test_what_goes_wrong_is_said_and_can_be_tried_again(qtbot, dialog, begun):
    dialog.show_run(HandAsked("Run 3", SETTINGS.change(limit=7)))
    settle(qtbot, dialog)
    assert "pictures are gone" in dialog.message.words.text()
    assert filled(dialog) == []
    assert not dialog.head.steps.isEnabled()
    dialog.message.remedy.click()
    assert not dialog.message.isVisible()
    settle(qtbot, dialog)
    assert len(begun) == 3
    assert dialog.message.isVisible()


def test_a_divergence_is_said_and_not_a_fault(qtbot, dialog):
    nan = float("nan")
    wrong = {name: np.full_like(one, nan) for name, one in dialog._ready.weights.items()}
    labels, answers = np.zeros(20, np.int64), np.full((20, 10), nan, np.float32)
    pictures = [np.zeros((28, 28, 1), np.uint8)]
    forward = by_hand.Forward(np.zeros((20, 1, 28, 28), np.float32), labels, answers, nan)
    dialog._take(Answered(4, forward, pictures))
    assert "Step 4: the loss of this batch is not finite." in dialog.head.words.text()
    dialog._take(Sloped(4, by_hand.Backward(wrong, dict.fromkeys(wrong, nan))))
    assert "the gradient is not finite." in dialog.head.words.text()
    assert {dialog.layers.lengths.layers.text(row) for row in range(5)} == {"not finite"}
    update = by_hand.Update(wrong, wrong, 10.0, nan)
    dialog._take(Moved(4, 2.5, update, 0.1, ((0.0, 0.0), (nan, nan))))
    assert "smaller learning rate" in dialog.head.words.text()
    assert {grid.reach_words for grid in dialog.layers.grids} == {"not finite"}
    everywhere = np.full((17, 17), np.inf)
    dialog._take(landscape_of(everywhere, np.linspace(-1, 1, 17), 1.0, ((nan, nan),)))
    assert "no finite loss, at 289 of 289 places" in dialog.surface.words.text()
    dialog.grab()  # all of it can be painted


def test_closing_lets_go_of_everything(qtbot, dialog):
    press(qtbot, dialog, Qt.Key.Key_F)
    press(qtbot, dialog, Qt.Key.Key_B)
    qtbot.keyClick(dialog, Qt.Key.Key_D)
    dialog.close()
    settle(qtbot, dialog)
    assert dialog._work._hand is None
    assert dialog._work._data is None
    dialog.show_run(HandAsked("Run 2", SETTINGS))
    settle(qtbot, dialog)
    assert filled(dialog) == ["forward"]


def test_drafts_begin_fresh_and_runs_where_they_are_kept(qtbot, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(ByHandDialog, "show_run", lambda dialog, one: asked.append(one))
    window = QWidget()
    qtbot.addWidget(window)
    opening = ByHandOpening(window)
    draft = Run(1, SETTINGS)
    opening.open(draft, tmp_path)
    kept = Run(2, SETTINGS)
    kept.folder, kept._state = tmp_path / "run", "done"
    opening.open(kept, tmp_path)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert [(one.folder, one.data_root) for one in asked] == [
        (None, tmp_path),
        (tmp_path / "run", None),
    ]


def test_the_action_says_why_a_draft_cant_be_trained(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    actions = TrainActions(window)
    actions.show(Run(1, SETTINGS), None, "The network doesn't fit")
    assert not actions.by_hand.isEnabled()
    assert actions.by_hand.toolTip() == "The network doesn't fit"
    actions.show(Run(1, SETTINGS), None, "")
    assert actions.by_hand.isEnabled()


# Parts


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_signed_cells(qtbot, looks, pixels_of, choice):
    looks.choose(choice)
    grid = SignedGrid("Weight")
    qtbot.addWidget(grid)
    grid.resize(200, 168)
    grid.show_values(np.array([[-0.00214, 0.0], [0.0008, np.nan]]))
    assert grid.reach_words == "± 2.14 × 10⁻³"
    assert grid.has_numbers
    assert np.array_equal(grid.cells[0], [-2.14, 0])
    assert grid.words_at(QPointF(5, 5)) == "Row 0, column 0: −0.00214"
    grid.show_values(np.linspace(-1, 1, 400).reshape(20, 20))
    assert not grid.has_numbers
    cold, warm = pixels_of(grid)[2, 2], pixels_of(grid)[160, 160]
    assert cold[2] > cold[0]
    assert warm[0] > warm[2]
    grid.show_values(np.full((3, 3), np.inf))
    assert grid.reach_words == "not finite"


def test_the_loss_under_the_pointer_is_read_out(qtbot):
    panel = SurfacePanel()
    qtbot.addWidget(panel)
    panel.resize(280, 600)
    panel.show()
    places = np.linspace(-1, 1, 17)
    losses = places[:, None] ** 2 + places**2 + 1
    panel.show_landscape(landscape_of(losses, places, 1.0, ((0.0, 0.0), (3.0, 0.0))))
    assert "larger reach" in panel.words.text()
    plot = panel.plot
    qtbot.mouseMove(plot.viewport(), plot.mapFromScene(plot._place(0.5, 0.0)))
    assert panel.words.text().startswith("Loss 1.25 at 0.")
    frame = plot._box.mapRectToScene(plot._box.boundingRect())
    assert abs(frame.width() - frame.height()) <= theme.px(6)
