"""Reading the data beside the window; and the dialog and the strip that show it."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.data.progress import Preparing
from studio.data.sets.cifar import Cifar10
from studio.training.settings import TrainSettings
from studio.window.job import running_jobs
from studio.window.train.setup.augment_strip import AugmentStrip, augmented
from studio.window.train.setup.data_dialog import DataDialog
from studio.window.train.setup.samples import DataReading, Looked, read_overview, read_samples


@pytest.fixture
def dialog(qtbot):
    made = DataDialog(None)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def strip(qtbot):
    made = AugmentStrip()
    qtbot.addWidget(made)
    made.resize(288, 60)
    made.show()
    return made


def ready(qtbot, reading):
    qtbot.waitUntil(lambda: reading.state not in ("reading",))
    return reading.looked


def test_samples_are_training_pictures_as_they_are(qtbot, of_folder):
    reading = DataReading(read_samples, ("data", "folder"))
    reading.want(of_folder, None)
    looked = ready(qtbot, reading)
    assert looked.classes == ("ant", "bee", "cow")
    assert looked.samples.shape[1:] == (12, 12, 3)
    assert (looked.samples == looked.samples[:, :1, :1]).all()  # plain squares


def test_the_same_is_not_read_twice(qtbot, of_folder):
    calls = []

    def read(settings, root):
        calls.append(settings)
        yield Looked((), np.zeros((1, 1, 1, 1), np.uint8))

    reading = DataReading(read, ("data", "folder"))
    for changed in ({}, {"batch_size": 8}, {"seed": 3}):
        reading.want(of_folder.change(**changed), None)
        ready(qtbot, reading)
    assert len(calls) == 1
    reading.forget()
    reading.want(of_folder, None)
    ready(qtbot, reading)
    assert len(calls) == 2


def test_nothing_is_downloaded_without_being_asked(monkeypatch):
    monkeypatch.setattr(Cifar10, "must_download", lambda self, root=None: root is None)
    reading = DataReading(read_samples, ("data",))
    reading.want(TrainSettings(data="cifar10"), None)
    assert reading.state == "absent"
    assert running_jobs() == ()


def test_a_reading_can_be_cancelled_and_begun_again(qtbot, of_folder):
    reading = DataReading(read_overview, ("data", "folder"))
    reading.want(of_folder, None)
    reading.cancel()
    assert reading.state == "nothing"
    qtbot.waitUntil(lambda: running_jobs() == ())
    assert reading.looked is None
    reading.want(of_folder, None)
    assert ready(qtbot, reading) is not None


def test_the_dialog_counts_every_class_and_lists_what_was_skipped(qtbot, dialog, of_folder):
    dialog.look(of_folder.change(validation_share=0.25, test_share=0.2), None)
    looked = ready(qtbot, dialog.reading)
    counts = {name: part.tolist() for name, part in looked.counts}
    assert list(counts) == ["Training", "Validation", "Test"]
    assert np.sum([*counts.values()], axis=0).tolist() == [30, 20, 10]
    assert dialog.pages.currentIndex() == 2
    assert dialog.sizes.text() == (
        f"3 classes: {sum(counts['Training'])} training, {sum(counts['Validation'])} validation, "
        f"{sum(counts['Test'])} test; 12 × 12 pixels, colour"
    )
    table = dialog.table.classes
    assert [table.index(row, 0).data() for row in range(3)] == ["ant", "bee", "cow"]
    assert table.share(0) == 1
    assert table.share(2) == counts["Training"][2] / counts["Training"][0]
    assert dialog.balance.text().startswith("Not balanced: ant has")
    assert dialog.skipped_button.text() == "1 file was skipped"
    assert not dialog.skipped.isVisible()
    dialog.skipped_button.click()
    assert "torn.png" in dialog.skipped.toPlainText()
    dialog.grab()  # every cell is painted


def test_the_dialog_says_what_is_wrong_and_tries_again(qtbot, dialog, tmp_path):
    missing = TrainSettings(data="folder", folder=str(tmp_path / "no"))
    dialog.look(missing, None)
    ready(qtbot, dialog.reading)
    assert dialog.pages.currentIndex() == 0
    assert dialog.empty.sentence.text().startswith("There is no folder")
    assert dialog.empty.button.text() == "Try again"
    dialog.empty.button.click()
    assert dialog.reading.state == "reading"
    ready(qtbot, dialog.reading)
    assert dialog.reading.state == "failed"


def test_the_dialog_offers_a_download(monkeypatch, qtbot, dialog):
    monkeypatch.setattr(Cifar10, "must_download", lambda self, root=None: root is None)
    begun = []

    def read(settings, root):
        begun.append(settings.data)
        yield Preparing("On it", 0.5)

    dialog.reading._read = read
    dialog.look(TrainSettings(data="cifar10"), None)
    assert dialog.empty.sentence.text() == "CIFAR-10 isn't on this computer yet."
    assert begun == []
    dialog.empty.button.click()
    qtbot.waitUntil(lambda: len(begun) == 1)


def test_closing_the_dialog_stops_the_reading(qtbot, dialog, of_folder):
    dialog.look(of_folder, None)
    dialog.close()
    assert dialog.reading.state == "nothing"
    qtbot.waitUntil(lambda: running_jobs() == ())


def test_augmented_as_a_batch_of_a_run(of_folder):
    pictures = np.random.default_rng(0).integers(0, 256, (40, 9, 9, 3), np.uint8)
    assert (augmented(pictures, of_folder, 1) == pictures).all()
    mirrored = augmented(pictures, of_folder.change(mirror=True), 1)
    same = (mirrored == pictures).all((1, 2, 3))
    turned = (mirrored == pictures[:, :, ::-1]).all((1, 2, 3))
    assert (same | turned).all()
    assert 0 < turned.sum() < 40
    assert (augmented(pictures, of_folder.change(mixup=1.0), 1) != pictures).any()


def test_the_strip_reads_nothing_where_nothing_is_changed(strip, of_folder):
    strip.show_settings(of_folder, None)
    assert strip.isHidden()
    assert strip.reading.state == "nothing"
    assert running_jobs() == ()


def test_the_strip_shows_samples_and_others_on_a_click(qtbot, strip, of_folder):
    strip.show_settings(of_folder.change(mirror=True, crop=3, noise=0.2), None)
    pictures = strip.pictures
    qtbot.waitUntil(lambda: len(pictures.shown) == 6)
    assert pictures.accessibleName() == "Augmented samples: crop 3, mirror, noise 0.2"
    first = [one.toImage() for one in pictures.shown]
    qtbot.mouseClick(pictures, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [one.toImage() for one in pictures.shown] != first)
    second = [one.toImage() for one in pictures.shown]
    QTest.keyClick(pictures, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: [one.toImage() for one in pictures.shown] != second)
    qtbot.waitUntil(lambda: running_jobs() == ())


def test_the_picture_under_the_pointer_is_as_it_was(qtbot, strip, of_folder):
    strip.show_settings(of_folder.change(noise=0.3), None)
    pictures = strip.pictures
    qtbot.waitUntil(lambda: len(pictures.shown) == 6)
    place, none = QPointF(60, 20), Qt.MouseButton.NoButton
    move = QMouseEvent(
        *(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    )
    QApplication.sendEvent(pictures, move)
    assert pictures.shown[1] is pictures._before[1]
    assert pictures.shown[0] is pictures._after[0]
    colours = pictures._before[1].toImage()
    assert colours.pixelColor(10, 10) == colours.pixelColor(30, 25)  # a plain square
    QTest.keyPress(pictures, Qt.Key.Key_B)
    assert pictures.shown == pictures._before
    QTest.keyRelease(pictures, Qt.Key.Key_B)
    QApplication.sendEvent(pictures, QEvent(QEvent.Type.Leave))
    assert pictures.shown == pictures._after


def test_the_strip_says_what_is_missing(monkeypatch, qtbot, strip, tmp_path):
    monkeypatch.setattr(Cifar10, "must_download", lambda self, root=None: root is None)
    strip.show_settings(TrainSettings(data="cifar10", crop=2), None)
    assert strip.words.text() == "The pictures aren't here yet."
    assert strip.download.isVisible()
    strip.show_settings(TrainSettings(data="folder", crop=2), None)
    qtbot.waitUntil(lambda: strip.reading.state == "failed")
    assert strip.words.text() == "Choose a folder above to see its pictures here."
    assert not strip.download.isVisible()
