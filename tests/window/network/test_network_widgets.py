"""The widgets of the Network workspace, each by itself."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from studio.image.colour_map import NOT_FINITE
from studio.nets.layer import Size
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS
from studio.window.network.blocks import Blocks
from studio.window.network.field.view import Patch
from studio.window.network.look import table
from studio.window.network.table import FIELD, MULTIPLY_ADDS, WEIGHTS, LayerTable
from studio.window.network.values import ValueView, scale_of

CONVNET = table(NETWORKS["convnet"])
NAMES = [row.name for row in CONVNET]


# Table


@pytest.fixture
def layers(qtbot):
    made = LayerTable()
    qtbot.addWidget(made)
    made.resize(400, 500)
    made.show()
    made.set_rows(CONVNET)
    return made


def cells(layers, row):
    model = layers.model
    return [model.index(row, column).data() for column in range(MULTIPLY_ADDS + 1)]


def test_the_table_s_figures(layers):
    assert cells(layers, 0) == ["Input", "3×32×32", "", "1", ""]
    assert cells(layers, NAMES.index("conv2")) == ["Conv 2", "64×16×16", "51,264", "14", "13.1 M"]
    assert layers.model.totals[:5] == ("13 layers", "", "1,191,170", "60", "23.2 M")


def test_a_click_chooses_a_row_and_following_does_not(layers, qtbot):
    heard = []
    layers.chosen.connect(heard.append)
    layers.set_row(4)
    assert heard == []
    box = layers.view.visualRect(layers.model.index(2, WEIGHTS))
    qtbot.mouseClick(layers.view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    qtbot.keyClick(layers.view, Qt.Key.Key_Down)
    assert heard == [2, 3]


def test_letters_don_t_move_the_row(layers, qtbot):
    layers.set_row(0)
    qtbot.keyClick(layers.view, Qt.Key.Key_D)
    assert layers.view.currentIndex().row() == 0


def test_columns_fill_the_width(layers):
    def whole():
        return sum(layers.view.columnWidth(column) for column in range(5))

    assert whole() == layers.view.viewport().width()
    assert layers.fit(1024) < layers.fit(1280) < layers.fit(1920)
    layers.fit(1024)
    assert layers.view.isColumnHidden(WEIGHTS)
    assert layers.view.isColumnHidden(MULTIPLY_ADDS)
    assert whole() == layers.view.viewport().width()


def test_totals_stand_below_the_last_row_and_stay_in_sight(layers, qtbot):
    below = layers._totals.geometry()
    last = layers.view.visualRect(layers.model.index(len(CONVNET) - 1, FIELD))
    assert below.top() == layers.view.viewport().mapTo(layers, last.bottomLeft()).y() + 1
    layers.resize(400, 200)
    qtbot.waitUntil(lambda: layers._totals.geometry().bottom() == 199)


# Blocks


@pytest.fixture
def blocks(qtbot):
    made = Blocks()
    qtbot.addWidget(made)
    made.resize(900, made.height())
    made.show()
    made.strip.set_rows(CONVNET)
    return made


def test_which_layers_have_a_block(blocks, qtbot):
    assert blocks.strip.count == 9
    rows = []
    blocks.strip.chosen.connect(rows.append)
    for number in range(9):
        centre = blocks.strip.box_of(number).center()
        qtbot.mouseClick(blocks.strip, Qt.MouseButton.LeftButton, pos=centre)
    stages = [f"{kind}{number}" for number in (1, 2, 3) for kind in ("conv", "pool")]
    expected = ["input", *stages, "dense1", "dense2"]
    assert [NAMES[row] for row in rows] == expected


def test_a_row_without_a_block_belongs_to_the_one_above(blocks):
    blocks.set_row(NAMES.index("relu2"))
    assert blocks.strip.current == 3
    assert blocks.strip.accessibleDescription() == "Conv 2, 64×16²"


def test_arrow_keys_choose_blocks(blocks, qtbot):
    rows = []
    blocks.strip.chosen.connect(rows.append)
    blocks.set_row(NAMES.index("pool1"))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(blocks.strip, key)
    assert [NAMES[row] for row in rows] == ["conv2", "conv1", "input", "dense2"]


def test_a_long_network_scrolls_instead_of_being_squeezed(blocks):
    network = Network(
        input=Size(3, 32, 32),
        layers=tuple({"kind": "conv", "filters": 8 + n, "padding": 1} for n in range(40)),
    )
    rows = table(network)
    blocks.strip.set_rows(rows)
    assert blocks.strip.width() > blocks.width()
    blocks.set_row(len(rows) - 1)
    seen = blocks.viewport().rect().translated(blocks.horizontalScrollBar().value(), 0)
    assert seen.contains(blocks.strip.box_of(40).center())
    left = [blocks.strip.box_of(number).left() for number in range(41)]
    assert left == sorted(set(left))


def test_the_current_block_is_outlined(blocks, pixels_of, looks):
    def outlined():
        accent = np.array([0x1B, 0x58, 0xC9])
        is_accent = np.abs(pixels_of(blocks.strip) - accent.astype(int)).sum(axis=2) < 9
        return np.nonzero(is_accent.any(axis=0))[0]

    blocks.set_row(0)
    assert outlined().max() <= blocks.strip.box_of(0).right()
    blocks.set_row(len(CONVNET) - 1)
    assert outlined().min() >= blocks.strip.box_of(8).left()


def test_a_block_s_tooltip(blocks, qtbot):
    place = blocks.strip.box_of(1).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, blocks.strip.mapToGlobal(place))
    QApplication.sendEvent(blocks.strip, event)
    assert QToolTip.text() == "Conv 1  32×32²\n2,432 weights, 0.2 % of all"
    QToolTip.hideText()


def test_blocks_beside_each_other_are_told_apart(blocks, qtbot):
    rows = table(NETWORKS["inception-cifar"])
    blocks.strip.set_rows(rows)
    heard = []
    blocks.strip.chosen.connect(heard.append)
    lanes = [n for n, node in enumerate(blocks.strip.nodes) if node.lanes == 4][:8]
    for number in lanes:
        centre = blocks.strip.box_of(number).center()
        qtbot.mouseClick(blocks.strip, Qt.MouseButton.LeftButton, pos=centre)
    assert heard == [blocks.strip.nodes[number].rows[0] for number in lanes]
    assert all(blocks.strip.rect().contains(blocks.strip.box_of(number)) for number in lanes)


def test_keys_go_through_a_long_network_layer_by_layer(blocks, qtbot):
    rows = table(NETWORKS["resnet-56"])
    names = [row.name for row in rows]
    blocks.strip.set_rows(rows)
    heard = []
    blocks.strip.chosen.connect(lambda row: (heard.append(names[row]), blocks.set_row(row)))
    blocks.set_row(names.index("conv1"))
    for _ in range(4):
        qtbot.keyClick(blocks.strip, Qt.Key.Key_Right)
    assert heard == ["res1.body.conv1", "res1.body.conv2", "res1.add", "res2.body.conv1"]
    heard.clear()
    qtbot.keyClick(blocks.strip, Qt.Key.Key_Left)
    assert heard[0].startswith("res1.")
    qtbot.keyClick(blocks.strip, Qt.Key.Key_End)
    qtbot.keyClick(blocks.strip, Qt.Key.Key_Home)
    assert heard[-1] == "input"


def test_a_block_that_opens_is_in_sight_at_once(blocks):
    layers = tuple({"kind": "residual", "filters": 8 + n} for n in range(30))
    rows = table(Network(input=Size(3, 32, 32), layers=layers))
    blocks.strip.set_rows(rows)
    for number in (len(rows) - 1, 1, len(rows) // 2, len(rows) - 1):
        blocks.set_row(number)
        seen = blocks.viewport().rect().translated(blocks.horizontalScrollBar().value(), 0)
        assert seen.contains(blocks.strip.box_of(blocks.strip.current).center())


def test_a_layer_that_can_t_work_has_a_red_block(blocks, pixels_of):
    layers = ({"kind": "conv", "filters": 8, "kernel": 5}, {"kind": "conv", "kernel": 31})
    rows = table(Network(input=Size(3, 8, 8), layers=layers))
    assert rows[-1].problem
    blocks.strip.set_rows(rows)
    blocks.set_row(0)
    painted = pixels_of(blocks.strip).astype(int)
    is_red = painted[..., 0] - painted[..., 1:].max(axis=2) > 60
    places = np.nonzero(is_red.any(axis=0))[0]
    box = blocks.strip.box_of(2)
    assert places.size
    assert box.left() <= places.min()
    assert places.max() <= box.right()


def test_a_folded_block_is_painted_with_its_count(blocks):
    blocks.strip.set_rows(table(NETWORKS["resnet-20"]))
    blocks.set_row(0)
    shown = [node.title for node in blocks.strip.nodes]
    assert "Res 1 ×3" in shown
    blocks.set_row(10)
    assert blocks.strip.count > len(shown)
    blocks.grab()


# Values


@pytest.fixture
def values(qtbot):
    made = ValueView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def test_ten_values_are_bars_and_a_thousand_are_squares(values):
    values.set_values(np.arange(10, dtype=np.float32))
    assert values.has_bars
    values.set_values(np.arange(1000, dtype=np.float32))
    assert not values.has_bars
    values.set_values(np.arange(100, dtype=np.float32), [str(n) for n in range(100)])
    assert values.has_bars


@pytest.mark.parametrize("count", [1, 10, 33, 512, 1000, 20_000])
def test_every_value_is_found_where_it_is_painted(values, count):
    values.set_values(np.arange(count, dtype=np.float32))
    for index in {0, 1, count // 2, count - 1} & set(range(count)):
        values.set_current(index)
        box = values.box_of(index)
        assert values.viewport().rect().adjusted(-2, -2, 2, 2).contains(box)
        assert values.index_at(QPointF(box.center())) == index
    assert values.index_at(QPointF(5, 10**6)) == -1


def test_squares_have_the_colours_of_their_values(values, pixels_of):
    given = np.zeros(400, np.float32)
    given[7], given[300] = 2.0, -2.0
    values.set_values(given)
    values.set_current(0)
    painted = pixels_of(values.viewport())

    def colour(index):
        place = values.box_of(index).center()
        return tuple(painted[place.y(), place.x()])

    assert colour(7) == (0xFF, 0xDC, 0x96)
    assert colour(300) == (0x96, 0xD7, 0xFF)
    assert colour(8) == (0x76, 0x76, 0x76)


def test_bars_go_to_both_sides_of_zero(values, pixels_of):
    values.set_values(np.array([1.0, -2.0, 0.0, 4.0], np.float32))
    values.set_current(2)
    painted = pixels_of(values.viewport()).astype(int)
    warm, cold = np.array([0xC9, 0x68, 0x08]), np.array([0x1D, 0x79, 0xD3])
    lengths = []
    for index in range(4):
        line = painted[values.box_of(index).center().y()]
        lengths.append(
            (
                int((np.abs(line - warm).sum(1) < 9).sum()),
                int((np.abs(line - cold).sum(1) < 9).sum()),
            )
        )
    assert lengths[0][0] == pytest.approx(lengths[3][0] / 4, abs=2)
    assert lengths[1] == (0, pytest.approx(lengths[3][0] / 2, abs=2))
    assert lengths[2] == (0, 0)
    assert lengths[3][0] > 50


def test_keys_and_clicks_choose_values(values, qtbot):
    heard = []
    values.chosen.connect(heard.append)
    values.set_values(np.arange(100, dtype=np.float32))
    values.set_current(5)
    assert heard == []
    across = values._columns
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left):
        qtbot.keyClick(values, key)
    qtbot.keyClick(values, Qt.Key.Key_End)
    qtbot.keyClick(values, Qt.Key.Key_Right)  # there is none
    qtbot.keyClick(values, Qt.Key.Key_Home)
    assert heard == [6, 6 + across, 6, 5, 99, 0]
    qtbot.mouseClick(values.viewport(), Qt.MouseButton.LeftButton, pos=values.box_of(42).center())
    assert heard[-1] == values.current == 42


def test_hovering_tells_each_value_once(values, qtbot):
    heard = []
    values.hovered.connect(heard.append)
    values.hover_left.connect(lambda: heard.append("left"))
    values.set_values(np.arange(10, dtype=np.float32))
    centre = values.box_of(3).center()
    for place in (centre, centre + QPoint(3, 2), values.box_of(4).center(), QPoint(5, 299)):
        qtbot.mouseMove(values.viewport(), place)
    assert heard == [3, 4, "left"]


def test_another_order_keeps_the_numbers(values, qtbot):
    heard = []
    values.chosen.connect(heard.append)
    values.set_values(np.array([3.0, 1.0, 2.0], np.float32), ["three", "one", "two"])
    values.set_current(2)
    values.set_order(np.array([0, 2, 1]))
    assert [values.box_of(index).top() // values._side for index in range(3)] == [0, 2, 1]
    assert values.index_at(QPointF(values.box_of(1).center())) == 1
    qtbot.keyClick(values, Qt.Key.Key_Down)
    qtbot.keyClick(values, Qt.Key.Key_Home)
    assert heard == [1, 0]
    values.grab()


@pytest.mark.parametrize("count", [10, 1000])
def test_values_that_are_not_finite(values, pixels_of, count):
    given = np.zeros(count, np.float32)
    given[1], given[2], given[3:5] = 4.0, np.nan, (np.inf, -np.inf)
    values.set_values(given)
    values.set_current(9)
    painted = pixels_of(values.viewport())
    if values.has_bars:
        assert values._texts[1:5] == ["4.000", "NaN", "∞", "−∞"]
    else:
        places = [values.box_of(index).center() for index in (2, 3, 4)]
        assert {tuple(painted[place.y(), place.x()]) for place in places} == {NOT_FINITE}
    assert scale_of(given) == (0.0, 4.0, "inferno")


def test_scales():
    assert scale_of(np.array([0, 3], np.float32)) == (0.0, 3.0, "inferno")
    assert scale_of(np.array([-4, 3], np.float32)) == (-4.0, 4.0, "signed")
    assert scale_of(np.zeros(3, np.float32)) == (0.0, 1.0, "inferno")


# Patch


def test_a_patch_shows_the_field_and_hatches_what_is_invented(qtbot, pixels_of):
    patch = Patch()
    qtbot.addWidget(patch)
    given = np.zeros((4, 4, 3), np.uint8)
    given[0, 0] = 255, 0, 0
    given[1, 0] = 0, 255, 0
    patch.show_field(given, (-1, 0, 2, 3))  # one row above the input
    painted = pixels_of(patch)
    third = patch.width() // 3
    assert tuple(painted[third + third // 2, third // 2]) == (255, 0, 0)
    assert tuple(painted[2 * third + third // 2, third // 2]) == (0, 255, 0)
    assert len(np.unique(painted[4 : third - 2, 4:-4].reshape(-1, 3), axis=0)) > 1
    patch.show_field(given, (10, 10, 13, 13))  # wholly outside
    assert not (pixels_of(patch) == [0, 0, 0]).all(axis=2).any()
