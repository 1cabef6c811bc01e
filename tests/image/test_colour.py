import io
import struct
import zlib

import numpy as np
import pytest
from pictures import ADOBE_RGB, GREY_GAMMA_18, TABLE, by_opencv, by_pillow, by_tifffile, smooth
from PIL import Image, ImageCms

from studio.errors import PictureError
from studio.image.colour import to_srgb_16
from studio.image.read import decode_picture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def by_little_cms(pixels, profile):
    mode = "RGB" if pixels.shape[2] == 3 else "L"
    image = Image.fromarray(pixels if mode == "RGB" else pixels[..., 0])
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(image, source, target, outputMode="RGB"))


@pytest.mark.parametrize(
    ("kind", "more"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_a_profile_is_applied(kind, more):
    for pixels, profile in ((smooth(), ADOBE_RGB), (smooth(channels=1), GREY_GAMMA_18)):
        if kind == "WEBP" and pixels.shape[2] == 1:
            continue
        wanted = by_little_cms(pixels, profile)[..., : pixels.shape[2]]
        assert np.abs(wanted.astype(int) - pixels).max() > 5  # it does change something
        picture = decode_picture(by_pillow(pixels, kind, icc_profile=profile, **more), "a picture")
        np.testing.assert_array_equal(picture.pixels, wanted)


def test_a_profile_in_a_jpeg():
    plain = decode_picture(by_pillow(smooth(), "JPEG"), "a.jpg").pixels
    picture = decode_picture(by_pillow(smooth(), "JPEG", icc_profile=ADOBE_RGB), "a.jpg")
    np.testing.assert_array_equal(picture.pixels, by_little_cms(plain, ADOBE_RGB))


@pytest.mark.parametrize(
    ("channels", "profile"), [(3, ADOBE_RGB), (1, GREY_GAMMA_18)], ids=["colour", "grey"]
)
def test_a_profile_of_16_bits_agrees_with_little_cms(channels, profile):
    narrow = smooth(100, 120, channels)
    wide = to_srgb_16(narrow.astype(np.uint16) * 257, profile, "a picture")
    assert wide.dtype == np.uint16
    wanted = by_little_cms(narrow, profile)[..., :channels]
    assert np.abs(wide / 257 - wanted).max() < 1.01
    assert np.abs(wide / 257 - wanted).mean() < 0.3


def test_a_profile_in_16_bit_files():
    pixels = smooth(dtype="uint16")
    wanted = to_srgb_16(pixels, ADOBE_RGB, "")
    tiff = by_tifffile(pixels, photometric="rgb", iccprofile=ADOBE_RGB)
    np.testing.assert_array_equal(decode_picture(tiff, "a.tif").pixels, wanted)
    packed = b"iCCP" + b"x\0\0" + zlib.compress(ADOBE_RGB)
    chunk = struct.pack(">I", len(packed) - 4) + packed + struct.pack(">I", zlib.crc32(packed))
    png = by_opencv(pixels, ".png")
    np.testing.assert_array_equal(decode_picture(png[:33] + chunk + png[33:], "a").pixels, wanted)


def test_srgb_changes_nothing():
    for kind in ("PNG", "TIFF"):
        data = by_pillow(smooth(), kind, icc_profile=SRGB)
        np.testing.assert_array_equal(decode_picture(data, "a picture").pixels, smooth())
    deep = smooth(dtype="uint16")
    data = by_tifffile(deep, photometric="rgb", iccprofile=SRGB)
    np.testing.assert_array_equal(decode_picture(data, "a.tif").pixels, deep)


@pytest.mark.parametrize("profile", [b"junk", ADOBE_RGB[:150], GREY_GAMMA_18])
def test_a_damaged_or_foreign_profile_is_passed_over(profile):
    data = by_pillow(smooth(), "PNG", icc_profile=profile)
    np.testing.assert_array_equal(decode_picture(data, "a.png").pixels, smooth())


def test_alpha_is_no_colour():
    rgba = np.dstack([smooth(), smooth(channels=1)])
    picture = decode_picture(by_pillow(rgba, "PNG", icc_profile=ADOBE_RGB), "a.png")
    np.testing.assert_array_equal(picture.alpha, rgba[..., 3])
    np.testing.assert_array_equal(picture.pixels, by_little_cms(smooth(), ADOBE_RGB))


def test_floating_point_keeps_its_numbers():
    pixels = smooth(dtype="float32")
    data = by_tifffile(pixels, photometric="rgb", iccprofile=ADOBE_RGB)
    np.testing.assert_array_equal(decode_picture(data, "a.tif").pixels, pixels)


def test_a_16_bit_profile_without_a_matrix_is_refused():
    assert decode_picture(by_pillow(smooth(), "PNG", icc_profile=TABLE), "a.png").channels == 3
    tiff = by_tifffile(smooth(dtype="uint16"), photometric="rgb", iccprofile=TABLE)
    with pytest.raises(PictureError, match="colour profile that can't be applied to a 16-bit"):
        decode_picture(tiff, "a.tif")
