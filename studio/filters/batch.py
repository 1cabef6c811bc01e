"""A chain applied to picture files, one after the other."""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.errors import PictureError, SettingError, StudioError
from studio.filters.chain import Chain
from studio.filters.evaluation import Evaluation
from studio.image.picture import Picture, Pixels
from studio.image.read import printable, read_picture
from studio.image.tiff_rows import TiffRows
from studio.image.whole_file import whole_file
from studio.image.write import check_ending, rounding_for, write_picture

_TIFF = (".tif", ".tiff")


@dataclass(frozen=True)
class Applying:
    """A picture is being worked on.

    Attributes
    ----------
    number, total : int
        Which of the pictures, from 0, and how many there are.
    source : Path
    share : float
        How much of it is done, 0 to 1.
    """

    number: int
    total: int
    source: Path
    share: float = 0.0


@dataclass(frozen=True)
class Applied:
    """A picture is done with.

    Attributes
    ----------
    number, total : int
        Which of the pictures, from 0, and how many there are.
    source : Path
    target : Path or None
        The result's file; None where there is none.
    note : str
        What the file couldn't keep; empty if nothing.
    error : StudioError or None
        Why there is no result.
    """

    number: int
    total: int
    source: Path
    target: Path | None = None
    note: str = ""
    error: StudioError | None = None


def apply_to(
    chain: Chain, paths: Sequence[Path], folder: Path, replace: bool = True
) -> Iterator[Applying | Applied]:
    """Filter picture files into a folder; what fails is told, and the next one follows.

    A result has its source's name, and an ending that keeps it exact: .png, or .tiff for floating
    point. It never overwrites a source, nor another result: it gets a number instead.

    Parameters
    ----------
    folder : Path
        Is there already.
    replace : bool
        Whether other files in the folder are replaced; if not, results get a number there too.

    Yields
    ------
    Applying
        Any number for each picture, the first before it is read. Closing the iterator there leaves
        nothing of that picture.
    Applied
        One for each picture.
    """
    taken = {_place(path) for path in paths}

    def name(source: Path, depth: str) -> Path:
        return _result_path(folder, source, depth, taken, replace)

    for number, path in enumerate(paths):
        yield from _applied(Applying(number, len(paths), path), _filtering(chain, path, name))


def apply_to_one(chain: Chain, source: Path, target: Path) -> Iterator[Applying | Applied]:
    """Filter one picture file into another, and tell as `apply_to` does.

    Raises
    ------
    PictureError
        When the target's ending names no format.
    """
    check_ending(target)
    return _applied(Applying(0, 1, source), _filtering(chain, source, lambda *_: target))


def save_result(
    evaluation: Evaluation, picture: Picture, target: Path
) -> Generator[float, None, str]:
    """Write what a chain makes of a picture; gives the share that is done.

    A TIFF file is written as it is computed, so that it is never in memory as a whole.

    Parameters
    ----------
    evaluation : Evaluation
        Of the picture's pixels.
    picture : Picture
    target : Path
        Its ending names the format, as with `write_picture`.

    Returns
    -------
    str
        What the file couldn't keep; empty if nothing.

    Raises
    ------
    PictureError
        When the file can't be written; an older one stays whole. Closing the generator leaves
        nothing behind either.
    """
    check_ending(target)
    looks = any(one.measures or one.needs_all for one in evaluation.filters)
    begun = 0.5 if looks else 0.0
    for share in evaluation.prepare():
        yield begun * share
    if target.suffix.lower() not in _TIFF:
        for given in _rounded(evaluation, picture, target):
            if isinstance(given, str):
                return given
            yield begun + (1 - begun) * given
    try:
        for share in _streamed(evaluation, picture, target):
            yield begun + (1 - begun) * share
    except PictureError:
        raise
    except StudioError as error:
        raise PictureError(error.message, error.remedy) from error
    return ""


def _rounded(evaluation: Evaluation, picture: Picture, target: Path) -> Iterator[float | str]:
    """Write into a format without floating point, of which nothing is kept; the note comes last."""
    height, width = evaluation.size()
    depth = picture.pixels.dtype.name
    some = evaluation.first()
    rounding = rounding_for(target, depth) if some.dtype.kind == "f" else None
    goal = rounding.goal if rounding is not None else some.dtype
    out: Pixels = np.empty((height, width, some.shape[2]), goal)
    done = 0
    for box, strip in evaluation.strips():
        out[box.top : box.bottom] = strip if rounding is None else rounding.strip(strip)
        done += box.height
        yield done / height
    note = rounding.note if rounding is not None else ""
    result = picture.with_pixels(out)
    if rounding is not None:  # transparency belongs to the depth that the values left
        result = replace(result, alpha=None)
    more = write_picture(result, target, depth=depth)
    yield note or more


def _streamed(evaluation: Evaluation, picture: Picture, target: Path) -> Iterator[float]:
    height, width = evaluation.size()
    some = evaluation.first()
    alpha = picture.alpha
    if alpha is not None and (alpha.shape != (height, width) or alpha.dtype != some.dtype):
        alpha = None  # as `Picture.with_pixels` does
    with whole_file(target) as file:
        rows = TiffRows(file, (height, width, some.shape[2]), some.dtype, alpha)
        done = 0
        for box, strip in evaluation.strips():
            rows.put(box.top, strip)
            done += box.height
            yield done / height


def _filtering(
    chain: Chain, source: Path, name: Callable[[Path, str], Path]
) -> Generator[float, None, tuple[Path, str]]:
    """Read, filter and write one picture; gives the share, and returns the target and a note.

    `name` makes the target of the source and the result's depth.
    """
    picture = read_picture(source)
    try:
        evaluation = chain.evaluate(picture.pixels)
    except SettingError as error:
        step = f"step {error.step + 1}: " if error.step is not None else ""
        message = f"{printable(source.name)}: {step}{error.message}"
        raise SettingError(message, error.remedy, error.field, error.step) from None
    for share in evaluation.prepare():
        yield share / 2
    target = name(source, evaluation.first().dtype.name)
    note = yield from save_result(evaluation, picture, target)
    return target, note


def _applied(
    first: Applying, shares: Generator[float, None, tuple[Path, str]]
) -> Iterator[Applying | Applied]:
    """Tells how one picture fares."""
    number, total, source = first.number, first.total, first.source
    yield first
    with closing(shares):
        try:
            while True:
                yield Applying(number, total, source, next(shares))
        except StopIteration as end:
            target, note = end.value
            yield Applied(number, total, source, target, note)
        except StudioError as error:
            yield Applied(number, total, source, error=error)
        except MemoryError:
            name = printable(source.name)
            lack = PictureError(f"{name}: there is not enough memory for what it becomes")
            yield Applied(number, total, source, error=lack)


def _result_path(folder: Path, source: Path, depth: str, taken: set[str], replace: bool) -> Path:
    """A name in the folder that keeps the result exact; none that is taken already."""
    ending = ".tiff" if depth == "float32" else ".png"
    target = folder / (source.stem + ending)
    number = 2
    while _place(target) in taken or (not replace and os.path.lexists(target)):
        target = folder / f"{source.stem}-{number}{ending}"
        number += 1
    taken.add(_place(target))
    return target


def _place(path: Path) -> str:
    """Equal for what may be one file: some disks don't tell A from a."""
    return os.path.realpath(path).casefold()
