"""The table of a network: blocks and folding, columns, layers that can't work."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from studio.nets.layer import Size
from studio.nets.network import Network
from studio.window.chrome import theme
from studio.window.network.columns import COLUMNS, MEMORY, OUTPUT, PADDING, STRIDE, WEIGHTS
from studio.window.network.look import table
from studio.window.network.table import LayerTable

LEFT = Qt.MouseButton.LeftButton
CONV, RES = {"kind": "conv", "filters": 4, "padding": 1}, {"kind": "residual", "filters": 8}
HEAD = ({"kind": "flatten"}, {"kind": "dense", "units": 3})
BLOCKS = Network(input=Size(3, 16, 16), layers=(CONV, RES, RES, *HEAD))


@pytest.fixture
def layers(qtbot):
    made = LayerTable()
    qtbot.addWidget(made)
    made.resize(480, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(layers):
    """The titles of the lines that can be seen."""
    view = layers.view
    lines = enumerate(layers.model.lines)
    return [line.title for place, line in lines if not view.isRowHidden(place)]


def line_named(layers, title):
    return next(n for n, line in enumerate(layers.model.lines) if line.title == title)


def cell(layers, place, column):
    return layers.model.index(place, column).data()


# Blocks


def test_a_block_stands_above_its_layers_with_their_sums(layers):
    rows = table(BLOCKS)
    layers.set_rows(rows)
    inside = [row for row in rows if row.block == "Res 1"]
    place = line_named(layers, "Res 1")
    assert [line.title for line in layers.model.lines[place + 1 :][: len(inside)]] == [
        row.title.removeprefix("Res 1 · ") for row in inside
    ]
    assert all(line.is_inside for line in layers.model.lines[place + 1 :][: len(inside)])
    assert cell(layers, place, WEIGHTS) == f"{sum(row.weights for row in inside):,}"
    assert cell(layers, place, OUTPUT) == "8×16×16"
    assert layers.model.totals[WEIGHTS] == f"{BLOCKS.weights:,}"


def test_neighbouring_blocks_of_one_name_stay_apart(layers):
    """As in a network whose only blocks are of two kinds, each alone of its kind."""
    layers.set_rows(table(BLOCKS.change(layers=(RES, {"kind": "inception"}, RES))))
    titles = [line.title for line in layers.model.lines if line.is_block]
    assert len(titles) == 3


def test_folding_hides_the_layers_and_choosing_one_shows_it(layers, qtbot):
    rows = table(BLOCKS)
    layers.set_rows(rows)
    everything = shown(layers)
    place = line_named(layers, "Res 1")
    box = layers.view.visualRect(layers.model.index(place, 0))
    QTest.mouseClick(layers.view.viewport(), LEFT, pos=box.topLeft() + _near(box))
    assert len(shown(layers)) == len(everything) - sum(row.block == "Res 1" for row in rows)
    number = next(n for n, row in enumerate(rows) if row.name == "res1.body.conv2")
    layers.set_row(number)
    assert shown(layers) == everything
    assert layers.line.row.name == "res1.body.conv2"


def view_pixels(layers, pixels_of):
    """What the lines look like, from the first on."""
    corner = layers.view.viewport().mapTo(layers, layers.view.viewport().rect().topLeft())
    return pixels_of(layers)[corner.y() :, corner.x() :]


def _near(box):
    """A little inside the left edge, in the middle of its height."""
    return type(box.topLeft())(14, box.height() // 2)


def test_the_arrow_keys_fold(layers, qtbot):
    layers.set_rows(table(BLOCKS))
    everything = shown(layers)
    layers.show_line(line_named(layers, "Res 2") + 2)
    qtbot.keyClick(layers.view, Qt.Key.Key_Left)
    assert layers.line.title == "Res 2"
    qtbot.keyClick(layers.view, Qt.Key.Key_Left)
    assert len(shown(layers)) < len(everything)
    qtbot.keyClick(layers.view, Qt.Key.Key_Right)
    assert shown(layers) == everything
    layers.view.fold_all(True)
    assert len(shown(layers)) == 6  # input, conv, two blocks, flatten, dense


def test_a_block_stands_for_its_last_layer(layers, qtbot):
    rows = table(BLOCKS)
    layers.set_rows(rows)
    last = max(n for n, row in enumerate(rows) if row.block == "Res 1")
    with qtbot.waitSignal(layers.chosen) as said:
        layers.view.selectRow(line_named(layers, "Res 1"))
    assert said.args == [last]
    layers.set_row(last)
    assert layers.line.title == "Res 1"


def test_a_long_network_begins_folded(layers):
    long = BLOCKS.change(layers=(RES,) * 12)
    layers.set_rows(table(long))
    assert shown(layers) == ["Input", *(f"Res {n}" for n in range(1, 13))]
    assert not layers.view.isRowHidden(0)
    layers.set_rows(table(long), is_edited=True)
    layers.view.fold_all(False)
    layers.set_rows(table(long.change(layers=(RES,) * 13)), is_edited=True)
    assert len(shown(layers)) > 80


# Columns


@pytest.mark.parametrize(
    ("width", "count"),
    [(1024, 3), (1280, 5), (1920, 8)],
)
def test_columns_come_with_the_width_of_the_window(layers, width, count):
    layers.set_rows(table(BLOCKS))
    layers.fit(width)
    assert sum(not layers.view.isColumnHidden(n) for n in range(len(COLUMNS))) == count


def test_a_person_s_columns_stay(layers, qtbot):
    layers.set_rows(table(BLOCKS))
    layers.fit(1280)
    actions = {action.text(): action for action in layers.column_menu.actions()}
    actions["Memory"].trigger()
    actions["Field"].trigger()
    layers.fit(1920)
    keys = [COLUMNS[n].key for n in range(len(COLUMNS)) if not layers.view.isColumnHidden(n)]
    assert keys == ["layer", "output", "weights", "multiply_adds", "memory"]
    other = LayerTable()
    qtbot.addWidget(other)
    other.fit(1280)
    assert not other.view.isColumnHidden(MEMORY)
    actions["As the window's width allows"].trigger()
    assert QSettings().value("network/columns") is None
    assert not layers.view.isColumnHidden(STRIDE)


def test_stride_padding_and_memory_in_input_pixels(layers):
    pooled = BLOCKS.change(layers=(CONV, {"kind": "max_pool"}, CONV, *HEAD))
    layers.set_rows(table(pooled))
    place = line_named(layers, "Conv 2")
    # A field of 3 + 1 + 2 * 2 pixels that moves by 2 and begins 1 + 2 pixels outside.
    assert [cell(layers, place, n) for n in (STRIDE, PADDING, MEMORY)] == ["2", "3", "1.0 kB"]
    values = sum(row.output.values for row in pooled.table())
    assert layers.model.totals[MEMORY] == f"{4 * values / 1000:.1f} kB"


def test_every_number_fits_its_column(layers):
    layers.set_rows(table(BLOCKS))
    layers.fit(1920)
    metrics = layers.view.fontMetrics()
    for column in range(1, len(COLUMNS)):
        texts = [cell(layers, n, column) for n in range(len(layers.model.lines))]
        assert layers.view.columnWidth(column) > max(map(metrics.horizontalAdvance, texts)) * 0.9


def test_the_details_name_the_cost_of_a_dense_layer(layers):
    layers.set_rows(table(BLOCKS))
    tip = layers.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    dense = (3 * 16 * 16 + 1) * 4 * 16 * 16
    assert f"{3 * 4 * 9 + 4}" in tip
    assert f"{dense / 1000:.0f} k" in tip


# What can't work


def test_the_layer_that_can_t_work_says_why_and_the_others_wait(layers):
    wrong = BLOCKS.change(layers=(CONV, {"kind": "conv", "kernel": 63}, RES, *HEAD))
    layers.set_rows(table(wrong), wrong.problems()[0])
    lines = {line.title: line for line in layers.model.lines}
    assert "63 × 63 kernel doesn't fit" in lines["Conv 2"].problem
    assert [title for title, line in lines.items() if line.is_waiting] == [
        "Res",
        "Flatten",
        "Dense",
    ]
    assert not lines["Conv 1"].is_broken
    place = line_named(layers, "Conv 2")
    assert layers.view.rowHeight(place) > layers.view.rowHeight(0)
    assert layers.view.columnSpan(place, 0) == len(COLUMNS)
    assert layers.model.totals[1:] == ("",) * 7
    index = layers.model.index(place, 0)
    assert "doesn't fit" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "doesn't fit" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    below = layers.model.index(place + 1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert below == "Res needs the layers above it to work"
    layers.set_rows(table(BLOCKS))
    assert layers.view.columnSpan(place, 0) == 1


def test_too_many_answers_are_the_last_layer_s_problem(layers):
    named = BLOCKS.change(classes=("cat", "dog"))
    layers.set_rows(table(named), named.problems()[0])
    assert layers.model.lines[-1].problem == "gives 3 values for 2 classes"
    assert not layers.model.lines[-2].is_broken


def test_what_is_wrong_is_red_and_what_waits_is_grey(layers, pixels_of):
    wrong = BLOCKS.change(layers=(CONV, {"kind": "conv", "kernel": 63}, *HEAD))
    layers.set_rows(table(wrong), wrong.problems()[0])
    layers.view.clearSelection()
    ground = theme.colour("error_ground").getRgb()[:3]
    box = layers.view.visualRect(layers.model.index(line_named(layers, "Conv 2"), 0))
    seen = view_pixels(layers, pixels_of)
    assert tuple(seen[box.center().y(), box.width() - 3]) == ground


# Weights


def test_the_longest_bar_is_the_largest_layer_s(layers, pixels_of):
    net = BLOCKS.change(layers=(CONV, {"kind": "flatten"}, {"kind": "dense", "units": 100}))
    layers.set_rows(table(net))
    layers.fit(1280)
    seen = view_pixels(layers, pixels_of)
    ground = seen[5, 2]
    lengths = {}
    for place, line in enumerate(layers.model.lines):
        box = layers.view.visualRect(layers.model.index(place, WEIGHTS))
        row = seen[box.top() + 5, box.left() : box.right()]
        lengths[line.title] = int((row != ground).any(axis=1).sum())
    assert lengths["Input"] == lengths["Flatten"] == 0
    assert lengths["Dense"] > 20
    assert lengths["Conv"] < 3


def test_new_layers_are_marked(layers):
    layers.set_rows(table(BLOCKS), new=("res2", "dense1"))
    new = [line.title for line in layers.model.lines if line.is_new and not line.is_inside]
    assert new == ["Res 2", "Dense"]
    inside = [line for line in layers.model.lines if line.is_inside and line.is_new]
    assert all(line.row.weights and line.row.block == "Res 2" for line in inside)
