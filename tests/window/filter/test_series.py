"""Going through the pictures of a folder, and through the pages of a file."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from studio.document import Document
from studio.window.filter.series import Place, Series, SeriesStrip
from studio.window.job import running_jobs
from studio.window.session import Session


def picture(value, size=(5, 6)):
    return np.full((*size, 3), value, np.uint8)


@pytest.fixture
def folder(tmp_path):
    for name, value in (("a.png", 10), ("b.png", 20), ("sub/d.png", 40)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(picture(value)).save(tmp_path / name)
    pages = np.stack([picture(31), picture(32), picture(33)])
    tifffile.imwrite(tmp_path / "c.tiff", pages, photometric="rgb")
    (tmp_path / "notes.txt").write_text("none")
    return tmp_path


class Bench:
    def __init__(self, qtbot):
        self.qtbot = qtbot
        self.session = Session(Document(picture="coffee"))
        self.series = Series(self.session)
        self.strip = SeriesStrip(self.series)
        qtbot.addWidget(self.strip)
        self.errors, self.opened = [], []
        self.series.failed.connect(self.errors.append)
        self.series.opened.connect(self.opened.append)

    def settle(self):
        self.qtbot.waitUntil(lambda: not running_jobs())

    def go(self, step):
        (self.strip.next if step > 0 else self.strip.previous).click()
        self.settle()

    @property
    def value(self):
        return int(self.session.picture.pixels[0, 0, 0])

    @property
    def words(self):
        return "" if self.strip.isHidden() else self.strip.words.text()


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


def test_a_folder_picture_by_picture(bench, folder):
    assert bench.words == ""
    bench.series.open([folder])
    bench.settle()
    seen = [(bench.value, bench.words)]
    assert not bench.strip.previous.isEnabled()
    while bench.strip.next.isEnabled():
        bench.go(1)
        seen.append((bench.value, bench.words))
    assert seen == [
        (10, "1 of 4"),
        (20, "2 of 4"),
        (31, "3 of 4, page 1 of 3"),
        (32, "3 of 4, page 2 of 3"),
        (33, "3 of 4, page 3 of 3"),
        (40, "4 of 4"),
    ]
    bench.go(-1)
    assert (bench.value, bench.words) == (31, "3 of 4, page 1 of 3")
    bench.go(-1)
    assert (bench.value, bench.words) == (20, "2 of 4")
    assert bench.opened == []
    assert bench.errors == []


def test_the_pages_of_one_file_are_counted_when_it_is_shown(bench, folder):
    path = folder / "c.tiff"
    bench.series.open([path])
    bench.settle()
    assert bench.words == "page 1 of 3"
    assert bench.opened == [str(path)]
    bench.go(1)
    assert (bench.value, bench.words) == (32, "page 2 of 3")
    assert bench.session.document.picture == f"page:2:{path}"
    assert bench.session.picture.path == str(path)


def test_undo_goes_back_through_them(bench, folder):
    bench.series.open([folder])
    bench.settle()
    bench.go(1)
    bench.go(1)
    bench.go(1)
    for expected in ((31, "3 of 4, page 1 of 3"), (20, "2 of 4"), (10, "1 of 4")):
        bench.session.undo_stack.undo()
        bench.settle()
        assert (bench.value, bench.words) == expected
    bench.session.undo_stack.undo()
    assert bench.words == ""
    assert not bench.series.next.isEnabled()


def test_a_document_s_page_is_found_among_the_others(bench, folder):
    bench.session.edit("", Document(picture=f"page:3:{folder / 'c.tiff'}"))
    bench.settle()
    assert (bench.value, bench.words) == (33, "page 3 of 3")
    assert not bench.series.next.isEnabled()
    bench.go(-1)
    assert bench.value == 32


def test_a_picture_that_cannot_be_read_is_passed(bench, folder):
    (folder / "b.png").write_bytes(b"broken")
    failed = []
    bench.session.picture_failed.connect(failed.append)
    bench.series.open([folder])
    bench.settle()
    bench.go(1)
    assert "b.png" in str(failed[0])
    assert bench.words == "2 of 4"
    bench.go(1)
    assert bench.value == 31


def test_several_files_are_a_series(bench, folder):
    bench.series.open([folder / "b.png", folder / "a.png"])
    bench.settle()
    assert (bench.value, bench.words) == (20, "1 of 2")
    bench.go(1)
    assert (bench.value, bench.words) == (10, "2 of 2")


def test_a_folder_without_pictures_is_said(bench, tmp_path):
    (tmp_path / "empty").mkdir()
    bench.series.open([tmp_path / "empty"])
    bench.settle()
    assert str(bench.errors[0]) == "there is no picture in empty. Open another folder"
    assert bench.session.picture.path == ""


def test_another_picture_ends_the_series(bench, folder):
    bench.series.open([folder])
    bench.settle()
    bench.session.open_picture("coffee")
    bench.settle()
    assert bench.words == ""
    assert not bench.series.next.isEnabled()


def test_damaged_pages_are_said(bench, folder):
    """The first page can be read, the rest not."""
    path = folder / "c.gif"
    frames = [Image.fromarray(picture(value)) for value in (0, 100, 200)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    data = path.read_bytes()
    second = data.index(b"\x2c", data.index(b"\x2c") + 1)  # where an image begins
    path.write_bytes(data[: second + 4])
    bench.series.open([path])
    bench.settle()
    assert bench.session.picture.path == str(path)
    assert str(bench.errors[0]).startswith("c.gif is damaged")
    assert bench.words == ""


def test_places():
    place = Place(("a", "b"), 0, 2, 1)
    assert place.reference == "page:2:a"
    assert place.moved(1) == Place(("a", "b"), 1)
    assert place.moved(-1) == Place(("a", "b"), 0, 2, 0)
    assert place.moved(1).moved(1) is None
    assert place.found("page:2:b") == Place(("a", "b"), 1, 1, 1)
    assert place.found("c") is None
