import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.window.canvas.aim import Aim
from studio.window.canvas.levels import Levels
from studio.window.canvas.thumbnails import thumbnail
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)


@pytest.fixture
def view(qtbot, noise):
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_rgb(noise)
    view.show()
    return view


def wheel(view, place, notches):
    event = QWheelEvent(
        QPointF(place),
        view.mapToGlobal(QPointF(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def listen(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def test_pixels_are_shown_unchanged(view, noise, pixels_of):
    view.actual_size()
    shown = pixels_of(view)
    assert np.array_equal(shown[135:165, 180:220], noise)
    assert (shown[0, 0] == QColor(theme.tokens().well).getRgb()[:3]).all()


@pytest.mark.parametrize("scale", [2, 3, 7])
def test_single_pixels_are_seen_from_two_hundred_percent(view, noise, pixels_of, scale):
    view.zoom_to(scale)
    shown = pixels_of(view)
    left, top = (400 - 40 * scale) // 2, (300 - 30 * scale) // 2
    large = np.kron(noise, np.ones((scale, scale, 1), np.uint8))
    assert np.array_equal(shown[top : top + 30 * scale, left : left + 40 * scale], large)


def test_below_two_hundred_percent_it_is_smooth(view, noise, pixels_of):
    view.zoom_to(1.5)
    assert len(np.unique(pixels_of(view).reshape(-1, 3), axis=0)) > len(noise) * 40


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_a_small_view_averages_instead_of_leaving_out(factor):
    """One white pixel in each block must not vanish, nor fill the block."""
    rgb = np.zeros((64, 64, 3), np.uint8)
    rgb[::factor, ::factor] = 255
    image = Levels(rgb).image(1 / factor)
    assert image.size() == QSize(64 // factor, 64 // factor)
    assert image.pixelColor(3, 3).red() == pytest.approx(255 / factor**2, abs=1)


def test_a_level_is_never_smaller_than_the_screen_needs():
    levels = Levels(np.zeros((1000, 1500, 3), np.uint8))
    for scale in (1.0, 0.9, 0.51, 0.5, 0.3, 0.26, 0.1, 0.013):
        assert levels.image(scale).width() >= 1500 * scale * 0.99


def test_levels_take_only_rgb_bytes():
    for wrong in (np.zeros((2, 2, 3)), np.zeros((2, 2), np.uint8), np.zeros((0, 2, 3), np.uint8)):
        with pytest.raises(ValueError, match="uint8 height x width x 3"):
            Levels(wrong)


def test_the_pixels_are_not_copied_and_live_as_long_as_they_are_shown(view, pixels_of):
    rgb = np.full((50, 50, 3), 7, np.uint8)
    levels = Levels(rgb)
    assert levels.rgb is rgb
    held = weakref.ref(rgb)
    view.set_rgb(levels)
    del rgb, levels
    gc.collect()
    view.zoom_to(2)
    assert (pixels_of(view)[150, 200] == 7).all()
    view.set_rgb(None)
    gc.collect()
    assert held() is None


def test_nothing_is_a_plain_well(view, pixels_of):
    view.set_rgb(None)
    assert len(np.unique(pixels_of(view).reshape(-1, 3), axis=0)) == 1
    assert view.pixel_at(QPointF(200, 150)) is None


def test_it_fits_at_first_and_after_a_resize(view):
    assert view.scale == pytest.approx(min(388 / 40, 288 / 30))
    view.resize(200, 300)
    assert view.scale == pytest.approx(188 / 40)
    view.zoom_to(2)
    view.resize(400, 300)
    assert view.scale == 2


def test_wheel_zooms_about_the_cursor(view):
    place = QPointF(90, 60)
    before = view.pixel_at(place)
    told = listen(view.view_changed)
    wheel(view, place, 3)
    assert view.scale > 9.6
    assert view.pixel_at(place) == before
    wheel(view, place, -3)
    assert view.scale == pytest.approx(9.6)
    assert len(told) == 2


def test_keys(view, qtbot):
    def press(key, modifier=NONE):
        qtbot.keyClick(view, key, modifier)

    press(Qt.Key.Key_1)
    assert view.scale == 1
    press(Qt.Key.Key_Plus)
    assert view.scale == 1.25
    press(Qt.Key.Key_Minus)
    assert view.scale == 1
    press(Qt.Key.Key_0, CONTROL)
    assert view.aim.fitted
    view.zoom_to(40)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Down)
    assert (view.aim.x, view.aim.y) == (1, 1)
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Up)
    assert (view.aim.x, view.aim.y) == (0, 0)
    press(Qt.Key.Key_R, CONTROL)
    assert view.aim.fitted


def drag(qtbot, view, start, end, button=Qt.MouseButton.LeftButton):
    qtbot.mousePress(view, button, pos=start)
    for part in (0.3, 0.6, 1.0):
        place = start + (end - start) * part
        move(view, place, button)
    qtbot.mouseRelease(view, button, pos=end)


def move(view, place, button=Qt.MouseButton.NoButton):
    from PySide6.QtGui import QMouseEvent

    local = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove, local, view.mapToGlobal(local), Qt.MouseButton.NoButton, button, NONE
    )
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_dragging_pans_and_is_no_click(view, qtbot, button):
    view.zoom_to(40)
    clicks = listen(view.clicked)
    pixel = view.pixel_at(QPointF(200, 150))
    drag(qtbot, view, QPoint(200, 150), QPoint(280, 110), button)
    assert view.pixel_at(QPointF(280, 110)) == pixel
    assert clicks == []


def test_a_click_names_its_pixel(view, qtbot):
    clicks = listen(view.clicked)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(3.5, 7.5).toPoint())
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert clicks == [(3, 7)]


def test_holding_space_pans_without_a_button(view, qtbot):
    view.zoom_to(40)
    pixel = view.pixel_at(QPointF(100, 100))
    move(view, QPoint(100, 100))
    qtbot.keyPress(view, Qt.Key.Key_Space)
    move(view, QPoint(140, 120))
    assert view.pixel_at(QPointF(140, 120)) == pixel
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    move(view, QPoint(100, 100))
    assert view.pixel_at(QPointF(140, 120)) == pixel


def test_a_double_click_goes_between_fit_and_actual_size(view, qtbot):
    clicks = listen(view.clicked)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert view.scale == 1
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert view.aim.fitted
    assert clicks == []


def test_the_cursor_is_told_once_for_each_pixel(view):
    moves, leaves = listen(view.cursor_moved), listen(view.cursor_left)
    for x, y in ((2.2, 3.2), (2.4, 3.4), (2.4, 4.4)):
        move(view, view.place_of(x, y))
    move(view, QPointF(1, 1))
    move(view, QPointF(2, 1))
    move(view, view.place_of(0.5, 0.5))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert moves == [(2, 3), (2, 4), (0, 0)]
    assert leaves == [(), ()]


def test_linked_views_share_zoom_and_place(qtbot, view, noise):
    other = PictureView()
    qtbot.addWidget(other)
    other.resize(400, 300)
    other.set_rgb(noise)
    other.show()
    view.link(other)
    told = listen(other.view_changed)
    wheel(view, QPointF(50, 50), 4)
    assert other.aim == view.aim
    other.pan(-30, 10)
    assert other.aim == view.aim
    other.fit()
    assert view.aim.fitted
    assert view.scale == other.scale
    assert len(told) == 3


def test_linked_views_fit_the_larger_picture_into_the_smaller_view(qtbot, view):
    other = PictureView()
    qtbot.addWidget(other)
    other.resize(100, 300)
    other.set_rgb(np.zeros((28, 38, 3), np.uint8))
    other.show()
    view.link(other)
    assert view.scale == other.scale == pytest.approx(88 / 40)
    other.resize(300, 300)
    assert view.scale == other.scale == pytest.approx(288 / 40)


def test_the_scale_has_limits(view):
    view.zoom_to(1e9)
    assert view.scale == 64
    view.zoom_to(1e-9)
    assert view.scale == 0.25


def test_a_new_picture_keeps_zoom_and_place(view, noise):
    view.set_aim(Aim(20, 3, 2, False))
    view.set_rgb(noise[::-1].copy())
    assert view.aim == (20, 3, 2, False)


def test_the_field_is_framed_with_a_dark_outline(view, pixels_of):
    view.set_rgb(np.full((30, 40, 3), 200, np.uint8))
    view.zoom_to(5)
    plain = pixels_of(view)
    view.set_field((10, 12, 20, 22))  # rows 10 to 20, columns 12 to 22
    shown = pixels_of(view)
    changed = np.argwhere((shown != plain).any(axis=2))
    place = view.place_of(12, 10), view.place_of(22, 20)
    assert np.abs(changed.min(axis=0) - [place[0].y(), place[0].x()]).max() <= 2
    assert np.abs(changed.max(axis=0) - [place[1].y(), place[1].x()]).max() <= 2
    row = shown[round(view.place_of(17, 15).y())]
    accent = QColor(theme.DARK.accent).getRgb()[:3]
    assert ((row == accent).all(axis=1)).sum() == 4  # two lines of two
    assert (row.sum(axis=1) < 300).sum() == 4  # a dark one on both sides of each
    view.set_field(None)
    assert np.array_equal(pixels_of(view), plain)


def test_a_field_may_reach_outside(view, pixels_of):
    view.zoom_to(2)
    view.set_field((-10, -10, 5, 5))
    left_of_picture = pixels_of(view)[:, : int(view.place_of(0, 0).x()) - 4]
    assert len(np.unique(left_of_picture.reshape(-1, 3), axis=0)) > 1


def test_the_cross_surrounds_its_pixel(view, noise, pixels_of):
    view.zoom_to(9)
    view.set_cross(20, 10)
    shown, place = pixels_of(view), view.place_of(20, 10).toPoint()
    inside = shown[place.y() + 2 : place.y() + 7, place.x() + 2 : place.x() + 7]
    assert (inside == noise[10, 20]).all()
    assert (shown[place.y(), place.x() + 2 : place.x() + 7] != noise[10, 20]).any(axis=1).all()


@pytest.mark.parametrize("right", [False, True])
def test_the_badge_is_in_its_corner(view, pixels_of, right):
    view.set_rgb(np.full((30, 40, 3), 200, np.uint8))
    plain = pixels_of(view)
    view.set_badge("Before", right)
    changed = np.argwhere((pixels_of(view) != plain).any(axis=2))
    seen = view.visible_picture()
    assert changed[:, 0].min() - seen.top() == pytest.approx(8, abs=1)
    if right:
        assert seen.right() - changed[:, 1].max() == pytest.approx(9, abs=1)
    else:
        assert changed[:, 1].min() - seen.left() == pytest.approx(8, abs=1)
    assert np.ptp(changed[:, 1]) < 100


def test_the_ring_is_for_the_keyboard_only(view, pixels_of):
    def focus(kind, reason):
        QApplication.sendEvent(view, QFocusEvent(kind, reason))

    plain = pixels_of(view)
    focus(QEvent.Type.FocusIn, Qt.FocusReason.MouseFocusReason)
    assert np.array_equal(pixels_of(view), plain)
    focus(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
    accent = QColor(theme.tokens().accent).getRgb()[:3]
    assert (pixels_of(view)[150, 0] == accent).all()
    focus(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason)
    assert np.array_equal(pixels_of(view), plain)


def test_on_a_screen_of_two_pixels_for_one(noise):
    """The same painting with a device pixel ratio of 2 shows pixel for pixel."""
    image = QImage(80, 60, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(2)
    painter = QPainter(image)
    Levels(noise).paint(painter, QRectF(0, 0, 20, 15), ratio=2)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(60, image.bytesPerLine())
    shown = rows[:, :240].reshape(60, 80, 3)
    assert np.array_equal(shown[:30, :40], noise)


def test_a_thumbnail_shows_the_middle():
    rgb = np.zeros((100, 300, 3), np.uint8)
    rgb[:, 100:200] = 255
    small = thumbnail(rgb, 40, 40, ratio=2).toImage()
    assert small.size() == QSize(80, 80)
    assert small.pixelColor(40, 40).red() == 255
    assert small.pixelColor(2, 40).red() == 255
    assert small.pixelColor(0, 0).alpha() == 0
    assert thumbnail(rgb[:1, :1], 42, 28).toImage().size() == QSize(42, 28)
