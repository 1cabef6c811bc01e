import os

import numpy as np
import pytest
from pictures import by_pillow, smooth

from studio.errors import PictureError
from studio.image.read import EXTENSIONS, picture_paths, read_picture

RGB = smooth()


def test_a_file(tmp_path):
    path = tmp_path / "red.png"
    path.write_bytes(by_pillow(RGB, "PNG"))
    picture = read_picture(path)
    assert (picture.name, picture.path) == ("red.png", str(path))
    np.testing.assert_array_equal(read_picture(str(path)).pixels, RGB)


def test_the_content_counts_not_the_ending(tmp_path):
    path = tmp_path / "really.jpg"
    path.write_bytes(by_pillow(RGB, "PNG"))
    np.testing.assert_array_equal(read_picture(path).pixels, RGB)


def test_not_a_regular_file(tmp_path):
    with pytest.raises(PictureError, match=r"there is no file .*none\.png"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(PictureError, match="is a folder, not a picture"):
        read_picture(tmp_path)
    with pytest.raises(PictureError, match="can't be read: embedded null"):
        read_picture("a\0.png")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="Linux tells which files are open")
def test_a_folder_that_is_refused_is_closed_again(tmp_path):
    before = os.listdir("/proc/self/fd")
    with pytest.raises(PictureError, match="is a folder"):
        read_picture(tmp_path)
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PictureError, match=r"pipe\.png is not a regular file"):
        read_picture(tmp_path / "pipe.png")


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_not_text(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.png")
    with open(path, "wb") as file:
        file.write(by_pillow(RGB, "PNG"))
    picture = read_picture(os.fsdecode(path))
    assert picture.name == "caf�.png"
    np.testing.assert_array_equal(picture.pixels, RGB)
    assert [os.fsencode(found) for found in picture_paths([tmp_path])] == [path]
    with open(path, "wb") as file:
        file.write(b"x")
    with pytest.raises(PictureError, match=r"caf�\.png is not a picture") as caught:
        read_picture(os.fsdecode(path))
    str(caught.value).encode()


def test_paths_of_folders_and_files(tmp_path):
    for name in ("b.png", "a.JPG", "notes.txt", ".hidden.png", "sub/c.tif", ".git/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
    listed = picture_paths([tmp_path / "notes.txt", tmp_path, str(tmp_path / "b.png")])
    names = [found.relative_to(tmp_path).as_posix() for found in listed]
    assert names == ["notes.txt", "a.JPG", "b.png", "sub/c.tif"]
    assert picture_paths([tmp_path / "none"]) == [tmp_path / "none"]


def test_a_closed_folder_is_said(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PictureError, match="can't be read: permission denied"):
        picture_paths([tmp_path])


def test_every_ending_is_one_that_is_read():
    assert all(ending.startswith(".") and ending.islower() for ending in EXTENSIONS)
    assert list(EXTENSIONS) == sorted(EXTENSIONS)
