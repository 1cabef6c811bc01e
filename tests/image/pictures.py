"""Pictures, encoded by others than the studio, for the tests of reading."""

import io
import struct

import cv2
import numpy as np
import tifffile
from PIL import Image

WHITE = (0.9642, 1.0, 0.8249)


def smooth(height=24, width=32, channels=3, dtype="uint8"):
    """A picture without sharp edges, so that lossy formats keep it nearly."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    planes = [0.5 + 0.4 * np.sin(3 * x + 2 * y + phase) for phase in range(channels)]
    full = np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1
    values = np.stack(planes, axis=2) * full
    return (values.round() if full > 1 else values).astype(dtype)


def noise(height=20, width=24, channels=3, dtype="uint16"):
    values = np.random.default_rng(0).random((height, width, channels))
    return (values * np.iinfo(dtype).max).round().astype(dtype)


def by_pillow(pixels, kind, **settings):
    out = io.BytesIO()
    if isinstance(pixels, np.ndarray):
        grey = pixels.ndim == 3 and pixels.shape[2] == 1
        pixels = Image.fromarray(pixels[..., 0] if grey else pixels)
    pixels.save(out, kind, **settings)
    return out.getvalue()


def by_opencv(pixels, ending, settings=()):
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[pixels.shape[2]]
    done, data = cv2.imencode(ending, np.ascontiguousarray(pixels[..., order]), list(settings))
    assert done
    return data.tobytes()


def by_tifffile(pixels, **settings):
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, **settings)
    return out.getvalue()


FILM_STEP = 8  # levels of red from one frame to the next


def write_video(path, count=25, rate=25.0, size=(64, 48), codec="MJPG", step=FILM_STEP):
    """Frames whose red tells their number, blue at the left, green at the top right."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*codec), rate, size)
    assert writer.isOpened()
    width, height = size
    for number in range(count):
        frame = np.zeros((height, width, 3), np.uint8)
        frame[:, : width // 2, 0] = 200
        frame[: height // 2, width // 2 :, 1] = 200
        frame[:, :, 2] = step * number
        writer.write(frame)
    writer.release()
    return str(path)


def number_of(picture, step=FILM_STEP):
    return round(float(picture.pixels[..., 0].mean()) / step)


def fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(columns, gamma, grey=False):
    """A colour profile made of a matrix (rows X, Y, Z under D50) and one power curve."""

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {"wtpt": b"XYZ " + bytes(4) + fixed(*WHITE)}
    if grey:
        tags["kTRC"] = curve
    else:
        for name, column in zip("rgb", np.transpose(columns), strict=True):
            tags[f"{name}XYZ"] = b"XYZ " + bytes(4) + fixed(*column)
            tags[f"{name}TRC"] = curve
    return _profile(tags, b"GRAY" if grey else b"RGB ", b"XYZ ")


def _profile(tags, space, connection):
    """A profile file with these elements."""
    table, body = b"", b""
    start = 132 + 12 * len(tags)
    for name, element in tags.items():
        table += struct.pack(">4sII", name.encode(), start + len(body), len(element))
        body += element
    rest = struct.pack(">I", len(tags)) + table + body
    header = bytearray(128)
    header[0:4] = struct.pack(">I", 128 + len(rest))
    header[8:12] = b"\x02\x10\0\0"
    header[12:24] = b"mntr" + space + connection
    header[36:40] = b"acsp"
    header[68:80] = fixed(*WHITE)
    return bytes(header) + rest


# Adobe RGB (1998): its primaries under D50, and its gamma.
ADOBE_RGB = profile(
    [[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]],
    563 / 256,
)
GREY_GAMMA_18 = profile(None, 1.8, grey=True)

# A profile that is nothing but a table: eight corners of the colour cube, in Lab.
_RAMP = bytes(range(256)) * 3
_CORNERS = bytes([0, 128, 128] * 4 + [255, 128, 128] * 4)
_ONE = fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
TABLE = _profile(
    {
        "wtpt": b"XYZ " + bytes(4) + fixed(*WHITE),
        "A2B0": b"mft1" + bytes(4) + b"\3\3\2\0" + _ONE + _RAMP + _CORNERS + _RAMP,
    },
    b"RGB ",
    b"Lab ",
)
