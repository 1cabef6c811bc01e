"""The Network workspace, driven as a person does: layers, maps and units."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.image.colour_map import apply_map
from studio.image.write import number
from studio.nets.model import Model
from studio.nets.zoo import network
from studio.window.network.table import LayerTable

LEFT = Qt.MouseButton.LeftButton


# What is shown


def test_the_maps_are_the_network_s(studio):
    expected = studio.expected()
    assert list(studio.space.look.maps) == studio.names
    for name, maps in studio.space.look.maps.items():
        assert np.allclose(maps, expected[name], atol=1e-6)
    assert studio.status.message.startswith("Maps of 7 layers in ")


def test_nothing_is_computed_before_the_workspace_is_seen(session, make_studio, some_picture):
    studio = make_studio()
    studio.window.show_space("other")
    session.paste_picture(some_picture(1))
    assert studio.space.look is None
    assert not studio.space._latest.is_busy
    studio.open()
    assert studio.space.look.picture is session.picture


def test_at_first_the_strongest_unit_of_the_first_activation_is_shown(studio):
    maps = studio.expected()["relu1"]
    index, y, x = np.unravel_index(maps.argmax(), maps.shape)
    assert studio.space.sight.chosen_unit == (index, y, x)
    assert studio.shown() == (f"Map {index}, row {y}, column {x}", number(float(maps.max())))
    assert studio.grid.unit == (index, y, x)


def test_table_and_totals(studio, tiny):
    model = studio.space.editor.table.model
    assert [row.name for row in model.rows] == studio.names
    assert model.totals[0] == "7 layers"
    weights = sum(array.size for array in tiny().weights.values())
    assert model.totals[2] == f"{weights:,}"


# One selection for all


def test_a_click_in_the_table(studio, qtbot):
    view = studio.space.editor.table.view
    for name in ("conv2", "flatten1", "input", "dense2"):
        box = view.visualRect(view.model().index(studio.names.index(name), 0))
        qtbot.mouseClick(view.viewport(), LEFT, pos=box.center())
        studio.agrees_on(name)


def test_a_click_on_a_block(studio, qtbot):
    strip = studio.space.body.blocks.strip
    for block, name in ((3, "conv2"), (0, "input"), (5, "dense2")):
        qtbot.mouseClick(strip, LEFT, pos=strip.box_of(block).center())
        studio.agrees_on(name)


def test_u_and_o_move_between_layers_wherever_the_keyboard_is(studio, qtbot):
    studio.agrees_on("relu1")
    for widget in (studio.grid, studio.space.editor.table.view, studio.space.body.blocks.strip):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_O)
        studio.agrees_on("pool1")
        qtbot.keyClick(widget, Qt.Key.Key_U)
        studio.agrees_on("relu1")


def test_there_is_no_layer_beyond_the_ends(studio):
    studio.choose("input")
    assert not studio.space.previous_action.isEnabled()
    studio.choose("dense2")
    assert not studio.space.next_action.isEnabled()
    assert studio.space.previous_action.isEnabled()


# Units


def test_a_click_on_a_unit(studio):
    studio.choose("conv1")
    studio.press(3, 0, 11)
    value = studio.expected()["conv1"][3, 0, 11]
    assert studio.space.sight.chosen_unit == (3, 0, 11)
    assert studio.shown() == ("Map 3, row 0, column 11", number(float(value)))
    assert studio.field.sizes.theory.extent.text() == "3×3"
    words = studio.field.sizes.words.text()
    assert words.startswith("Theory reaches 1 pixel beyond the top and right edges")


def test_the_rectangle_is_the_field_on_the_picture(studio):
    """48 of 60 rows are seen by 12 units of 4 pixels each."""
    studio.choose("conv1")
    studio.space.sight.choose_unit(0, 5, 2)
    assert studio.space.maps.grid.unit == (0, 5, 2)
    box = studio.field.picture.rectangle
    assert (box.top(), box.left(), box.bottom(), box.right()) == (16, 4, 28, 16)
    assert not any(studio.field.picture.cut)
    studio.space.sight.choose_unit(0, 0, 2)
    box = studio.field.picture.rectangle
    assert (box.top(), box.left(), box.bottom(), box.right()) == (0, 4, 8, 16)
    assert studio.field.picture.cut == (True, False, False, False)
    seen = studio.session.picture.pixels[6:54]
    assert np.array_equal(studio.field.picture.levels.rgb, seen)


def test_a_border_that_fitting_adds_is_named(studio, qtbot, tiny):
    model = tiny()
    fitted = model.card.preprocessing.change(resize="fit")
    studio.session.add_model(Model(model.card.change(preprocessing=fitted), model.weights), "run:1")
    qtbot.waitUntil(lambda: studio.space.look.model.card.preprocessing == fitted)
    studio.choose("conv1")
    # 12 rows show 60 pixels, so columns 0 and 11 are border.
    studio.space.sight.choose_unit(0, 5, 1)
    assert studio.field.picture.cut == (False, True, False, False)
    words = studio.field.sizes.words.text()
    assert words.startswith("Theory reaches into the border that was added")


def test_pointing_shows_a_unit_until_the_cursor_leaves(studio, qtbot):
    studio.choose("pool1")
    chosen = studio.shown()
    qtbot.mouseMove(studio.grid.viewport(), studio.place_of(4, 2, 3))
    value = number(float(studio.expected()["pool1"][4, 2, 3]))
    assert studio.shown() == ("Map 4, row 2, column 3", value)
    assert studio.status.cursor_text == f"map 4, row 2, column 3   {value}"
    box = studio.field.picture.rectangle
    assert (box.top(), box.left()) == (4 * 3, 4 * 5)
    studio.grid._hover(None)
    assert studio.shown() == chosen
    assert studio.status.cursor_text == ""


def test_arrow_keys_move_map_and_unit(studio, qtbot):
    studio.choose("conv1")
    studio.space.sight.choose_unit(0, 5, 5)
    studio.space.maps.show_unit(0, 5, 5)
    qtbot.keyClick(studio.grid, Qt.Key.Key_Right)
    assert studio.space.sight.chosen_unit == (1, 5, 5)
    qtbot.keyClick(studio.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert studio.space.sight.chosen_unit == (1, 6, 5)
    assert studio.shown()[0] == "Map 1, row 6, column 5"


def test_a_click_on_the_picture_finds_the_unit_that_looks_there(studio, qtbot):
    studio.choose("conv1")
    view = studio.field.picture
    place = view.place_of(4 * 7 + 2, 4 * 3 + 2).toPoint()
    index = studio.space.sight.chosen_unit[0]
    qtbot.mouseClick(view, LEFT, pos=place)
    assert studio.space.sight.chosen_unit == (index, 3, 7)
    assert studio.grid.unit == (index, 3, 7)


def test_a_unit_stays_at_its_place_from_layer_to_layer(studio):
    studio.choose("conv1")
    studio.space.sight.choose_unit(5, 11, 0)
    studio.choose("conv2")
    assert studio.space.sight.chosen_unit == (5, 3, 0)
    studio.choose("dense2")
    studio.choose("conv1")
    assert studio.space.sight.chosen_unit == (5, 11, 0)


def test_the_ranges_of_the_colours(studio, qtbot):
    studio.choose("relu1")
    assert studio.space.maps.scale._ends == ("0", "")
    studio.choose("conv1")
    assert studio.space.maps.scale._ends == ("−", "+")
    qtbot.mouseClick(studio.space.maps.head.range._group.button(1), LEFT)
    largest = float(np.abs(studio.expected()["conv1"]).max())
    assert studio.space.maps.scale._ends == (number(-largest), number(largest))
    studio.choose("relu1")
    maps = studio.expected()["relu1"]
    largest = float(maps.max())
    assert studio.space.maps.scale._ends == ("0", number(largest))
    weakest = maps[maps.max(axis=(1, 2)).argmin()]
    assert weakest.max() < largest
    picture = studio.grid.viewport().grab().toImage()
    for index, one in enumerate(maps):
        y, x = np.unravel_index(int(one.argmax()), one.shape)
        painted = picture.pixelColor(studio.place_of(index, y, x)).getRgb()[:3]
        if index != studio.grid.current:  # which has a frame around its unit
            expected = apply_map(one, "inferno", 0, largest)[y, x]
            assert np.abs(np.subtract(painted, expected.astype(int))).max() <= 1


# Pins and zoom


def test_a_pinned_map_leads_back_to_its_layer(studio, qtbot):
    studio.choose("conv2")
    studio.press(5, 2, 3)
    QTest.keyClick(studio.grid, Qt.Key.Key_D)
    studio.choose("relu1")
    button = next(iter(studio.space.maps.pinned._buttons.values()))
    qtbot.mouseClick(button, LEFT)
    studio.agrees_on("conv2")
    assert studio.grid.current == studio.space.sight.chosen_unit[0] == 5


def test_the_zoomed_map_follows_the_layers_and_its_units_the_inspector(studio):
    studio.choose("conv1")
    studio.press(4, 2, 3)
    QTest.keyClick(studio.grid, Qt.Key.Key_Z)
    zoom = studio.space.maps.zoom
    place = zoom.place_of(7.5, 6.5).toPoint()
    QTest.mouseClick(zoom, LEFT, pos=place)
    assert studio.space.sight.chosen_unit == (4, 6, 7)
    QTest.keyClick(zoom, Qt.Key.Key_O)
    studio.agrees_on("relu1")
    assert np.array_equal(zoom._map, studio.expected()["relu1"][4])


# Vectors


def test_the_answer_is_bars_with_the_classes_names(studio, qtbot):
    studio.choose("dense2")
    values, answer = studio.space.maps.values, studio.expected()["dense2"][:, 0, 0]
    assert values.isVisible()
    assert values.has_bars
    best = int(answer.argmax())
    assert studio.shown() == (f"Class {('cat', 'dog', 'owl')[best]}", number(float(answer[best])))
    values.setFocus()
    qtbot.keyClick(values, Qt.Key.Key_Home)
    assert studio.shown() == ("Class cat", number(float(answer[0])))
    qtbot.mouseMove(values.viewport(), values.box_of(2).center())
    assert studio.shown()[0] == "Class owl"
    assert studio.status.cursor_text == f"class owl   {number(float(answer[2]))}"


def test_many_values_are_squares(studio, qtbot):
    studio.choose("dense1")
    values, expected = studio.space.maps.values, studio.expected()["dense1"][:, 0, 0]
    assert not values.has_bars
    qtbot.mouseClick(values.viewport(), LEFT, pos=values.box_of(17).center())
    assert studio.shown() == ("Unit 17", number(float(expected[17])))
    assert not studio.space.maps.head.range.isVisible()


# Room


def test_the_table_is_as_wide_as_the_window_allows(studio, qtbot):
    table, window = studio.space.editor.table, studio.window
    for width in (1280, 1024, 1280, 1024):
        window.resize(width, 720)
        wanted = table.fit(width)
        qtbot.waitUntil(lambda wanted=wanted: abs(studio.space.editor.width() - wanted) <= 1)


def test_the_table_has_no_bar_where_all_its_lines_fit(qtbot):
    table = LayerTable()
    qtbot.addWidget(table)
    table.set_rows(network("convnet-bn").table())
    table.resize(400, table.sizeHint().height() + 100)
    table.show()
    qtbot.waitExposed(table)
    assert table.view.verticalScrollBar().maximum() == 0


def test_another_page_begins_at_its_top(studio, qtbot):
    inspector = studio.space.inspector
    studio.window.resize(1024, 700)
    qtbot.waitUntil(lambda: inspector._bar.maximum() > 0)
    inspector._bar.setValue(inspector._bar.maximum())
    inspector.segments._group.buttons()[1].click()
    assert inspector._bar.value() == 0
