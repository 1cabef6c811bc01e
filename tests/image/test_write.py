import errno
import io
import os
import stat

import cv2
import numpy as np
import pytest
import tifffile
from pictures import noise, smooth
from PIL import Image

from studio.errors import PictureError, StudioError
from studio.image.picture import Picture
from studio.image.read import read_picture
from studio.image.whole_file import discard_drafts, whole_file, write_bytes
from studio.image.write import ENDINGS, write_picture


def written(picture, path, **more):
    note = write_picture(picture, path, **more)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    return read_picture(path), note


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("dtype", "endings"),
    [
        ("uint8", [".png", ".tif", ".tiff", ".bmp"]),
        ("uint16", [".png", ".tif", ".tiff"]),
        ("float32", [".tif", ".TIFF"]),
    ],
)
def test_exact(tmp_path, channels, dtype, endings):
    pixels = smooth(channels=channels, dtype=dtype) * (1 if dtype[0] == "u" else 1e6) - 0
    for ending in endings:
        path = tmp_path / f"a{ending}"
        picture, note = written(Picture(pixels.astype(dtype)), path)
        assert note == ""
        assert picture.pixels.dtype == dtype
        np.testing.assert_array_equal(picture.pixels, pixels.astype(dtype))
        path.unlink()


def test_others_read_the_same(tmp_path):
    for dtype in ("uint8", "uint16"):
        pixels = noise(dtype=dtype)
        write_picture(Picture(pixels), tmp_path / "a.png")
        theirs = cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(theirs[..., ::-1], pixels)
    floats = noise().astype(np.float32) - 30000
    write_picture(Picture(floats), tmp_path / "a.tiff")
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tiff"), floats)


def test_webp_of_rgb_is_exact(tmp_path):
    picture, note = written(Picture(noise(dtype="uint8")), tmp_path / "a.webp")
    assert note == ""
    np.testing.assert_array_equal(picture.pixels, noise(dtype="uint8"))


def test_jpeg_is_near(tmp_path):
    for channels in (1, 3):
        picture, note = written(Picture(smooth(channels=channels)), tmp_path / "a.jpg")
        assert note == ""
        assert picture.channels == channels
        assert np.abs(picture.pixels.astype(int) - smooth(channels=channels)).max() < 8


@pytest.mark.parametrize("ending", [".png", ".tiff", ".webp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_alpha_is_kept(tmp_path, ending, channels):
    alpha = noise(24, 32, 1, "uint8")[..., 0]
    pixels = smooth(channels=channels)
    picture, note = written(Picture(pixels, alpha), tmp_path / f"a{ending}")
    assert note == ""
    np.testing.assert_array_equal(picture.alpha, alpha)
    np.testing.assert_array_equal(picture.pixels, np.broadcast_to(pixels, picture.pixels.shape))


def test_16_bit_alpha_is_kept(tmp_path):
    for ending in (".png", ".tif"):
        pixels, alpha = noise(), noise(channels=1)[..., 0]
        picture, _ = written(Picture(pixels, alpha), tmp_path / f"a{ending}")
        np.testing.assert_array_equal(picture.alpha, alpha)
        np.testing.assert_array_equal(picture.pixels, pixels)
        (tmp_path / f"a{ending}").unlink()


def test_alpha_that_a_format_lacks_is_said(tmp_path):
    pixels = smooth()
    some, full = np.full((24, 32), 9, np.uint8), np.full((24, 32), 255, np.uint8)
    assert "no transparency" in write_picture(Picture(pixels, some), tmp_path / "a.jpg")
    assert write_picture(Picture(pixels, full), tmp_path / "a.jpg") == ""


def floats(*values):
    return Picture(np.array(values, np.float32).reshape(1, -1, 1))


def test_floats_are_rounded_half_to_even_and_cut(tmp_path):
    picture, note = written(
        floats(-856, -0.5, 0.5, 1.5, 2.5, 254.5, 255.5, 759), tmp_path / "a.png"
    )
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.ravel().tolist() == [0, 0, 0, 2, 2, 254, 255, 255]
    assert note == "values −856 to 759 were rounded and cut to 0 to 255; a .tiff file keeps them"


def test_floats_from_a_16_bit_picture(tmp_path):
    picture, note = written(floats(-1, 300.2, 70000), tmp_path / "a.png", depth="uint16")
    assert picture.pixels.dtype == np.uint16
    assert picture.pixels.ravel().tolist() == [0, 300, 65535]
    assert note.startswith("values −1 to 70000 were rounded and cut to 0 to 65535")
    (tmp_path / "a.png").unlink()
    picture, note = written(floats(257, 65535), tmp_path / "a.bmp", depth="uint16")
    assert picture.pixels.ravel().tolist() == [1, 255]
    assert note == ""


def test_whole_floats_within_range_are_no_loss(tmp_path):
    picture, note = written(floats(0, 17, 255), tmp_path / "a.png", depth="uint8")
    assert picture.pixels.ravel().tolist() == [0, 17, 255]
    assert note == ""


def test_floats_whose_white_is_one_are_stretched(tmp_path):
    picture, note = written(floats(-0.1, 0.5, 1), tmp_path / "a.png", depth="float32")
    assert picture.pixels.ravel().tolist() == [0, 32768, 65535]
    assert "values −0.1 to 1 were stretched" in note
    (tmp_path / "a.png").unlink()
    picture, note = written(floats(-0.1, 0.5, 1), tmp_path / "a.bmp", depth="float32")
    assert picture.pixels.ravel().tolist() == [0, 128, 255]
    assert "were stretched, rounded and cut to 0 to 255" in note


def test_no_numbers_become_black(tmp_path):
    picture, note = written(floats(np.nan, np.inf, -np.inf, 3), tmp_path / "a.png")
    assert picture.pixels.ravel().tolist() == [0, 255, 0, 3]
    assert "cut" in note


def test_16_bits_into_8_is_said(tmp_path):
    picture, note = written(Picture(np.uint16([[[128], [129], [65535]]])), tmp_path / "a.bmp")
    assert picture.pixels.ravel().tolist() == [0, 1, 255]
    assert note == "16 bits were rounded to 8; a .png or .tiff file keeps them"


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.exr", "a.gif"])
def test_an_unknown_ending_is_named(tmp_path, name):
    with pytest.raises(PictureError, match=r"Use one of \.png, \.tiff"):
        write_picture(Picture(smooth()), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_too_wide_for_its_format(tmp_path):
    wide = Picture(np.zeros((1, 70000, 1), np.uint8))
    for name in ("a.jpg", "a.webp"):
        with pytest.raises(PictureError, match=r"70000 × 1 pixels don't fit.*Use a \.tiff file"):
            write_picture(wide, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


# Never half a file.


def failing(number):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "the folder can't be written to"),
        (errno.EFBIG, "the file would be larger than is allowed here"),
        (errno.EIO, "input/output error"),
    ],
)
def test_a_failure_leaves_the_old_file_whole(tmp_path, monkeypatch, step, number, reason):
    path = tmp_path / "a.png"
    path.write_bytes(b"the old one")
    monkeypatch.setattr(os, step, failing(number))
    with pytest.raises(PictureError, match=f"^a.png can't be written: {reason}$"):
        write_picture(Picture(smooth()), path)
    monkeypatch.undo()
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_cancelled_write_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(b"x", tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_nobody_comes_back_to_leaves_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"the old one")
    writing = whole_file(tmp_path / "a")
    writing.__enter__().write(b"half")
    discard_drafts()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    with pytest.raises(StudioError):
        writing.__exit__(None, None, None)
    assert (tmp_path / "a").read_bytes() == b"the old one"


def test_it_is_on_the_disk_before_it_takes_the_place(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (done.append("fsync"), fsync(file)))
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("replace"), replace(*paths)))
    write_bytes(b"new", tmp_path / "a")
    assert done == ["fsync", "replace"]


def test_no_such_folder(tmp_path):
    with pytest.raises(StudioError, match=r"a\.json can't be written: there is no such folder"):
        write_bytes(b"x", tmp_path / "none" / "a.json")


def test_a_folder_of_that_name(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(PictureError, match="there is a folder or device of that name"):
        write_picture(Picture(smooth()), tmp_path / "a.png")


@pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
def test_modes_and_links_stay(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    write_bytes(b"1", real)
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert stat.S_IMODE(real.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    real.chmod(0o640)
    link.symlink_to(real)
    write_bytes(b"2", link)
    assert link.is_symlink()
    assert real.read_bytes() == b"2"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
@pytest.mark.parametrize("ending", [b".png", b".tiff"])
def test_a_name_that_is_not_text(tmp_path, ending):
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"caf\xe9" + ending))
    write_picture(Picture(smooth()), path)
    np.testing.assert_array_equal(read_picture(path).pixels, smooth())


def test_every_ending_can_be_written_and_read(tmp_path):
    for ending in ENDINGS:
        write_picture(Picture(smooth()), tmp_path / f"a{ending}")
        with Image.open(io.BytesIO((tmp_path / f"a{ending}").read_bytes())) as theirs:
            assert theirs.size == (32, 24)
