import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.errors import ModelError
from studio.nets import Size
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.model import Card, Model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.window.classify.drawing_pad import DrawingPad
from studio.window.job import running_jobs

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def upright_or_lying():
    """Says `upright` where there is more ink in the middle columns than in the middle rows."""
    network = Network(
        input=Size(1, 28, 28), classes=("lying", "upright"), layers=(Flatten(), Dense(units=2))
    )
    preprocessing = Preprocessing(size=(28, 28), channels=1, ink="light", mean=(0,), std=(1,))
    columns = np.zeros((28, 28), np.float32)
    columns[:, 12:16] += 0.2
    columns[12:16] -= 0.2
    weights = {
        "dense1.weight": np.stack([-columns.ravel(), columns.ravel()]),
        "dense1.bias": np.zeros(2, np.float32),
    }
    return Model(Card(network=network, preprocessing=preprocessing), weights)


@pytest.fixture
def pad(qtbot):
    made = DrawingPad()
    qtbot.addWidget(made)
    made.set_model(upright_or_lying, "Lines")
    made.resize(900, 200)
    made.show()
    qtbot.waitExposed(made)
    yield made
    qtbot.waitUntil(lambda: not running_jobs())


def draw(paper, *points):
    """One stroke through points, in shares of the paper."""
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(points) - 1)]
    for kind, (x, y) in zip(kinds, points, strict=True):
        _send(paper, kind, x, y)
    _send(paper, QEvent.Type.MouseButtonRelease, *points[-1])


def _send(paper, kind, x, y):
    place = QPointF(x, y) * paper.width()
    button = NONE if kind == QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(
        kind, place, paper.mapToGlobal(place), button, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(paper, event)


def answered(pad, qtbot):
    qtbot.waitUntil(lambda: not running_jobs())
    return pad.bars.answer.class_name if pad.bars.answer else None


def test_a_drawing_is_answered(pad, qtbot):
    assert answered(pad, qtbot) is None
    draw(pad.paper, (0.3, 0.1), (0.3, 0.9))
    assert answered(pad, qtbot) == "upright"
    assert pad.input._levels.rgb.shape == (28, 28, 3)
    assert "28" in pad.input_words.text()
    pad.clear.click()
    draw(pad.paper, (0.1, 0.7), (0.9, 0.7))
    assert answered(pad, qtbot) == "lying"
    assert "lying" in pad.bars.accessibleName()


def test_strokes_can_be_taken_back(pad, qtbot):
    assert not pad.undo.isEnabled()
    draw(pad.paper, (0.5, 0.1), (0.5, 0.9))
    before = pad.paper.ink()
    draw(pad.paper, (0.1, 0.5), (0.9, 0.5))
    assert (pad.paper.ink() >= before).all()
    assert pad.paper.ink().sum() > before.sum()
    pad.undo.click()
    np.testing.assert_array_equal(pad.paper.ink(), before)
    pad.undo.click()
    assert pad.paper.is_empty
    assert not pad.undo.isEnabled()
    assert not pad.clear.isEnabled()
    assert answered(pad, qtbot) is None


def test_ink_is_where_the_pen_was(pad):
    draw(pad.paper, (0.5, 0.25))
    ys, xs = np.nonzero(pad.paper.ink())
    assert ys.mean() == pytest.approx(70, abs=1.5)
    assert xs.mean() == pytest.approx(140, abs=1.5)
    assert np.ptp(xs) + 1 == pytest.approx(18, abs=2)
    pad.pen.setValue(32)
    assert np.ptp(np.nonzero(pad.paper.ink())[1]) + 1 == pytest.approx(32, abs=2)


def test_moving_without_the_button_draws_nothing(pad):
    _send(pad.paper, QEvent.Type.MouseMove, 0.5, 0.5)
    assert pad.paper.is_empty
    draw(pad.paper, (0.5, 0.5))
    before = pad.paper.ink()
    _send(pad.paper, QEvent.Type.MouseMove, 0.9, 0.9)
    np.testing.assert_array_equal(pad.paper.ink(), before)


def test_the_drawer_folds(pad, qtbot):
    open_height = pad.sizeHint().height()
    QTest.mouseClick(pad.fold, LEFT)
    assert not pad.paper.isVisible()
    assert pad.sizeHint().height() < open_height / 3
    pad.suit(2000)  # a person has said what is wanted
    assert not pad.is_open
    QTest.mouseClick(pad.fold, LEFT)
    assert pad.paper.isVisible()


@pytest.mark.parametrize(("height", "is_open"), [(640, False), (748, True)])
def test_the_drawer_suits_the_height(pad, height, is_open):
    pad.suit(height)
    assert pad.is_open == is_open


def test_another_model_reads_the_same_drawing(pad, qtbot):
    draw(pad.paper, (0.5, 0.1), (0.5, 0.9))
    assert answered(pad, qtbot) == "upright"
    model = upright_or_lying()
    turned = Model(model.card, {name: -array for name, array in model.weights.items()})
    pad.set_model(lambda: turned, "Turned")
    assert answered(pad, qtbot) == "lying"


def test_a_model_that_cannot_be_read_says_so(pad, qtbot):
    def fail():
        raise ModelError("lenet.safetensors is damaged")

    draw(pad.paper, (0.5, 0.1), (0.5, 0.9))
    pad.set_model(fail, "LeNet-5")
    qtbot.waitUntil(lambda: pad.model_words.text() == "lenet.safetensors is damaged")


def test_bars_are_as_high_as_the_probabilities(pad, pixels_of, looks):
    bars = pad.bars
    bars.show_probabilities(("a", "b"), (0.25, 0.75))
    painted = pixels_of(bars).astype(int)
    heights = []
    for role in ("text3", "accent"):
        colour = [int(getattr(looks.tokens, role)[at : at + 2], 16) for at in (1, 3, 5)]
        is_bar = (np.abs(painted - colour).max(axis=2) == 0).sum(axis=1) >= 14
        heights.append(is_bar.sum())
    assert heights[1] == pytest.approx(3 * heights[0], abs=3)
