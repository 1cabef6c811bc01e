import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from pictures import by_opencv, by_pillow, by_tifffile, noise, smooth
from PIL import Image, ImageOps

from studio.image.read import decode_picture

GREY, RGB = smooth(channels=1), smooth()
ALPHA = noise(24, 32, 1, "uint8")[..., 0]
RGBA = np.dstack([RGB, ALPHA])
RGBA16 = noise(channels=4)
GREY_ALPHA = Image.merge("LA", [Image.fromarray(GREY[..., 0]), Image.fromarray(ALPHA)])


EXACT = {
    "png grey": (by_pillow(GREY, "PNG"), GREY),
    "png rgb": (by_pillow(RGB, "PNG"), RGB),
    "png rgb 16": (by_opencv(noise(), ".png"), noise()),
    "png grey 16": (by_opencv(noise(channels=1), ".png"), noise(channels=1)),
    "bmp rgb": (by_pillow(RGB, "BMP"), RGB),
    "bmp grey": (by_pillow(GREY, "BMP"), GREY),
    "gif": (by_pillow(GREY // 8, "GIF"), np.repeat(GREY // 8, 3, axis=2)),
    "webp lossless": (by_pillow(RGB, "WEBP", lossless=True), RGB),
    "tiff rgb": (by_tifffile(RGB, photometric="rgb"), RGB),
    "tiff lzw": (by_pillow(RGB, "TIFF", compression="tiff_lzw"), RGB),
    "tiff rgb 16": (by_tifffile(noise(), photometric="rgb"), noise()),
    "tiff rgb 16 lzw": (by_opencv(noise(), ".tiff", (cv2.IMWRITE_TIFF_COMPRESSION, 5)), noise()),
    "tiff deflate 16": (
        by_tifffile(noise(), photometric="rgb", compression="zlib", predictor=True),
        noise(),
    ),
    "tiff planes 16": (
        by_tifffile(np.moveaxis(noise(), 2, 0), photometric="rgb", planarconfig="separate"),
        noise(),
    ),
    "tiff grey 16 lzw": (
        by_pillow(noise(channels=1), "TIFF", compression="tiff_lzw"),
        noise(channels=1),
    ),
    "tiff white is zero": (by_tifffile(255 - GREY[..., 0], photometric="miniswhite"), GREY),
    "tiff float": (
        by_tifffile(smooth(dtype="float32") - 2, photometric="rgb"),
        smooth(dtype="float32") - 2,
    ),
    "tiff float grey": (
        by_tifffile(smooth(channels=1, dtype="float32")[..., 0] * 999, photometric="minisblack"),
        smooth(channels=1, dtype="float32") * 999,
    ),
    "tiff two pages": (
        by_tifffile(np.stack([GREY[..., 0], 255 - GREY[..., 0]]), photometric="minisblack"),
        GREY,
    ),
    "pgm": (by_pillow(GREY, "PPM"), GREY),
    "ppm": (by_pillow(RGB, "PPM"), RGB),
    "ppm 16": (by_opencv(noise(), ".ppm"), noise()),
    "pgm 16": (by_opencv(noise(channels=1), ".pgm"), noise(channels=1)),
    "pfm": (by_opencv(smooth(dtype="float32"), ".pfm"), smooth(dtype="float32")),
    "pfm grey": (
        by_opencv(smooth(channels=1, dtype="float32"), ".pfm"),
        smooth(channels=1, dtype="float32"),
    ),
    "pgm text": (b"P2 # words\n3 1\n# more\n255\n0 100 255\n", np.uint8([[[0], [100], [255]]])),
    "ppm text 16": (b"P3\n1 1\n65535\n1 300 65535\n", np.uint16([[[1, 300, 65535]]])),
    "pgm of 1023": (
        b"P5 2 1 1023\n" + struct.pack(">HH", 1023, 512),
        np.uint16([[[65535], [32800]]]),
    ),
    "pbm": (b"P1\n3 1\n1 0 1\n", np.uint8([[[0], [255], [0]]])),
}


@pytest.mark.parametrize("case", EXACT)
def test_exact_and_in_its_own_depth(case):
    data, pixels = EXACT[case]
    picture = decode_picture(data, "a picture")
    assert picture.pixels.dtype == pixels.dtype
    assert picture.pixels.flags.c_contiguous
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.alpha is None


def test_jpeg_equals_opencv():
    for pixels, sampling in ((GREY, 0), (RGB, 0), (RGB, 2)):
        for progressive in (False, True):
            data = by_pillow(pixels, "JPEG", subsampling=sampling, progressive=progressive)
            theirs = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
            ours = decode_picture(data, "a.jpg").pixels
            assert ours.shape == pixels.shape
            np.testing.assert_array_equal(ours, theirs.reshape(ours.shape)[..., ::-1])


@pytest.mark.parametrize(
    ("data", "apart"),
    [
        (by_pillow(RGB, "WEBP", quality=95), 15),
        (by_pillow(RGB, "AVIF", quality=95), 15),
        (by_opencv(smooth(dtype="float32"), ".hdr"), 0.02),
    ],
    ids=["webp", "avif", "hdr"],
)
def test_lossy_formats_are_near(data, apart):
    picture = decode_picture(data, "a picture")
    expected = RGB if apart > 1 else smooth(dtype="float32")
    assert picture.pixels.dtype == expected.dtype
    assert np.abs(picture.pixels.astype(float) - expected).max() <= apart


def test_a_deep_avif_keeps_its_bits():
    tenth = (smooth(dtype="uint16") >> 6).astype(np.uint16)
    quality = (cv2.IMWRITE_AVIF_DEPTH, 10, cv2.IMWRITE_AVIF_QUALITY, 100)
    picture = decode_picture(by_opencv(tenth, ".avif", quality), "a.avif")
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels - tenth * (65535 / 1023)).max() < 600


def palette(transparent):
    image = Image.fromarray(RGB).quantize(16)
    wanted = np.asarray(image.convert("RGB"))
    return image, wanted, {"transparency": 3} if transparent else {}


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_a_palette_becomes_rgb(kind):
    image, wanted, _ = palette(False)
    picture = decode_picture(by_pillow(image, kind), "a picture")
    np.testing.assert_array_equal(picture.pixels, wanted)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_transparent_palette_entry_becomes_alpha(kind):
    image, _, extra = palette(True)
    picture = decode_picture(by_pillow(image, kind, **extra), "a picture")
    with Image.open(io.BytesIO(by_pillow(image, kind, **extra))) as theirs:
        np.testing.assert_array_equal(picture.alpha, np.asarray(theirs.convert("RGBA"))[..., 3])
    assert set(np.unique(picture.alpha)) == {0, 255}


ALPHAS = {
    "png": (by_pillow(RGBA, "PNG"), RGB, ALPHA),
    "webp": (by_pillow(RGBA, "WEBP", lossless=True, exact=True), RGB, ALPHA),
    "tiff": (by_tifffile(RGBA, photometric="rgb", extrasamples=["unassalpha"]), RGB, ALPHA),
    "png grey": (by_pillow(GREY_ALPHA, "PNG"), GREY, ALPHA),
    "png 16": (by_opencv(RGBA16, ".png"), RGBA16[..., :3], RGBA16[..., 3]),
    "tiff 16": (
        by_tifffile(RGBA16, photometric="rgb", extrasamples=["unassalpha"]),
        RGBA16[..., :3],
        RGBA16[..., 3],
    ),
}


@pytest.mark.parametrize("case", ALPHAS)
def test_alpha_is_kept_straight(case):
    data, pixels, alpha = ALPHAS[case]
    picture = decode_picture(data, "a picture")
    np.testing.assert_array_equal(picture.pixels, pixels)
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_multiplied_alpha_is_divided_out():
    straight, alpha = noise(dtype="uint16"), 20000 + noise(channels=1)[..., :1] // 2
    multiplied = np.rint(straight * (alpha / 65535)).astype(np.uint16)
    data = by_tifffile(
        np.dstack([multiplied, alpha]), photometric="rgb", extrasamples=["assocalpha"]
    )
    picture = decode_picture(data, "a.tif")
    assert np.abs(picture.pixels.astype(int) - straight).max() <= 2
    np.testing.assert_array_equal(picture.alpha, alpha[..., 0])


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(kind):
    image = Image.fromarray(RGB).convert("CMYK")
    picture = decode_picture(by_pillow(image, kind), "a picture")
    assert np.abs(picture.pixels.astype(int) - RGB).max() < 12


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "WEBP", "TIFF", "PNG 16", "TIFF 16", "TIFF LZW 16"]
)
def test_orientation_is_applied_once(orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    marked = smooth()
    marked[:8, :16] = 250  # a corner that tells them apart
    tag = [(0x0112, 3, 1, orientation, True)]
    deep = marked.astype(np.uint16) * 257
    if kind == "PNG 16":
        data = with_exif(by_opencv(deep, ".png"), exif.tobytes())
    elif kind == "TIFF 16":
        data = by_tifffile(deep, photometric="rgb", extratags=tag)
    elif kind == "TIFF LZW 16":
        data = by_pillow(deep[..., :1], "TIFF", compression="tiff_lzw", exif=exif)
    else:
        more = {"lossless": True} if kind == "WEBP" else {}
        data = by_pillow(marked, kind, exif=exif, **more)
    source = Image.fromarray(marked)
    source.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(source))
    picture = decode_picture(data, "a picture")
    upright = upright[..., : picture.channels]
    assert picture.pixels.shape == upright.shape
    shown = picture.pixels / (257 if picture.pixels.dtype == np.uint16 else 1)
    assert np.abs(shown - upright).mean() < (4 if kind == "JPEG" else 1e-9)


def with_exif(png, exif):
    chunk = b"eXIf" + exif.removeprefix(b"Exif\0\0")
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:33] + whole + png[33:]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_exif_block_does_not_matter():
    data = by_pillow(RGB, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 20)
    assert decode_picture(data, "a.jpg").pixels.shape == RGB.shape


def test_several_pictures_in_a_jpeg_give_the_first():
    other = Image.fromarray(255 - RGB)
    data = by_pillow(RGB, "MPO", save_all=True, append_images=[other])
    assert np.abs(decode_picture(data, "a.jpg").pixels.astype(int) - RGB).mean() < 4


def test_an_animation_gives_the_first_frame():
    data = by_pillow(GREY // 8, "GIF", save_all=True, append_images=[Image.fromarray(RGB)])
    np.testing.assert_array_equal(decode_picture(data, "a.gif").pixels[..., :1], GREY // 8)
