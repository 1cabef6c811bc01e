"""The scrubber: which epoch a person goes to, with mouse, keys and by itself."""

import pytest
from PySide6.QtCore import QPoint, Qt

from studio.window.train.scrubber import Scrubber

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def scrubber(qtbot):
    made = Scrubber()
    qtbot.addWidget(made)
    made.resize(600, 44)
    made.wanted = []
    made.epoch_wanted.connect(made.wanted.append)
    made.show_epochs(9, 14, None)
    made.show()
    return made


def follow(scrubber, done=9):
    """Answer as the workspace does."""
    scrubber.epoch_wanted.connect(lambda epoch: scrubber.show_epochs(done, 14, epoch or None))


def test_it_says_which_epoch_is_shown(scrubber):
    assert "9" in scrubber.words.text()
    assert not scrubber.live.isEnabled()
    scrubber.show_epochs(9, 14, 4)
    assert "4" in scrubber.words.text()
    assert scrubber.live.isEnabled()
    assert scrubber.slider.value() == 4


def test_epochs_to_come_are_out_of_reach(qtbot, scrubber):
    slider = scrubber.slider
    for epoch, wanted in ((3, 3), (9, 9), (12, 9)):
        place = QPoint(round(slider.x_of(epoch)), slider.height() // 2)
        qtbot.mouseClick(slider, LEFT, pos=place)
        assert scrubber.wanted[-1] == wanted


def test_keys_go_through_the_epochs_and_end_is_live(qtbot, scrubber):
    follow(scrubber)
    for key, epoch in (
        (Qt.Key.Key_Left, 8),
        (Qt.Key.Key_Left, 7),
        (Qt.Key.Key_Right, 8),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_End, 0),
    ):
        qtbot.keyClick(scrubber.slider, key)
        assert scrubber.wanted[-1] == epoch
    assert scrubber.slider.value() == 9
    assert not scrubber.live.isEnabled()


def test_it_plays_from_the_first_epoch_to_the_last(qtbot, scrubber):
    follow(scrubber)
    scrubber._clock.setInterval(0)
    scrubber.play.click()
    qtbot.waitUntil(lambda: not scrubber.is_playing)
    assert scrubber.wanted == [1, 2, 3, 4, 5, 6, 7, 8, 0]


def test_playing_stops_where_a_person_goes(qtbot, scrubber):
    follow(scrubber)
    scrubber.play.click()
    assert scrubber.is_playing
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Right)
    assert not scrubber.is_playing
    assert scrubber.slider.value() == 2


def test_without_epochs_there_is_nothing_to_do(qtbot, scrubber):
    scrubber.show_epochs(0, 14, None)
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Left)
    qtbot.mouseClick(scrubber.slider, LEFT, pos=QPoint(10, 10))
    assert scrubber.wanted == []
    assert not scrubber.play.isEnabled()
    assert not scrubber.live.isEnabled()


def test_a_very_long_run_is_painted(scrubber, pixels_of):
    scrubber.show_epochs(5000, 100_000, 70)
    assert pixels_of(scrubber).shape[1] == 600
