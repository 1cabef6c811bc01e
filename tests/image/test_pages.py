import io
import os

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from pictures import by_pillow, noise, smooth
from PIL import Image

from studio.document import load_picture
from studio.errors import PictureError
from studio.image.pages import Page, page_of
from studio.image.read import decode_picture, page_count, read_picture

RGB, GREY16 = smooth(), noise(channels=1)[..., 0]


def several(kind, pictures, **settings):
    out = io.BytesIO()
    first, *rest = map(Image.fromarray, pictures)
    first.save(out, kind, save_all=True, append_images=rest, **settings)
    return out.getvalue()


def tiff_of(*pages):
    """Pages that differ in size, depth and colours."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        for page in pages:
            writer.write(page, photometric="rgb" if page.ndim == 3 else "minisblack")
    return out.getvalue()


def check(data, expected, tmp_path):
    path = tmp_path / "several"
    path.write_bytes(data)
    assert page_count(path) == len(expected)
    for number, pixels in enumerate(expected):
        picture = read_picture(path, number)
        assert picture.pixels.dtype == pixels.dtype
        np.testing.assert_array_equal(picture.pixels, pixels.reshape(picture.pixels.shape))
    count = "one page" if len(expected) == 1 else f"{len(expected)} pages"
    with pytest.raises(PictureError, match=f"has no page {len(expected) + 1}: it has {count}"):
        read_picture(path, len(expected))


def test_pages_of_a_tiff_each_in_its_own_depth(tmp_path):
    pages = [RGB, GREY16, noise(7, 5), smooth(9, 8, 1, "float32")[..., 0]]
    check(tiff_of(*pages), pages, tmp_path)


def test_pages_of_a_compressed_tiff(tmp_path):
    eight = [RGB, RGB[::-1].copy(), RGB[:, ::-1].copy()]
    check(several("TIFF", eight, compression="tiff_lzw"), eight, tmp_path)
    deep = [noise(), noise()[::-1].copy()]
    lzw = (cv2.IMWRITE_TIFF_COMPRESSION, 5)
    done, data = cv2.imencodemulti(".tiff", [page[..., ::-1] for page in deep], lzw)
    assert done
    check(data.tobytes(), deep, tmp_path)


def test_frames_of_a_gif_are_put_over_each_other(tmp_path):
    """The second frame of the file holds only what changes."""
    grey = np.repeat(smooth(channels=1) // 8, 3, axis=2)
    changed = grey.copy()
    changed[4:9, 5:11] = 255, 0, 0
    check(several("GIF", [grey, changed, grey], optimize=False), [grey, changed, grey], tmp_path)


def test_frames_of_a_webp(tmp_path):
    pages = [RGB, RGB[::-1].copy()]
    check(several("WEBP", pages, lossless=True), pages, tmp_path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM"])
def test_most_files_have_one(kind, tmp_path):
    data = by_pillow(RGB, kind)
    check(data, [decode_picture(data, "a").pixels], tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "short.tiff"
    path.write_bytes(tiff_of(RGB, RGB)[:6])
    with pytest.raises(PictureError, match=r"short\.tiff is damaged"):
        page_count(path)
    path.write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"short\.tiff is not a picture"):
        page_count(path)


@given(st.text(min_size=1).filter(lambda text: not text.startswith("page:")), st.integers(0, 10**6))
def test_a_reference_says_which_page_of_which_file(path, number):
    assert page_of(Page(path, number).reference) == (path, number)


@pytest.mark.parametrize(
    "name", ["scan.tiff", "scan.tiff#page=3", "a#b?c.tiff", "page:2:scan.tiff", "pa:ge\n.tiff"]
)
def test_names_that_look_like_references(name, tmp_path, monkeypatch):
    if os.name == "nt" and not name.isalnum():
        pytest.skip("no such names there")
    pages = [RGB, RGB[::-1].copy()]
    path = tmp_path / name
    path.write_bytes(tiff_of(*pages))
    for number, pixels in enumerate(pages):
        loaded = load_picture(Page(str(path), number).reference)
        np.testing.assert_array_equal(loaded.pixels, pixels)
        assert loaded.path == str(path)
    monkeypatch.chdir(tmp_path)
    assert page_of(f"./{name}") == (f"./{name}", 0)
    np.testing.assert_array_equal(load_picture(f"./{name}").pixels, RGB)


@pytest.mark.parametrize(
    "text", ["page:0:a.tiff", "page::a.tiff", "page:-1:a", "page:2:", "page:2"]
)
def test_what_is_no_reference_is_a_file(text):
    assert page_of(text) == (text, 0)
