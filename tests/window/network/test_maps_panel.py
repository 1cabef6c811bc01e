"""Order, ranges, zoom and pins of the maps of a layer."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from studio.image.colour_map import NOT_FINITE, apply_map
from studio.image.write import number
from studio.nets.layer import Flat, Size
from studio.nets.row import input_row
from studio.window.network import map_measuring
from studio.window.network.maps_panel import MapsPanel

LEFT = Qt.MouseButton.LeftButton


def row_of(name, maps, kind="relu"):
    return replace(input_row(Size(*maps.shape)), name=name, kind=kind, title=name.capitalize())


def some_maps(*shape, low=0.0, seed=0):
    return np.random.default_rng(seed).uniform(low, 1, shape).astype(np.float32)


LAYERS = {
    "input": 50 * some_maps(3, 9, 9),
    "relu": some_maps(12, 5, 5),
    "conv": some_maps(8, 4, 4, low=-3),
    "gap": 100 * some_maps(8, 1, 1),
}


@pytest.fixture
def panel(qtbot):
    made = MapsPanel()
    qtbot.addWidget(made)
    made.resize(500, 560)
    made.show()
    qtbot.waitExposed(made)
    show(made, "relu")
    return made


def show(panel, name, layers=LAYERS):
    panel.show_maps(row_of(name, layers[name]), layers[name], (), layers)
    panel.show_unit(0, 0, 0)


def order(panel):
    return panel.grid._order.tolist()


def choose_order(panel, text):
    panel.head.order.setCurrentIndex(panel.head.order.findText(text))
    panel.head.order.activated.emit(panel.head.order.currentIndex())


def choose_range(panel, place):
    QTest.mouseClick(panel.head.range._group.button(place), LEFT)


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


# Order


@pytest.mark.parametrize(
    ("text", "figure"), [("By mean", np.mean), ("By max", np.max), ("By dead", None)]
)
def test_maps_are_sorted_and_keep_their_numbers(panel, text, figure):
    layers = {"relu": LAYERS["relu"].copy()}
    layers["relu"][5, :3] = 0
    layers["relu"][7, :1] = 0
    show(panel, "relu", layers)
    chosen = listen(panel.unit_chosen)
    panel.show_unit(7, 1, 2)
    choose_order(panel, text)
    of_each = figure or (lambda one: np.mean(one == 0))
    figures = [of_each(one) for one in layers["relu"]]
    assert order(panel) == sorted(range(12), key=lambda index: (-figures[index], index))
    assert (panel.grid.unit, chosen) == ((7, 1, 2), [])
    choose_order(panel, "By index")
    assert order(panel) == list(range(12))


def test_values_are_sorted_by_value(panel):
    show(panel, "gap")
    texts = [panel.head.order.itemText(place) for place in range(panel.head.order.count())]
    assert texts == ["By index", "By value"]
    choose_order(panel, "By value")
    assert panel.values._order.tolist() == np.argsort(-LAYERS["gap"][:, 0, 0]).tolist()
    show(panel, "relu")
    assert panel.head.order.count() == 4


# Ranges


def test_one_range_for_the_whole_network_without_input_and_single_values(panel):
    choose_range(panel, 2)
    largest = float(np.abs(LAYERS["conv"]).max())
    assert panel.scale._ends == ("0", number(largest))
    assert panel.scale._words == "in the whole network"
    assert panel.grid._strips._colours.high == pytest.approx(largest)
    show(panel, "conv")
    assert panel.scale._ends == (number(-largest), number(largest))
    show(panel, "gap")
    assert panel.values.isVisible()
    assert not panel.head.range.isVisible()


def test_another_picture_has_another_range(panel):
    choose_range(panel, 2)
    twice = {name: 2 * maps for name, maps in LAYERS.items()}
    show(panel, "relu", twice)
    assert panel.scale._ends[1] == number(2 * float(np.abs(LAYERS["conv"]).max()))


def test_much_is_measured_beside_the_window(panel, qtbot, monkeypatch):
    monkeypatch.setattr(map_measuring, "_QUICK", 0)
    show(panel, "conv")
    panel.show_unit(6, 3, 2)
    assert panel._latest.is_busy
    assert panel.grid.count == 12  # the older ones stay
    qtbot.waitUntil(lambda: not panel._latest.is_busy)
    assert (panel.grid.count, panel.grid.unit) == (8, (6, 3, 2))
    choose_range(panel, 2)
    qtbot.waitUntil(lambda: panel._latest._job is None)
    assert panel.scale._words == "in the whole network"


def test_what_is_outdated_is_not_shown(panel, qtbot, monkeypatch):
    monkeypatch.setattr(map_measuring, "_QUICK", 0)
    show(panel, "conv")
    panel.show_nothing(row_of("relu", LAYERS["relu"]), "There are no maps.", "")
    qtbot.waitUntil(lambda: panel._latest._job is None)
    assert panel.empty.isVisible()
    assert not panel.pin_action.isEnabled()


def test_maps_that_are_gone_are_not_measured_again(panel):
    show(panel, "conv")
    panel.show_nothing(row_of("relu", LAYERS["relu"]), "There are no maps.", "")
    panel.head.ranged.emit()
    assert panel.empty.isVisible()


def test_values_that_are_not_finite_are_named(panel):
    layers = {"relu": LAYERS["relu"].copy()}
    layers["relu"][0, 0, :2] = np.nan
    layers["relu"][1, 0, 0] = -np.inf
    show(panel, "relu", layers)
    assert panel.scale.accessibleName().endswith("2 NaN, 1 infinite")
    assert panel.scale._name == "inferno"
    panel.grab()


def test_what_a_layer_gives_is_named(panel):
    one = some_maps(1, 5, 8)
    row = replace(row_of("block", one, "attention"), shape=(5, 8))
    panel.show_maps(row, one)
    assert panel.head.count.text() == "5 tokens of 8 values"
    values = some_maps(1000, 1, 1)
    panel.show_maps(replace(row_of("dense", values), output=Flat(1000, 1, 1)), values)
    assert panel.head.count.text() == "1,000 values"
    show(panel, "input", {"input": LAYERS["input"]})
    assert panel.head.count.text() == "3 maps"


# Zoom


def test_one_map_is_zoomed_with_its_numbers(panel, qtbot, pixels_of):
    panel.show_unit(3, 1, 2)
    QTest.keyClick(panel.grid, Qt.Key.Key_Z)
    assert panel.zoom.isVisible()
    assert panel.head.count.text() == "map 3 of 12"
    assert panel.zoom.has_numbers
    shown = pixels_of(panel.zoom)
    expected = apply_map(LAYERS["relu"][3], "inferno", 0, LAYERS["relu"][3].max())
    for y, x in ((0, 0), (4, 4), (2, 3)):
        place = panel.zoom.place_of(x + 0.5, y + 0.15)  # above the number
        found = shown[int(place.y()), int(place.x())].astype(int)
        assert np.abs(found - expected[y, x]).max() <= 1
    QTest.keyClick(panel.zoom, Qt.Key.Key_Escape)
    assert panel.grid.isVisible()
    assert panel.head.count.text() == "12 maps"


def test_the_scale_of_one_map_is_in_its_own_numbers(panel):
    panel.show_unit(7, 0, 0)
    assert panel.scale._ends == ("0", "")
    panel.toggle_zoom()
    assert panel.scale._ends == ("0", number(float(LAYERS["relu"][7].max())))
    panel.show_unit(8, 0, 0)
    assert panel.scale._ends == ("0", number(float(LAYERS["relu"][8].max())))
    panel.close_zoom()
    assert panel.scale._ends == ("0", "")


def test_the_order_makes_room_for_the_title(panel):
    row = replace(row_of("relu", LAYERS["relu"]), title="Layer 1.0 · ReLU 1")
    panel.show_maps(row, LAYERS["relu"])
    assert panel.head.order.isVisible()
    panel.resize(300, 560)
    assert not panel.head.order.isVisible()
    panel.resize(500, 560)
    assert panel.head.order.isVisible()


def test_a_double_click_zooms_and_another_goes_back(panel):
    box = panel.grid.box_of(4)
    QTest.mouseDClick(panel.grid.viewport(), LEFT, pos=box.center().toPoint())
    assert panel.is_zoomed
    QTest.mouseDClick(panel.zoom, LEFT, pos=panel.zoom.rect().center())
    assert not panel.is_zoomed


def test_the_zoomed_map_is_left_with_the_arrows(panel):
    choose_order(panel, "By max")
    first, second = order(panel)[:2]
    panel.show_unit(first, 1, 1)
    panel.toggle_zoom()
    chosen = listen(panel.unit_chosen)
    QTest.keyClick(panel.zoom, Qt.Key.Key_Right)
    QTest.keyClick(panel.zoom, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert chosen == [(second, 1, 1), (second, 2, 1)]
    assert np.array_equal(panel.zoom._map, LAYERS["relu"][second])


def test_a_unit_is_chosen_and_pointed_at_in_the_zoomed_map(panel):
    panel.show_unit(2, 0, 0)
    panel.toggle_zoom()
    chosen, hovered = listen(panel.unit_chosen), listen(panel.unit_hovered)
    place = panel.zoom.place_of(3.5, 1.5).toPoint()
    QTest.mouseMove(panel.zoom, place)
    QTest.mouseClick(panel.zoom, LEFT, pos=place)
    assert hovered == [(2, 1, 3)]
    assert chosen == [(2, 1, 3)]


def test_zoom_stays_for_another_layer_and_another_picture(panel):
    panel.show_unit(2, 0, 0)
    panel.toggle_zoom()
    show(panel, "conv")
    assert panel.is_zoomed
    assert np.array_equal(panel.zoom._map, LAYERS["conv"][0])
    twice = {name: 2 * maps for name, maps in LAYERS.items()}
    show(panel, "conv", twice)
    assert np.array_equal(panel.zoom._map, twice["conv"][0])
    show(panel, "gap")  # has nothing to zoom
    assert not panel.zoom_action.isEnabled()


# Pins


def pin(panel, name, index):
    show(panel, name)
    panel.show_unit(index, 0, 0)
    QTest.keyClick(panel.grid, Qt.Key.Key_D)


def test_maps_are_pinned_and_stay_for_other_layers(panel):
    pin(panel, "relu", 3)
    pin(panel, "conv", 5)
    assert panel.pinned.isVisible()
    assert [(one.row, one.number) for one in panel.pinned.pins] == [("relu", 3), ("conv", 5)]
    texts = [button.accessibleName() for button in panel.pinned._buttons.values()]
    assert texts == ["Relu, map 3", "Conv, map 5"]
    assert panel.pin_action.text() == "Unpin map"
    show(panel, "gap")
    assert len(panel.pinned.pins) == 2
    assert not panel.pin_action.isEnabled()
    pin(panel, "relu", 3)
    assert [(one.row, one.number) for one in panel.pinned.pins] == [("conv", 5)]


def picture_of(panel, name, index):
    button = next(b for p, b in panel.pinned._buttons.items() if (p.row, p.number) == (name, index))
    image = button.icon().pixmap(48, 48).toImage()
    return [image.pixelColor(x, y).getRgb()[:3] for y in (8, 24, 40) for x in (8, 24, 40)]


def test_pins_follow_new_pictures_and_ranges(panel):
    pin(panel, "relu", 3)
    one = picture_of(panel, "relu", 3)
    other = {name: maps[:, ::-1].copy() for name, maps in LAYERS.items()}
    show(panel, "conv", other)
    flipped = picture_of(panel, "relu", 3)
    assert flipped[:3] == one[6:]
    choose_range(panel, 2)  # the network's largest is three times as large
    assert max(sum(colour) for colour in picture_of(panel, "relu", 3)) < max(map(sum, flipped))


def test_pins_that_another_network_has_not_are_gone(panel):
    pin(panel, "relu", 11)
    pin(panel, "conv", 5)
    smaller = {"conv": LAYERS["conv"], "relu": LAYERS["relu"][:4]}
    show(panel, "conv", smaller)
    assert [(one.row, one.number) for one in panel.pinned.pins] == [("conv", 5)]
    show(panel, "relu", {"relu": LAYERS["relu"]})
    assert not panel.pinned.isVisible()


def test_a_pin_leads_to_its_map_and_is_taken_away_with_delete(panel, qtbot):
    pin(panel, "relu", 3)
    show(panel, "conv")
    heard = listen(panel.pin_chosen)
    button = next(iter(panel.pinned._buttons.values()))
    QTest.mouseClick(button, LEFT)
    assert heard == [("relu", 3)]
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Delete)
    assert panel.pinned.pins == ()


# Keys


def test_h_lists_the_keys_and_gives_the_keyboard_back(panel, qtbot):
    panel.grid.setFocus()
    QTest.keyClick(panel.grid, Qt.Key.Key_H)
    assert panel.keys.isVisible()
    assert panel.rect().contains(panel.keys.geometry())
    QTest.keyClick(panel.keys, Qt.Key.Key_Escape)
    assert not panel.keys.isVisible()
    assert panel.grid.hasFocus()
    QTest.keyClick(panel.grid, Qt.Key.Key_H)
    QTest.keyClick(panel.keys, Qt.Key.Key_H)
    assert not panel.keys.isVisible()


def test_the_menu_of_a_map(panel, qtbot):
    panel.grid.menu_wanted.emit(panel.mapToGlobal(panel.rect().center()))
    menu = panel.menu
    assert menu.isVisible()
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Pin map", "Zoom map", "Save maps…"]
    heard = listen(panel.save_wanted)
    menu.actions()[2].trigger()
    assert heard == [()]
    menu.close()


def test_green_is_in_no_colour_map():
    for name in ("inferno", "signed"):
        colours = apply_map(np.linspace(-1, 1, 999, dtype=np.float32)[None], name, -1, 1)[0]
        assert np.abs(colours.astype(int) - NOT_FINITE).sum(axis=1).min() > 100


def test_the_place_under_the_cursor_is_the_unit_s_own(panel):
    choose_order(panel, "By mean")
    hovered = listen(panel.unit_hovered)
    box = panel.grid.box_of(9)
    place = QPointF(box.left() + 3.5 / 5 * box.width(), box.top() + 1.5 / 5 * box.height())
    QTest.mouseMove(panel.grid.viewport(), place.toPoint())
    assert hovered == [(9, 1, 3)]
