import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.training.settings import TrainSettings
from studio.window.train.setup.schedule_plot import SchedulePlot


@pytest.fixture
def plot(qtbot):
    made = SchedulePlot()
    qtbot.addWidget(made)
    made.resize(256, made.height())
    made.show()
    return made


def test_the_curve_is_the_schedule_s(plot):
    plot.show_schedule(TrainSettings(schedule="linear", learning_rate=0.2, epochs=4), 100)
    assert plot.rates == pytest.approx(0.2 * (1 - plot.epochs / 4))
    plot.show_schedule(TrainSettings(schedule="cosine", learning_rate=0.2, epochs=4), 100)
    assert plot.rates == pytest.approx(0.1 * (1 + np.cos(np.pi * plot.epochs / 4)))


def test_the_marker_stands_where_the_run_is(plot):
    plot.show_schedule(TrainSettings(schedule="linear", epochs=4), 100)
    assert plot.marked is None
    plot.show_now(2.0, 0.0164)
    assert plot.marked == (2.0, "0.0164")


def test_hovering_reads_a_rate(plot):
    plot.show_schedule(TrainSettings(schedule="constant", learning_rate=0.3, epochs=8), 100)
    place = QPointF(128, 20)
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        *(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    )
    QApplication.sendEvent(plot, move)
    epochs, words = plot.marked
    assert epochs == pytest.approx(4, abs=0.1)
    assert words == "0.3 in epoch 5" if epochs >= 4 else "0.3 in epoch 4"
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot.marked is None


def test_it_is_drawn(plot, pixels_of):
    plot.show_schedule(TrainSettings(schedule="linear", epochs=4), 100)
    before = pixels_of(plot)
    ink = (before != before[2, -3]).any(-1)
    left, right = ink[:, :40], ink[:, -40:]
    assert np.argmax(left.any(1)) < np.argmax(right.any(1))  # it falls
    plot.show_now(2.0, 0.01)
    assert (pixels_of(plot) != before).any()
