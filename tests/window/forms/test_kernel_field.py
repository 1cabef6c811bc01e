import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from studio.filters import FILTERS
from studio.filters.kernel import kernel_text, made_by
from studio.filters.presets import PRESETS
from studio.filters.sized_kernels import MAX_SIDE, SIZED, Gabor, Gaussian, Motion
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
    assert field.preset.currentText() == "Own kernel"


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


def test_a_kernel_of_nine_scrolls_and_keeps_the_form_narrow(form, field):
    form.set_value(FILTERS["convolution"](kernel=((1.0,) * 9,) * 9))
    assert field.table.isVisible()
    assert not field.picture.isVisible()
    assert field.table.height() < 250
    assert form.minimumSizeHint().width() <= 287
    assert field.table.horizontalScrollBar().maximum() > 0


def choose(field, name):
    field.preset.setCurrentIndex(field.preset.findData(name))
    field.preset.activated.emit(field.preset.currentIndex())


@pytest.mark.parametrize("name", SIZED)
def test_a_kernel_made_to_measure_shows_its_parameters(form, field, name):
    choose(field, name)
    assert field.value() == SIZED[name]().kernel
    assert form.value.kernel == SIZED[name]().kernel
    assert field.preset.currentText() == SIZED[name].title
    (shown,) = [inner for inner in field._forms.values() if inner.isVisible()]
    assert shown.value == SIZED[name]()
    assert not any(part.isVisible() for part in field.size_parts)
    assert form.minimumSizeHint().width() <= 287


def test_a_parameter_makes_the_kernel_anew(qtbot, form, field):
    choose(field, "gaussian")
    inner = field._forms["gaussian"]
    typed(qtbot, inner.fields["size"].box, "5")
    typed(qtbot, inner.fields["sigma"].box, "0.8")
    assert form.said[-1] == Gaussian(size=5, sigma=0.8).kernel
    assert made_by(form.value.kernel) == Gaussian(size=5, sigma=0.8)
    typed(qtbot, inner.fields["size"].box, "64")
    assert len(form.value.kernel) == 5
    assert "at most 63" in inner._sentences["size"].text()


def test_the_slider_of_a_zero_stands_where_zero_is(field):
    choose(field, "gabor")
    slider = field._forms["gabor"].fields["phase"].slider
    assert slider.value() == (slider.minimum() + slider.maximum()) / 2


def test_an_edited_cell_ends_the_making(qtbot, form, field):
    choose(field, "gaussian")
    edit(qtbot, field, 0, 0, "9")
    assert field.preset.currentText() == "Own kernel"
    assert not field.parameters.isVisible()
    assert all(part.isVisible() for part in field.size_parts)
    assert made_by(form.value.kernel) is None


def test_own_kernel_keeps_the_weights_to_be_edited(form, field):
    choose(field, "gaussian")
    choose(field, "")
    assert field.value() == Gaussian().kernel
    assert not field.parameters.isVisible()


def test_another_value_shows_its_own_parameters(form, field):
    form.set_value(FILTERS["convolution"](kernel="motion size=7 angle=30"))
    assert field._forms["motion"].value == Motion(size=7, angle=30)
    form.set_value(FILTERS["convolution"](kernel="gabor size=9 wavelength=5"))
    assert field._forms["gabor"].value == Gabor(size=9, wavelength=5)
    assert not field._forms["motion"].isVisible()
    form.set_value(FILTERS["convolution"](kernel="sobel-x"))
    assert not field.parameters.isVisible()
    assert form.said == []


def test_tab_follows_the_eye_through_the_parameters(qtbot, form, field):
    choose(field, "gaussian")
    inner = field._forms["gaussian"]
    field.preset.setFocus()
    seen = []
    for _ in range(8):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    inside = [stop for stop in seen if inner.isAncestorOf(stop)]
    stops = [stop for stop in inner.stops() if not isinstance(stop, QLineEdit)]  # parts of boxes
    assert inside == seen[: len(inside)] == stops
    assert field.table in seen[len(inside) :]


def test_a_large_kernel_is_a_picture_in_signed_colours(form, field):
    kernel = np.zeros((63, 21))
    kernel[0, 0], kernel[62, 20], kernel[31, 10] = 2, -2, 1
    form.set_value(FILTERS["convolution"](kernel=kernel.tolist()))
    QApplication.processEvents()
    assert field.picture.isVisible()
    assert not field.table.isVisible()
    assert form.minimumSizeHint().width() <= 287
    picture, box = field.picture, field.picture.box()
    assert box.width() == pytest.approx(box.height() / 3)
    assert box.bottom() <= picture.height()
    step = box.width() / 21

    def middle(row, column):
        return QPointF(box.left() + (column + 0.5) * step, box.top() + (row + 0.5) * step)

    assert picture.words_at(middle(0, 0)) == "Row 0, column 0: 2"
    assert picture.words_at(middle(62, 20)) == "Row 62, column 20: −2"
    assert picture.words_at(QPointF(box.right() + 5, 5)) == ""
    colours = picture._image.pixelColor
    assert colours(0, 0).name() == "#ffdc96"
    assert colours(20, 62).name() == "#96d7ff"
    assert colours(5, 5).name() == "#767676"


def test_a_large_kernel_is_copied_pasted_and_resized(qtbot, form, field):
    choose(field, "gabor")
    text = kernel_text(Gabor().kernel)
    field.picture.setFocus()
    qtbot.keyClick(field.picture, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text
    form.set_value(FILTERS["convolution"](kernel=((1.0,) * 20,) * 20))
    field.picture.setFocus()
    qtbot.keyClick(field.picture, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert form.value.kernel == Gabor().kernel
    assert field.preset.currentText() == "Own kernel"
    typed(qtbot, field.width_box, "3")
    typed(qtbot, field.height_box, "3")
    assert field.table.isVisible()
    QGuiApplication.clipboard().setText("gaussian size=31 sigma=4")
    field.paste_link.click()
    assert made_by(form.value.kernel) == Gaussian(size=31, sigma=4)


def test_a_large_locked_kernel_is_not_pasted_into(qtbot, form, field):
    form.set_value(FILTERS["convolution"](kernel="gaussian size=31 sigma=4"))
    form.set_locked(True)
    QGuiApplication.clipboard().setText("1 2; 3 4")
    field.picture.setFocus()
    qtbot.keyClick(field.picture, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert form.said == []
    assert not field._forms["gaussian"].fields["size"].isEnabled()


def test_a_locked_kernel_is_not_edited(qtbot, form, field):
    form.set_locked(True)
    field.table.setFocus()
    qtbot.keyClick(field.table, Qt.Key.Key_F2)
    assert field.table.viewport().findChild(QLineEdit) is None
    QGuiApplication.clipboard().setText("1 2; 3 4")
    qtbot.keyClick(field.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(field.table, Qt.Key.Key_Delete)
    assert form.said == []
