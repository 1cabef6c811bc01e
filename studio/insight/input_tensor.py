"""The exact numbers that a network is given, and how they come from the picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Picture, full_scale
from studio.image.whole_file import whole_file
from studio.image.write import number
from studio.nets.preprocess import Preprocessing

_CHANNELS = {1: ("Grey",), 3: ("Red", "Green", "Blue")}
_LUMA = "0.299 red + 0.587 green + 0.114 blue"


@dataclass(frozen=True)
class Stage:
    """One step from the picture to the tensor: what is done, and with which numbers."""

    title: str
    words: str


@dataclass(frozen=True)
class Channel:
    """What the values of one channel are like."""

    name: str
    minimum: float
    mean: float
    maximum: float


def channels(values: NDArray[np.float32]) -> tuple[Channel, ...]:
    """Least, mean and largest value of each channel of channels x height x width."""
    names = channel_names(len(values))
    return tuple(
        Channel(name, float(each.min()), float(each.mean(dtype=np.float64)), float(each.max()))
        for name, each in zip(names, values, strict=True)
    )


def channel_names(count: int) -> tuple[str, ...]:
    """Red, green and blue, or grey."""
    return _CHANNELS.get(count) or tuple(f"Channel {place}" for place in range(count))


def stages(
    preprocessing: Preprocessing, picture: Picture, values: NDArray[np.float32]
) -> tuple[Stage, ...]:
    """What was done to the picture, in order; steps that change nothing are left out.

    Parameters
    ----------
    values : array, channels x height x width
        What `Preprocessing.apply` gave for it.
    """
    return tuple(_stages(preprocessing, picture, values))


def _stages(
    preprocessing: Preprocessing, picture: Picture, values: NDArray[np.float32]
) -> Iterator[Stage]:
    yield Stage("Picture", picture.words)
    if picture.alpha is not None:
        yield Stage("Transparency", "laid on white")
    yield from _geometry(preprocessing, picture)
    scale = full_scale(picture.pixels)
    if scale != 1:
        yield Stage("Scale", f"each value ÷ {scale:,.0f}, so that white is 1")
    if picture.channels > preprocessing.channels:
        yield Stage("Grey", _LUMA)
    elif picture.channels < preprocessing.channels:
        yield Stage("Colour", "the grey values three times, as red, green and blue")
    if preprocessing.ink == "light":
        yield _ink(preprocessing, picture, values)
    yield from _border(preprocessing, picture)
    if any(preprocessing.mean) or set(preprocessing.std) != {1.0}:
        yield _normalisation(preprocessing)


def _geometry(preprocessing: Preprocessing, picture: Picture) -> Iterator[Stage]:
    """Cropping and resizing."""
    before: tuple[float, float] = picture.height, picture.width
    if preprocessing.resize == "crop":
        frame = preprocessing.frame(picture)
        if (frame.height, frame.width) != before:
            rows, columns = _span(frame.top, frame.height), _span(frame.left, frame.width)
            yield Stage("Crop", f"the middle: rows {rows}, columns {columns}")
        before = frame.height, frame.width
    after = _inner(preprocessing, picture)[2:]
    if after != before:
        sizes = f"{_length(before[0])} × {_length(before[1])} to {after[0]} × {after[1]}"
        how = _way(preprocessing.interpolation, before, after)
        yield Stage("Resize", f"{sizes} (rows × columns), {how}")


def _way(interpolation: str, before: tuple[float, float], after: tuple[int, int]) -> str:
    if interpolation != "area":
        return interpolation
    ways = ["by area" if new < old else "linearly" for old, new in zip(before, after, strict=True)]
    if len(set(ways)) == 1:
        return ways[0]
    named = zip(("rows", "columns"), ways, before, after, strict=True)
    return ", ".join(f"{name} {way}" for name, way, old, new in named if old != new)


def _inner(preprocessing: Preprocessing, picture: Picture) -> tuple[int, int, int, int]:
    """Where the picture is in the tensor: top, left, height and width."""
    if preprocessing.resize != "fit":
        return 0, 0, *preprocessing.size
    frame = preprocessing.frame(picture)
    down, across = frame.height / preprocessing.size[0], frame.width / preprocessing.size[1]
    place = (-frame.top / down, -frame.left / across, picture.height / down, picture.width / across)
    top, left, height, width = (round(part) for part in place)
    return top, left, height, width


def _ink(preprocessing: Preprocessing, picture: Picture, values: NDArray[np.float32]) -> Stage:
    top, left, height, width = _inner(preprocessing, picture)
    inside = slice(None), slice(top, top + height), slice(left, left + width)
    plain = preprocessing.change(ink="as_is").apply(picture)
    if np.array_equal(plain[inside], values[inside]):
        return Stage("Ink", "as it is: the ground is dark already")
    return Stage("Ink", "1 − value, because the ground is light")


def _border(preprocessing: Preprocessing, picture: Picture) -> Iterator[Stage]:
    top, left, height, width = _inner(preprocessing, picture)
    bottom, right = preprocessing.size[0] - top - height, preprocessing.size[1] - left - width
    sides = {"above": top, "below": bottom, "left": left, "right": right}
    added = [f"{count} {side}" for side, count in sides.items() if count]
    if added:
        like = "the ground's grey" if preprocessing.ink == "light" else "the mean"
        yield Stage("Border", f"{', '.join(added)}, as {like}")


def _normalisation(preprocessing: Preprocessing) -> Stage:
    pairs = list(zip(preprocessing.mean, preprocessing.std, strict=True))
    if len(set(pairs)) == 1:
        return Stage("Normalise", _formula(*pairs[0]))
    names = channel_names(len(pairs))
    parts = (_formula(*pair, name.lower()) for name, pair in zip(names, pairs, strict=True))
    return Stage("Normalise", "; ".join(parts))


def _formula(mean: float, std: float, name: str = "value") -> str:
    if std == 1:
        return f"{name} − {number(mean)}"
    return f"({name} − {number(mean)}) ÷ {number(std)}" if mean else f"{name} ÷ {number(std)}"


def _span(first: float, count: float) -> str:
    """A range of rows or columns: whole ones, or with the parts of a pixel at both ends."""
    if float(first).is_integer() and float(count).is_integer():
        return f"{first:.0f} to {first + count - 1:.0f}"
    return f"{_length(first)} to {_length(first + count)}, in part"


def _length(pixels: float) -> str:
    return f"{pixels:.0f}" if float(pixels).is_integer() else f"{pixels:.2f}"


def save_tensor(values: NDArray[np.float32], path: str | Path) -> None:
    """Write the tensor as an NPY file, float32, channels x height x width.

    Raises
    ------
    StudioError
        When it can't be written.
    """
    with whole_file(path) as file:
        np.save(file, np.asarray(values, np.float32), allow_pickle=False)
