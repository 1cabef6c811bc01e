import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from studio.filters import FILTERS
from studio.filters.kernel import MAX_SIDE, PRESETS
from studio.window.canvas.cells import fitting
from studio.window.chrome import theme
from studio.window.forms.form import Form
from studio.window.forms.kernel_grid import resized

SOBEL = PRESETS["sobel-x"].kernel
BOX = PRESETS["box-3"].kernel


@pytest.fixture
def form(qtbot):
    made = Form(FILTERS["convolution"](kernel=SOBEL))
    qtbot.addWidget(made)
    made.resize(287, 600)
    made.show()
    made.activateWindow()
    made.said = []
    made.changed.connect(lambda value: made.said.append(value.kernel))
    return made


@pytest.fixture
def field(form):
    return form.fields["kernel"]


def typed(qtbot, box, text):
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def cell(field, row, column):
    return field.table.numbers.index(row, column)


def edit(qtbot, field, row, column, text):
    field.table.setFocus()
    field.table.setCurrentIndex(cell(field, row, column))
    qtbot.keyClick(field.table, Qt.Key.Key_F2)
    editor = field.table.viewport().findChildren(QLineEdit)[-1]
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes the text in a later turn


def test_a_cell_is_edited_with_the_keyboard(qtbot, form, field):
    edit(qtbot, field, 1, 2, "2.5")
    assert form.said[-1] == ((-1, 0, 1), (-2, 0, 2.5), (-1, 0, 1))
    edit(qtbot, field, 0, 0, "-1/3")
    assert form.value.kernel[0][0] == pytest.approx(-1 / 3)
    qtbot.keyClick(field.table, Qt.Key.Key_Delete)
    assert form.value.kernel[0][0] == 0


def test_an_edit_that_changes_nothing_says_nothing(qtbot, form, field):
    edit(qtbot, field, 1, 2, "2")
    assert form.said == []


def test_a_cell_that_is_no_number_is_refused_with_a_sentence(qtbot, form, field):
    edit(qtbot, field, 0, 0, "ten")
    assert form.said == []
    assert field.value() == SOBEL
    assert form._sentences["kernel"].text() == "'ten' is not a number"
    assert field.table.property("refused")
    edit(qtbot, field, 0, 0, "10")
    assert form._sentences["kernel"].isHidden()


def test_arrows_move_and_tab_leaves(qtbot, form, field):
    field.table.setFocus()
    field.table.setCurrentIndex(cell(field, 0, 0))
    qtbot.keyClick(field.table, Qt.Key.Key_Right)
    qtbot.keyClick(field.table, Qt.Key.Key_Down)
    assert field.table.currentIndex() == cell(field, 1, 1)
    qtbot.keyClick(field.table, Qt.Key.Key_Tab)
    assert not field.table.hasFocus()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_chosen_and_recognised(form, field, name):
    field.set_value(PRESETS["identity"].kernel)
    box = field.preset
    assert box.currentText() == "Identity"
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    assert field.value() == PRESETS[name].kernel
    assert box.currentText() == PRESETS[name].title


def test_an_own_kernel_is_called_so(qtbot, field):
    edit(qtbot, field, 0, 0, "9")
    assert field.preset.currentText() == "Own"


def test_size_boxes_cut_and_fill_up_around_the_centre(qtbot, form, field):
    typed(qtbot, field.height_box, "5")
    assert np.array(form.said[-1]).shape == (5, 3)
    assert form.said[-1][1:4] == SOBEL
    typed(qtbot, field.width_box, "1")
    assert form.said[-1] == ((0,), (0,), (0,), (0,), (0,))
    typed(qtbot, field.width_box, "999")
    assert field.width_box.number() == MAX_SIDE


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_resizing_keeps_the_centre(height, width, new_height, new_width):
    kernel = np.zeros((height, width))
    kernel[height // 2, width // 2] = 1
    new = np.array(resized(tuple(map(tuple, kernel)), new_height, new_width))
    assert new.shape == (new_height, new_width)
    assert new[new_height // 2, new_width // 2] == 1


def test_normalise_divides_by_the_sum(form, field):
    form.set_value(FILTERS["convolution"](kernel=((1, 2), (3, 4))))
    field.normalise_link.click()
    np.testing.assert_allclose(form.value.kernel, np.array([[1, 2], [3, 4]]) / 10)
    assert field.facts.text().startswith("Sum 1")


def test_a_sum_of_zero_can_not_be_normalised_and_says_why(field):
    assert not field.normalise_link.isEnabled()
    assert "sum 0" in field.normalise_link.toolTip()


def test_rotate_turns_by_a_quarter(form, field):
    field.rotate_link.click()
    assert form.value.kernel == ((-1, -2, -1), (0, 0, 0), (1, 2, 1))
    for _ in range(3):
        field.rotate_link.click()
    assert form.value.kernel == SOBEL


@pytest.mark.parametrize("text", ["1 2; 3 4", "1,2\n3,4", "[[1, 2], [3, 4]]"])
def test_a_kernel_is_pasted(qtbot, form, field, text):
    QGuiApplication.clipboard().setText(text)
    field.table.setFocus()
    qtbot.keyClick(field.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert form.value.kernel == ((1, 2), (3, 4))


def test_a_copy_can_be_pasted(qtbot, form, field):
    form.set_value(FILTERS["convolution"](kernel=BOX))
    field.table.setFocus()
    qtbot.keyClick(field.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    form.set_value(FILTERS["convolution"](kernel=SOBEL))
    field.paste_link.click()
    assert form.value.kernel == BOX


def test_nonsense_is_not_pasted(form, field):
    QGuiApplication.clipboard().setText("1 2; 3")
    field.paste_link.click()
    assert field.value() == SOBEL
    assert "row 2 has 1 number" in form._sentences["kernel"].text()


@pytest.mark.parametrize(
    ("kernel", "facts"),
    [
        (SOBEL, "Sum 0\nSeparable"),
        (BOX, "Sum 1\nSeparable"),
        (PRESETS["laplacian"].kernel, "Sum 0"),
        (((-1, 0.5),), "Sum −0.5"),
    ],
)
def test_sum_and_separability_are_named(form, field, kernel, facts):
    form.set_value(FILTERS["convolution"](kernel=kernel))
    assert field.facts.text() == facts


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_cells_are_tinted_by_sign_12_to_44_percent(looks, form, field, choice):
    looks.choose(choice)
    tokens = theme.tokens()
    field.table.clearFocus()
    image = field.table.viewport().grab().toImage()

    def mixed(role, opacity):
        top, ground = theme.colour(role), theme.colour("control")
        return [
            opacity * getattr(top, part)() + (1 - opacity) * getattr(ground, part)()
            for part in ("red", "green", "blue")
        ]

    def found(row, column):
        spot = field.table.cell(row, column)
        pixel = image.pixelColor(spot.left() + 6, spot.center().y() + 8)
        return [pixel.red(), pixel.green(), pixel.blue()]

    assert found(0, 1) == [int(tokens.control[at : at + 2], 16) for at in (1, 3, 5)]
    np.testing.assert_allclose(found(1, 0), mixed("cold", 0.44), atol=2)
    np.testing.assert_allclose(found(1, 2), mixed("warm", 0.44), atol=2)
    np.testing.assert_allclose(found(0, 2), mixed("warm", 0.28), atol=2)


def test_cells_are_flush_with_the_fields(form, field):
    table = field.table
    assert table.cell(0, 0).left() == 0
    assert table.cell(0, 2).right() + 1 == table.viewport().width()
    gaps = [table.cell(0, i + 1).left() - table.cell(0, i).right() - 1 for i in (0, 1)]
    assert gaps == [2, 2]
    assert table.height() == 88


@given(st.floats(-1e6, 1e6), st.integers(25, 70))
def test_a_weight_is_written_with_the_digits_that_fit(qapp, weight, width):
    metrics = QFontMetrics(theme.font(11))
    text = fitting(weight, metrics, width)
    number = float(text.replace("−", "-"))
    fits = metrics.horizontalAdvance(text) <= width
    assert fits or number == float(f"{weight:.1g}")
    assert number == pytest.approx(weight, rel=0.5)


def test_a_large_kernel_scrolls_and_keeps_the_form_narrow(form, field):
    form.set_value(FILTERS["convolution"](kernel=((1.0,) * 63,) * 63))
    assert field.table.height() < 250
    assert form.minimumSizeHint().width() <= 287
    assert field.table.horizontalScrollBar().maximum() > 0


def test_a_locked_kernel_is_not_edited(qtbot, form, field):
    form.set_locked(True)
    field.table.setFocus()
    qtbot.keyClick(field.table, Qt.Key.Key_F2)
    assert field.table.viewport().findChild(QLineEdit) is None
    QGuiApplication.clipboard().setText("1 2; 3 4")
    qtbot.keyClick(field.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(field.table, Qt.Key.Key_Delete)
    assert form.said == []
