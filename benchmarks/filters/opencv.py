"""A whole filter against one direct call of OpenCV, at 24 megapixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from benchmarks.filters.pictures import SIZES, photo
from benchmarks.timing import in_turn, milliseconds, ratio
from studio.filters.chain import parse_step
from studio.filters.kernel import kernel_text
from studio.image.picture import Pixels


@dataclass(frozen=True)
class Case:
    """A filter, the call that it is held against, and the ratio that it should keep."""

    name: str
    spec: str
    direct: Callable[[Pixels], Any]
    limit: float


def _weights(side: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A kernel that is no product of a row and a column."""
    weights = np.random.default_rng(side).random((side, side))
    return weights / weights.sum()


def _convolution(side: int, limit: float) -> Case:
    weights = _weights(side)
    rows = tuple(map(tuple, weights.tolist()))
    return Case(
        f"convolution {side} × {side}",
        f'convolution kernel="{kernel_text(rows)}"',
        lambda picture: cv2.filter2D(picture, -1, weights),
        limit,
    )


def _median(side: int, limit: float) -> Case:
    return Case(
        f"median {side} × {side}",
        f"median radius={side // 2}",
        lambda picture: cv2.medianBlur(picture, side),
        limit,
    )


CASES = (
    _convolution(3, 1.15),
    _convolution(5, 1.15),
    _convolution(15, 0.65),
    _convolution(31, 0.65),
    _median(3, 1.15),
    _median(5, 1.15),
    _median(7, 0.65),
    _median(15, 0.65),
    _median(31, 0.65),
    _median(61, 0.65),
    Case("Sobel x", "sobel output=x", lambda p: cv2.Sobel(p, cv2.CV_32F, 1, 0), 1.15),
)


def measure(size: str, rounds: int) -> list[dict[str, Any]]:
    """A row for each case."""
    picture = photo(*SIZES[size])
    rows = []
    for case in CASES:
        filter = parse_step(case.spec).filter
        ways = {
            "studio": lambda filter=filter: filter.apply(picture),
            "opencv": lambda case=case: case.direct(picture),
        }
        difference = np.abs(ways["studio"]().astype(np.int32) - ways["opencv"]().astype(np.int32))
        found = in_turn(ways, rounds)
        rows.append(
            {
                "filter": case.name,
                "studio_ms": round(milliseconds(found["studio"]), 1),
                "opencv_ms": round(milliseconds(found["opencv"]), 1),
                "ratio": round(ratio(found["studio"], found["opencv"]), 2),
                "limit": case.limit,
                "values_that_differ_per_million": round(1e6 * float((difference > 0).mean()), 3),
                "largest_difference": int(difference.max()),
            }
        )
        print(
            f"{case.name:22} {rows[-1]['studio_ms']:>9,.1f} {rows[-1]['opencv_ms']:>9,.1f} "
            f"{rows[-1]['ratio']:>6.2f} {case.limit:>6.2f} "
            f"{rows[-1]['values_that_differ_per_million']:>10,.3f}",
            flush=True,
        )
    return rows
