"""Files on the short way and on the long one give the same, or are refused with the same words."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.data.reading import read_file
from studio.errors import PictureError
from studio.image.picture import Picture
from studio.image.read import read_picture


def jpeg(mode="RGB", **settings):
    rows = np.linspace(0, 255, 40)[:, None, None] + np.linspace(0, 90, 30)[None, :, None]
    pixels = ((rows + np.array([0, 40, 80])) % 256).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, "JPEG", **settings)
    return buffer.getvalue()


def turned():
    exif = Image.Exif()
    exif[0x0112] = 8
    return jpeg(exif=exif)


FILES = {
    "colours": jpeg(quality=60),
    "progressive": jpeg(progressive=True, subsampling=0),
    "grey": jpeg("L"),
    "cmyk": jpeg("CMYK"),
    "turned": turned(),
    "profile": jpeg(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
}


@pytest.mark.parametrize("kind", FILES)
def test_both_ways_give_the_same(kind, tmp_path):
    path = tmp_path / f"{kind}.jpg"
    path.write_bytes(FILES[kind])
    found, expected = read_file(str(path)), read_picture(path)
    assert isinstance(found, Picture)
    assert np.array_equal(found.pixels, expected.pixels)
    assert (found.name, found.path) == (expected.name, expected.path)


def damaged():
    data = bytearray(FILES["colours"])
    data[-60:-50] = b"\xff\xd9" * 5
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"text", FILES["colours"][:-200], FILES["turned"][:-200], damaged()],
    ids=["empty", "text", "truncated", "truncated-turned", "damaged"],
)
def test_both_ways_refuse_with_the_same_words(data, tmp_path):
    path = tmp_path / "x.jpg"
    path.write_bytes(data)
    with pytest.raises(PictureError) as expected:
        read_picture(path)
    with pytest.raises(PictureError) as found:
        read_file(str(path))
    assert str(found.value) == str(expected.value)


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "no.jpg"):
        with pytest.raises(PictureError):
            read_file(str(path))


def test_a_picture_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("STUDIO_MAX_MEGAPIXELS", "0.001")
    path = tmp_path / "large.jpg"
    path.write_bytes(FILES["colours"])
    with pytest.raises(PictureError, match="too large"):
        read_file(str(path))
