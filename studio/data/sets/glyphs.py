"""Digits that the program draws itself: no download, no font of the system."""

from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.data.dataset import DIGITS, Arrays, Dataset, Loading
from studio.data.progress import Preparing
from studio.data.strokes import HANDS, HEIGHT, WIDTH, Stroke, strokes
from studio.declare import option
from studio.nets.layer import Size

_SIDE = 28
_FINE = 4  # drawn this many times larger, then averaged down
_BLOCK = 500  # digits drawn between two words about the progress
_PRINTED = "printed"
_FONTS = (*HANDS, _PRINTED)
_WEIGHTS = (0, 2, 4)  # pixels added around the printed digit, which is about 100 pixels high


class Glyphs(Dataset):
    """Digits in many fonts, thicknesses, slants, sizes, places and noise, light on dark.

    They are drawn with this package's own stroke fonts and with the font inside Pillow. The same
    seed gives the same bytes for the same versions of NumPy (its generator PCG64), OpenCV (lines,
    averaging) and Pillow (FreeType).
    """

    kind: ClassVar[str] = "glyphs"
    title: ClassVar[str] = "Glyphs"
    summary: ClassVar[str] = "Digits drawn by the program in many fonts; needs no download."
    classes: ClassVar[tuple[str, ...]] = DIGITS
    size: ClassVar[Size] = Size(1, _SIDE, _SIDE)
    source: ClassVar[str] = "digits drawn by the program"
    ink: ClassVar = "light"
    is_drawn: ClassVar[bool] = True
    resize: ClassVar = "fit"

    train: int = option(10_000, "Training digits", "How many to learn from.", low=10, high=200_000)
    test: int = option(2_000, "Test digits", "How many to test on.", low=10, high=200_000)
    seed: int = option(0, "Seed", "Another seed draws other digits.", low=0, high=2**31 - 1)

    def load(self, root: Path | None = None) -> Loading:
        parts = []
        for part, count in enumerate((self.train, self.test)):
            blocks = []
            for block, start in enumerate(range(0, count, _BLOCK)):
                done = start + part * self.train
                yield Preparing("Drawing digits", done / (self.train + self.test))
                rng = np.random.default_rng((self.seed, part, block))
                blocks.append(_draw_block(rng, min(_BLOCK, count - start)))
            parts.append([np.concatenate(arrays) for arrays in zip(*blocks, strict=True)])
        (train_pictures, train_labels), (test_pictures, test_labels) = parts
        return Arrays(train_pictures, train_labels, test_pictures, test_labels)


def _draw_block(
    rng: np.random.Generator, count: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures count x 28 x 28 x 1 and labels, every digit about equally often."""
    labels = rng.permutation(np.arange(count) % 10)
    fonts = rng.integers(len(_FONTS), size=count)
    drawn = np.stack(
        [_draw(rng, _FONTS[font], digit) for font, digit in zip(fonts, labels, strict=True)]
    )
    return _print(rng, drawn.astype(np.float32) / 255)[..., None], labels.astype(np.int64)


def _print(rng: np.random.Generator, ink: NDArray[Any]) -> NDArray[np.uint8]:
    """Blur, contrast and noise of a scan, for N x 28 x 28 pictures of 0 to 1."""

    def each(low: float, high: float) -> NDArray[np.float32]:
        return rng.uniform(low, high, size=(len(ink), 1, 1)).astype(np.float32)

    wide = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    wide = (wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]) / 4
    wide = (wide[..., :-2] + 2 * wide[..., 1:-1] + wide[..., 2:]) / 4
    blur = each(0, 0.8)
    ink = ink + blur * (wide - ink)
    ground = np.maximum(each(-30, 30), 0)
    values = ground + ink * (each(170, 255) - ground)
    noise = rng.standard_normal(ink.shape, dtype=np.float32) * np.maximum(each(-12, 20), 0)
    return np.asarray(np.rint(np.clip(values + noise, 0, 255)), np.uint8)


class _Pose(NamedTuple):
    """How one digit stands on the paper; lengths in output pixels."""

    matrix: NDArray[np.float64]  # 2 x 2, from a digit of height 1 around 0, 0
    bend: NDArray[np.float64]  # x and y amplitude, x and y phase
    place: NDArray[np.float64]  # x, y of the middle
    thickness: float
    nib: NDArray[np.float64]  # x, y: half the width of a broad pen, 0 for a round one


def _pose(rng: np.random.Generator) -> _Pose:
    height = rng.uniform(15, 22)
    aspect = rng.uniform(0.75, 1.2)
    slant = np.clip(rng.normal(0.1, 0.18), -0.3, 0.5)
    turn = np.clip(rng.normal(0, 0.08), -0.18, 0.18)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = height * turned @ np.array([[aspect, -slant], [0, 1]])
    bend = np.concatenate([rng.normal(0, 0.025, 2), rng.uniform(0, 2 * np.pi, 2)])
    place = _SIDE / 2 + rng.normal(0, 1.2, 2)
    broad = rng.uniform(0.3, 0.8) * (rng.random() < 0.3)
    angle = rng.normal(np.pi / 4, 0.3)
    nib = broad * np.array([np.cos(angle), -np.sin(angle)])
    return _Pose(matrix, bend, place, height * rng.uniform(0.07, 0.155), nib)


def _draw(rng: np.random.Generator, font: str, digit: int) -> NDArray[np.uint8]:
    """One digit, 28 x 28, ink 255 on 0."""
    pose = _pose(rng)
    fine = np.zeros((_SIDE * _FINE, _SIDE * _FINE), np.uint8)
    if font == _PRINTED:
        _draw_printed(fine, pose, digit, _WEIGHTS[rng.integers(len(_WEIGHTS))])
    else:
        _draw_strokes(fine, pose, _hand(font)[digit])
    return np.asarray(cv2.resize(fine, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _draw_strokes(fine: NDArray[np.uint8], pose: _Pose, lines: tuple[Stroke, ...]) -> None:
    points = np.concatenate(lines)
    wave = np.sin(np.pi * points[:, ::-1] + pose.bend[2:])  # x bends along y, and y along x
    points = (points + pose.bend[:2] * wave) @ pose.matrix.T
    reach = pose.thickness / 2 + np.abs(pose.nib)
    points = points + _inside(pose.place, points, reach)
    ends = np.cumsum([len(line) for line in lines])[:-1]
    thickness = max(1, round(pose.thickness * _FINE))
    for side in (-1, 0, 1) if pose.nib.any() else (0,):
        shifted = (points + side * pose.nib) * _FINE - 0.5
        for line in np.split(np.rint(shifted * 16).astype(np.int32), ends):
            cv2.polylines(fine, [line[:, None]], False, 255, thickness, cv2.LINE_8, 4)


def _draw_printed(fine: NDArray[np.uint8], pose: _Pose, digit: int, weight: int) -> None:
    mask, box = _printed_digit(digit, weight)
    middle = (box[0] + box[1]) / 2
    corners = np.array([box[0], (box[0][0], box[1][1]), (box[1][0], box[0][1]), box[1]]) - middle
    matrix = pose.matrix / (box[1][1] - box[0][1])
    place = _inside(pose.place, corners @ matrix.T, np.zeros(2))
    matrix = matrix * _FINE
    offset = place * _FINE - 0.5 - matrix @ (middle - 0.5)
    cv2.warpAffine(
        mask, np.column_stack([matrix, offset]), fine.shape, dst=fine, flags=cv2.INTER_LINEAR
    )


def _inside(
    place: NDArray[np.float64], points: Stroke, reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The place moved so that the points and what reaches around them stay on the picture."""
    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    if ((high - low) > _SIDE).any():
        return np.asarray(_SIDE / 2 - (low + high) / 2)
    return np.asarray(np.clip(place, -low, _SIDE - high))


@cache
def _hand(font: str) -> tuple[tuple[Stroke, ...], ...]:
    """For each digit its strokes, height 1 around 0, 0."""
    middle = np.array([WIDTH, HEIGHT]) / 2
    return tuple(
        tuple((stroke - middle) / HEIGHT for stroke in strokes(path)) for path in HANDS[font]
    )


@cache
def _printed_digit(digit: int, weight: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A digit of Pillow's own font, and the corners of its ink, two rows of x, y."""
    picture = Image.new("L", (160, 180))
    font = ImageFont.load_default(130)
    ImageDraw.Draw(picture).text(
        (80, 90), str(digit), 255, font, anchor="mm", stroke_width=weight, stroke_fill=255
    )
    mask = np.asarray(picture)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = np.array([[columns[0], rows[0]], [columns[-1] + 1, rows[-1] + 1]], np.float64)
    return mask, box
