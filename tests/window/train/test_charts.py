import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from studio.errors import StudioError
from studio.training.advice import advise
from studio.training.events import Step
from studio.window.train.chart_export import chart_file
from studio.window.train.charts import TrainCharts

OVER = [1.0, 0.6, 0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8]  # falls, then rises


@pytest.fixture
def charts(qtbot):
    charts = TrainCharts()
    qtbot.addWidget(charts)
    charts.resize(900, 340)
    charts.show()
    return charts


@pytest.fixture
def drawn(charts, made):
    """Charts with two runs."""
    runs = [made.curved(1, done=10, losses=OVER), made.curved(2, done=4)]
    charts.draw(runs)
    return charts, runs


def soon(charts):
    """What was put off until the events are worked through."""
    QApplication.processEvents()


def keys(chart):
    return set(chart.plot.series)


def both(*runs):
    return {(run, kind) for run in runs for kind in ("validation", "training")}


def test_loss_and_accuracy_of_all_runs(drawn):
    charts, _ = drawn
    assert keys(charts.loss) == keys(charts.accuracy) == both(1, 2)
    assert charts.loss.plot.series[1, "validation"].y.tolist() == OVER
    assert charts.loss.plot.series[1, "training"].y[0] == pytest.approx(2)
    assert charts.accuracy.plot.series[2, "validation"].x.tolist() == [1, 2, 3, 4]


def test_a_loss_that_diverges_doesn_t_flatten_the_others(charts, made):
    steady, wild = made.curved(1, done=10), made.curved(2, done=4)
    charts.draw([steady])
    before = charts.loss.plot.getViewBox().viewRange()[1]
    for step, loss in enumerate((50.0, 1e4, 1e9, float("nan")), start=25):
        wild.history.add(Step(step, 5, loss, 0.1, 0.1, 50.0))
    charts.draw([steady, wild])
    after = charts.loss.plot.getViewBox().viewRange()[1]
    assert after[1] < 4 * before[1]
    assert np.isfinite(after).all()
    charts.loss.menu.log.trigger()
    assert np.isfinite(charts.loss.plot.getViewBox().viewRange()).all()


def test_a_hidden_run_comes_back(drawn):
    charts, runs = drawn
    charts.set_hidden([runs[0]])
    soon(charts)
    assert keys(charts.loss) == both(2)
    charts.set_hidden([])
    soon(charts)
    assert keys(charts.loss) == both(1, 2)


def test_a_removed_run_stays_away(drawn):
    charts, runs = drawn
    charts.draw(runs[1:])
    assert keys(charts.loss) == both(2)
    charts.remove_run(runs[1])
    soon(charts)
    assert not keys(charts.accuracy)


def test_new_steps_are_added_to_the_lines(drawn):
    charts, runs = drawn
    runs[1].history.add(Step(25, 5, 0.25, 0.5, 0.1, 50.0))
    charts.draw(runs)
    line = charts.loss.plot.series[2, "training"]
    assert line.x[-1] == pytest.approx(24.5 / 6)
    assert line.x.size == 25


def test_the_axis_counts_epochs_steps_or_seconds_in_all_charts(drawn):
    charts, _ = drawn
    charts.loss.menu.units["steps"].trigger()
    for chart in charts.charts:
        assert chart.plot.series[2, "validation"].x.tolist() == [6, 12, 18, 24]
        assert chart.plot.unit == "step"
        assert chart.plot.getViewBox().viewRange()[0] == [0, 60]
    charts.accuracy.menu.units["seconds"].trigger()
    assert charts.loss.plot.series[2, "validation"].x.tolist() == [4, 8, 12, 16]
    charts.loss.menu.units["epochs"].trigger()
    assert charts.loss.plot.series[2, "validation"].x.tolist() == [1, 2, 3, 4]


def test_smoothing_and_what_it_hides(drawn):
    charts, _ = drawn
    before = charts.loss.plot.series[1, "training"].y.copy()
    charts.loss.menu.smoothings["strong"].trigger()
    line = charts.loss.plot.series[1, "training"]
    assert np.abs(np.diff(line.y)).max() < np.abs(np.diff(before)).max()
    assert line.lows is not None
    charts.loss.menu.smoothings["none"].trigger()
    line = charts.loss.plot.series[1, "training"]
    assert line.y == pytest.approx(2 / np.arange(1, 61))
    assert line.lows is None


def test_a_logarithmic_axis_is_each_chart_s_own(drawn):
    charts, _ = drawn
    charts.loss.menu.log.trigger()
    assert charts.loss.plot.is_log
    assert not charts.accuracy.plot.is_log
    assert 10 ** charts.loss.plot.getViewBox().viewRange()[1][0] <= 2 / 60


def test_choices_are_remembered(drawn, qtbot):
    charts, _ = drawn
    charts.set_unit("steps")
    charts.set_smoothing("none")
    charts.loss.menu.log.trigger()
    charts.accuracy.choose_quantity("speed")
    other = TrainCharts()
    qtbot.addWidget(other)
    assert (other.unit, other.smoothing) == ("steps", "none")
    assert other.loss.plot.is_log
    assert other.accuracy.title.text() == "Pictures a second"
    QSettings().setValue("train/axis", "nonsense")
    third = TrainCharts()
    qtbot.addWidget(third)
    assert third.unit == "epochs"


def test_the_title_chooses_what_a_chart_shows(drawn, qtbot):
    charts, _ = drawn
    assert charts.loss.title.menu() is charts.loss.quantities
    charts.loss.quantities.quantities["learning_rate"].trigger()
    assert charts.loss.title.text() == charts.loss.accessibleName() == "Learning rate"
    assert keys(charts.loss) == {(1, "training"), (2, "training")}
    assert charts.loss.plot.series[1, "training"].y == pytest.approx(0.1 / np.arange(1, 61))
    assert not any(key.isVisible() for key in charts.loss.keys)
    charts.loss.quantities.quantities["loss"].trigger()
    assert keys(charts.loss) == both(1, 2)
    assert all(key.isVisible() for key in charts.loss.keys)


def test_norms_are_a_line_for_each_layer_of_the_chosen_run(drawn):
    charts, runs = drawn
    charts.set_smoothing("none")
    charts.loss.choose_quantity("gradients")
    charts.choose(runs[1])
    soon(charts)
    assert charts.loss.title.text() == "Gradient norms, run 2"
    lines = charts.loss.plot.series
    assert [line.label for line in lines.values()] == ["conv1", "dense1"]
    assert lines[2, "training"].x.size == 24
    assert [line.words for line in charts.loss.readings(2.0)] == ["conv1: 12", "dense1: 24"]
    assert keys(charts.accuracy) == both(1, 2)
    charts.choose(runs[0])
    soon(charts)
    assert charts.loss.plot.series[2, "training"].x.size == 60


def test_a_run_that_diverges_does_not_flatten_the_others(drawn):
    charts, runs = drawn
    for step, loss in ((25, 1e6), (26, 1e9)):
        runs[1].history.add(Step(step, 5, loss, 0.1, 0.1, 50.0))
    charts.draw(runs)
    _, top = charts.loss.plot.getViewBox().viewRange()[1]
    assert 1.8 <= top <= 3 * np.log(3) + 1


# The marker


def marks(charts):
    heard = []
    charts.marked.connect(heard.append)
    return heard


def test_one_marker_crosses_all_charts_in_every_unit(drawn):
    charts, _ = drawn
    charts.show_marker(3)
    assert [chart.marker for chart in charts.charts] == [3, 3]
    charts.set_unit("steps")
    assert [chart.marker for chart in charts.charts] == [18, 18]
    charts.set_unit("seconds")
    assert charts.loss.marker == 12
    charts.show_marker(None)
    assert charts.loss.marker is None


@pytest.mark.parametrize(("unit", "place"), [("epochs", 3.2), ("steps", 19), ("seconds", 11)])
def test_a_click_marks_the_nearest_epoch(drawn, unit, place):
    charts, _ = drawn
    heard = marks(charts)
    charts.set_unit(unit)
    charts.loss.marker_moved.emit(place)
    assert heard == [3]


def test_arrows_mark_the_next_epoch(drawn, qtbot):
    charts, _ = drawn
    heard = marks(charts)
    charts.marked.connect(charts.show_marker)
    charts.set_unit("steps")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(charts.accuracy, key)
    qtbot.keyClick(charts.accuracy, Qt.Key.Key_Right)
    assert heard == [9, 8, 9, 10, 10]


def test_the_crosshair_is_in_all_charts(drawn):
    charts, _ = drawn
    charts.loss.crosshair_moved.emit(2.0)
    assert "1: 0.6 validation" in charts.loss.readout.words
    assert "1: 93.3 % validation" in charts.accuracy.readout.words
    charts.set_unit("steps")
    assert charts.loss.readout.words == ""


# Words


def test_why_is_ringed_where_it_begins(drawn):
    charts, runs = drawn
    heard = marks(charts)
    (advice,) = [one for one in advise(runs[0].history) if one.kind == "over-fitting"]
    charts.loss.choose_quantity("speed")
    charts.show_why(runs[0], advice)
    assert charts.loss.quantity.key == "loss"
    note = charts.loss.plot.note
    assert (note.x, note.y, note.words) == (3, 0.5, "run 1 over-fits")
    assert charts.accuracy.plot.note is None
    assert heard == [3]
    charts.set_unit("steps")
    assert charts.loss.plot.note.x == 18
    charts.clear_why()
    assert charts.loss.plot.note is None


def test_divergence_is_ringed_on_the_training_line(drawn):
    charts, runs = drawn
    runs[1].history.add(Step(25, 5, float("nan"), 0.1, 0.1, 50.0))
    charts.draw(runs)
    (advice,) = advise(runs[1].history)
    charts.show_why(runs[1], advice)
    note = charts.loss.plot.note
    assert note.words == "run 2 diverges"
    assert note.x == pytest.approx(23.5 / 6)  # the last loss that is a number
    assert note.y == pytest.approx(charts.loss.plot.series[2, "training"].y[-1])


# Out of the window


def test_values_are_copied_as_a_table(drawn):
    charts, _ = drawn
    charts.set_smoothing("strong")
    charts.loss.menu.copy.trigger()
    head, *rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert head == ["run", "line", "epoch", "step", "seconds", "loss", "lowest", "highest"]
    assert len(rows) == 10 + 60 + 4 + 24
    assert rows[1][:6] == ["1", "validation", "2", "12", "8", "0.6"]
    first = next(row for row in rows if row[:2] == ["2", "training"])
    assert [float(value) for value in first[2:6]] == pytest.approx([0.5 / 6, 1, 0.5 / 6 * 4, 2])
    charts.loss.choose_quantity("weights")
    charts.loss.menu.copy.trigger()
    rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()[1:]]
    assert {tuple(row[:2]) for row in rows} == {("1", "conv1"), ("1", "dense1")}


def test_a_chart_is_saved_as_it_is_seen(drawn, monkeypatch, tmp_path):
    charts, runs = drawn
    runs[0].name = "baseline"
    saved, starts = [], []
    charts.saved.connect(saved.append)

    def answer(parent, title, start, kinds):
        starts.append(start)
        return str(tmp_path / "loss.svg"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    charts.loss.menu.save.trigger()
    assert saved == [str(tmp_path / "loss.svg")]
    text = (tmp_path / "loss.svg").read_text()
    for words in ("Loss", "validation", "baseline", "2.0", "epoch"):
        assert f">{words}" in text or f"{words}</text>" in text
    assert starts[0].endswith("Loss.svg")
    charts.loss.menu.save.trigger()
    assert starts[1] == str(tmp_path / "Loss.svg")


def test_a_saved_picture_has_the_colours_of_the_chart(drawn, qapp):
    charts, _ = drawn
    data = chart_file(charts.loss, [(1, "baseline")], ".PNG")
    image = QImage.fromData(data)
    size = charts.loss.plot.size()
    assert image.width() == 2 * (size.width() + 32)
    line = charts.loss.plot.series[1, "validation"]
    spot = charts.loss.plot.place(float(line.x[-1]), float(line.y[-1]))
    assert image.height() > 2 * size.height()
    found = image.pixelColor(QPoint(round(2 * (spot.x() + 16)), round(2 * (spot.y() + 48))))
    assert found.name() == line.shown_colour.name()


def test_what_can_not_be_saved_is_said(drawn, tmp_path):
    charts, _ = drawn
    failed = []
    charts.failed.connect(failed.append)
    charts.saving.save(charts.loss, [], tmp_path / "chart.gif")
    charts.saving.save(charts.loss, [], tmp_path / "missing" / "chart.svg")
    assert [type(error) for error in failed] == [StudioError, StudioError]
    assert ".gif" in failed[0].message
    assert list(tmp_path.iterdir()) == []


def test_an_empty_chart_can_not_be_saved_or_copied(charts):
    menu = charts.loss.menu
    menu.aboutToShow.emit()
    assert not menu.save.isEnabled()
    assert not menu.copy.isEnabled()
    assert menu.units["epochs"].isChecked()
    assert menu.smoothings["some"].isChecked()
