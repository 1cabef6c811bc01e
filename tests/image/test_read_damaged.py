import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import by_opencv, by_pillow, by_tifffile, noise, smooth

from studio.errors import PictureError
from studio.image.picture import Picture
from studio.image.read import decode_picture

GREY, RGB = smooth(channels=1), smooth()
JPEG = by_pillow(smooth(200, 300), "JPEG", quality=95)
PNG = by_pillow(noise(60, 70, 3, "uint8"), "PNG")
PNG16 = by_opencv(noise(60, 70), ".png")


def middle(data, replacement):
    at = len(data) // 2
    return data[:at] + replacement + data[at + len(replacement) :]


def ends_early(name):
    return rf"^{name} is damaged: the file ends before the picture does\. Take another copy"


def png_of(deep, *parts):
    """A 16-bit PNG whose checksums are right, with these of its compressed bytes."""

    def chunk(kind, body):
        mark = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", mark)

    height, width = deep.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep))
    pixels = [chunk(b"IDAT", packed[part]) for part in parts]
    return b"".join([PNG[:8], chunk(b"IHDR", head), *pixels, chunk(b"IEND", b"")])


BAD = {
    "empty": (b"", "^bad is empty$"),
    "text": (b"Dear diary, today", "^bad is not a picture that the studio knows. It reads PNG"),
    "zeros": (bytes(5000), "is not a picture"),
    "truncated png": (PNG[: len(PNG) // 2], ends_early("bad")),
    "png without its end": (PNG[:-12], ends_early("bad")),
    "png signature only": (PNG[:8], ends_early("bad")),
    "truncated png 16": (PNG16[: len(PNG16) // 2], ends_early("bad")),
    "truncated jpeg": (JPEG[: len(JPEG) // 2], ends_early("bad")),
    "jpeg without its end": (JPEG[:-2], ends_early("bad")),
    "jpeg header only": (JPEG[:100], "bad is damaged"),
    "truncated gif": (by_pillow(noise(60, 70, 1, "uint8"), "GIF")[:1500], "bad is damaged"),
    "truncated bmp": (by_pillow(RGB, "BMP")[:1500], "bad is damaged"),
    "truncated webp": (by_pillow(RGB, "WEBP")[:-40], ends_early("bad")),
    "truncated avif": (by_pillow(RGB, "AVIF")[:-40], "bad is damaged"),
    "truncated tiff": (by_tifffile(noise(), photometric="rgb")[:-50], "bad is damaged"),
    "truncated tiff 8": (by_pillow(RGB, "TIFF", compression="tiff_lzw")[:400], "bad is damaged"),
    "truncated ppm": (by_pillow(RGB, "PPM")[:-50], "bad is damaged"),
    "truncated ppm 16": (by_opencv(noise(), ".ppm")[:-50], "bad is damaged"),
    "truncated pfm": (by_opencv(smooth(dtype="float32"), ".pfm")[:-4], ends_early("bad")),
    "truncated hdr": (by_opencv(smooth(dtype="float32"), ".hdr")[:-50], "bad is damaged"),
    "corrupt png": (middle(PNG, b"\0" * 9), "bad is damaged: a checksum in its PNG data is wrong"),
    "corrupt png 16": (middle(PNG16, b"\0" * 9), "checksum"),
    "png 16 with half its pixels": (png_of(noise(), slice(500)), "bad is damaged"),
    "png 16 with a hole": (png_of(noise(), slice(500), slice(900, None)), "bad is damaged"),
    "png 16 without pixels": (png_of(noise()), "bad is damaged"),
    "corrupt jpeg, zeros": (middle(JPEG, b"\0" * 500), "bad is damaged: its JPEG data is corrupt"),
    "corrupt jpeg, ones": (middle(JPEG, b"\xff" * 50), "bad is damaged"),
    "corrupt jpeg, missing": (JPEG[:5000] + JPEG[5900:], "bad is damaged"),
    "corrupt deflate": (
        middle(by_tifffile(noise(), photometric="rgb", compression="zlib"), b"\0" * 60),
        "bad is damaged",
    ),
    "pgm above its white": (b"P5 1 1 1000\n\x03\xe9", "it has values above 1000"),
    "exr": (b"v/1\x01" + bytes(60), "^bad is a picture in OpenEXR format, which is not supported"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "in HEIC format.*Save it as PNG"),
    "svg": (b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="x"/>', "in SVG format"),
    "bare svg": (b'<svg width="3">', "in SVG format"),
    "xml": (b'<?xml version="1.0"?><html/>', "not a picture"),
    "jpeg 2000": (b"\0\0\0\x0cjP  \r\n\x87\n", "in JPEG 2000 format"),
    "film": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "not a picture"),
    "32-bit whole": (by_tifffile(np.zeros((3, 4), np.uint32)), "32-bit samples of type uint32"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_named(case, capfd):
    data, message = BAD[case]
    with pytest.raises(PictureError, match=message) as caught:
        decode_picture(data, "bad")
    assert caught.value.message.startswith("bad ")
    assert "\n" not in str(caught.value)
    assert "OpenCV" not in capfd.readouterr().err


def test_the_damaged_files_made_here_were_sound_before():
    np.testing.assert_array_equal(decode_picture(png_of(noise(), slice(None)), "a").pixels, noise())
    for data in (JPEG, PNG, PNG16):
        decode_picture(data, "a picture")


def test_zero_bytes_before_the_end_of_a_jpeg_are_harmless():
    """Some cameras fill up with them."""
    padded = JPEG[:-2] + bytes(900) + JPEG[-2:]
    whole = decode_picture(JPEG, "a.jpg").pixels
    np.testing.assert_array_equal(decode_picture(padded, "a.jpg").pixels, whole)


def test_bytes_after_the_end_are_harmless():
    for data in (JPEG, PNG):
        decode_picture(data + b"a note", "a picture")


def huge_png(width, height):
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG[:12] + head + struct.pack(">I", zlib.crc32(head)) + PNG[33:]


def with_tag(tiff, tag, value):
    """The file with another 32-bit number in one of its tags."""
    out = bytearray(tiff)
    start = struct.unpack("<I", tiff[4:8])[0]
    places = range(start + 2, len(tiff), 12)
    at = next(at for at in places if tiff[at : at + 2] == struct.pack("<H", tag))
    out[at + 2 : at + 12] = struct.pack("<HII", 4, 1, value)
    return bytes(out)


HUGE = {
    "png": huge_png(40000, 40000),
    "jpeg": JPEG.replace(b"\0\xc8\x01\x2c", b"\xff\xff\xff\xff", 1),
    "tiff": with_tag(by_tifffile(RGB, photometric="rgb"), 256, 99_999_999),
    "pfm": b"PF\n99999 99999\n-1\n",
    "ppm": b"P6 99999 99999 255\n",
    "hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 99999 +X 99999\n",
}


@pytest.mark.parametrize("case", HUGE)
def test_too_large_is_refused_from_the_header(case):
    with pytest.raises(PictureError, match=r"is too large.*STUDIO_MAX_MEGAPIXELS"):
        decode_picture(HUGE[case], "huge")


def test_the_limit_is_a_setting(monkeypatch):
    monkeypatch.setenv("STUDIO_MAX_MEGAPIXELS", "0.0007")
    for data in (by_pillow(RGB, "PNG"), by_pillow(RGB, "JPEG"), by_pillow(RGB, "GIF")):
        with pytest.raises(PictureError, match=r"0.000768 megapixels, where 0.0007 are allowed"):
            decode_picture(data, "a picture")
    monkeypatch.setenv("STUDIO_MAX_MEGAPIXELS", "0.000768")
    decode_picture(by_pillow(RGB, "PNG"), "a.png")
    monkeypatch.setenv("STUDIO_MAX_MEGAPIXELS", "2000")
    with pytest.raises(PictureError, match="bad is damaged"):
        decode_picture(huge_png(40000, 40000)[:80], "bad")


@pytest.mark.parametrize("value", ["lots", "-1", "0", "nan", "inf"])
def test_a_wrong_limit_is_said(value, monkeypatch):
    monkeypatch.setenv("STUDIO_MAX_MEGAPIXELS", value)
    with pytest.raises(PictureError, match=f"STUDIO_MAX_MEGAPIXELS is '{value}'"):
        decode_picture(PNG, "a.png")


SOUND = {
    "png": by_pillow(smooth(9, 9), "PNG"),
    "png16": by_opencv(noise(9, 9), ".png"),
    "jpeg": by_pillow(smooth(16, 16), "JPEG"),
    "gif": by_pillow(GREY // 8, "GIF"),
    "bmp": by_pillow(smooth(9, 9), "BMP"),
    "webp": by_pillow(smooth(16, 16), "WEBP"),
    "avif": by_pillow(smooth(16, 16), "AVIF"),
    "tiff": by_tifffile(noise(9, 9), photometric="rgb"),
    "tiff8": by_pillow(smooth(9, 9), "TIFF", compression="tiff_lzw"),
    "ppm": by_pillow(smooth(9, 9), "PPM"),
    "ppm16": by_opencv(noise(9, 9), ".ppm"),
    "pfm": by_opencv(smooth(5, 5, dtype="float32"), ".pfm"),
    "hdr": by_opencv(smooth(9, 9, dtype="float32"), ".hdr"),
}


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_damage_of_any_kind_is_a_picture_or_an_error_for_people(case, data):
    sound = SOUND[case]
    out = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        out[data.draw(st.integers(0, len(out) - 1))] = data.draw(st.integers(0, 255))
    out = out[: data.draw(st.integers(1, len(out)) | st.just(len(out)))]
    with suppress(PictureError):  # anything else is a fault
        assert isinstance(decode_picture(bytes(out), "a picture"), Picture)
