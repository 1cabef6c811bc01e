"""Every filter that SciPy or scikit-image also has, against theirs at the same result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import exposure, filters, measure, morphology, util

from benchmarks.filters.pictures import SIZES, photo
from benchmarks.timing import in_turn, milliseconds, ratio
from studio.filters.chain import parse_step

Array = NDArray[Any]


@dataclass(frozen=True)
class Case:
    """A filter on a picture of a depth, and others' ways to the same.

    Attributes
    ----------
    tolerance : float
        How far the others' results may lie from ours, in the picture's own numbers.
    """

    spec: str
    depth: str
    peers: dict[str, Callable[[Array], Array]]
    tolerance: float = 0.0
    channels: int = 3
    limit: float = 1.0


def _each(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Channel by channel, for functions that take one."""
    return lambda p: np.stack([function(p[..., c]) for c in range(p.shape[2])], axis=2)


def _window(function: Callable[..., Array], side: int, **more: Any) -> Callable[[Array], Array]:
    return lambda p: function(p, size=(side, side, 1), mode="nearest", **more)


def _square(side: int) -> Array:
    return np.ones((side, side), np.uint8)


def _median(side: int, depth: str) -> Case:
    # scikit-image's own median is SciPy's; its rank filters take minutes beyond 8 bits.
    peers = {"SciPy": _window(ndimage.median_filter, side)}
    if depth == "uint8":
        peers["scikit-image rank"] = _each(lambda p: filters.rank.median(p, _square(side)))
    limit = 1 / 3 if depth != "uint8" and side > 5 else 1.0
    return Case(f"median radius={side // 2}", depth, peers, limit=limit)


def _correlate(side: int, depth: str) -> Case:
    weights = np.random.default_rng(side).random((side, side))
    weights /= weights.sum()
    rows = "; ".join(" ".join(map(repr, row)) for row in weights.tolist())
    spec = f'convolution border=replicate result=float kernel="{rows}"'
    kernel = weights[..., None].astype(np.float32)

    def scipy(p: Array) -> Array:
        return ndimage.correlate(p.astype(np.float32), kernel, mode="nearest")

    return Case(spec, depth, {"SciPy": scipy}, tolerance=0.05 if depth == "uint16" else 2e-3)


def _gradient(name: str, scale: float, divide: float) -> Case:
    """Magnitudes of one channel; theirs are scaled differently."""
    theirs = getattr(filters, name)

    def skimage(p: Array) -> Array:
        answer: Array = theirs(p[..., 0].astype(np.float32), mode="reflect")
        return answer[..., None] * np.float32(scale)

    peers = {"scikit-image": skimage}
    if name in ("sobel", "prewitt"):
        along = getattr(ndimage, name)

        def scipy(p: Array) -> Array:
            plane = p[..., 0].astype(np.float32)
            x, y = along(plane, axis=1, mode="reflect"), along(plane, axis=0, mode="reflect")
            return np.hypot(x, y)[..., None] * np.float32(divide)

        peers["SciPy"] = scipy
    return Case(f"{name} border=reflect", "uint8", peers, tolerance=0.01, channels=1)


CASES = (
    *(_median(side, depth) for depth in ("uint8", "uint16", "float32") for side in (3, 7, 15)),
    *(_correlate(side, depth) for depth in ("uint8", "uint16", "float32") for side in (3, 7, 15)),
    Case("minimum radius=3", "uint8", {"SciPy": _window(ndimage.minimum_filter, 7)}),
    Case("maximum radius=3", "float32", {"SciPy": _window(ndimage.maximum_filter, 7)}),
    Case(
        "percentile radius=3 percent=10",
        "uint8",
        {
            "SciPy": lambda p: ndimage.percentile_filter(p, 10, (7, 7, 1), mode="nearest"),
            "scikit-image rank": _each(lambda p: filters.rank.percentile(p, _square(7), p0=0.1)),
        },
    ),
    Case(
        "percentile radius=3 percent=10",
        "uint16",
        {"SciPy": lambda p: ndimage.percentile_filter(p, 10, (7, 7, 1), mode="nearest")},
    ),
    _gradient("sobel", 4 * 2**0.5, 1.0),
    _gradient("prewitt", 3 * 2**0.5, 1.0),
    _gradient("scharr", 16 * 2**0.5, 1.0),
    Case(
        "erode radius=5 shape=square border=reflect",
        "uint8",
        {
            "SciPy": lambda p: ndimage.grey_erosion(p, size=(11, 11, 1), mode="reflect"),
            "scikit-image": _each(lambda p: morphology.erosion(p, _square(11), mode="reflect")),
        },
    ),
    Case(
        "erode radius=5 shape=disc border=reflect",
        "uint8",
        {
            "SciPy": lambda p: ndimage.grey_erosion(
                p, footprint=morphology.disk(5)[..., None], mode="reflect"
            ),
            "scikit-image": _each(
                lambda p: morphology.erosion(p, morphology.disk(5), mode="reflect")
            ),
        },
    ),
    Case("invert", "uint8", {"scikit-image": util.invert}),
    Case("invert", "uint16", {"scikit-image": util.invert}),
    Case("gamma gamma=2", "uint8", {"scikit-image": lambda p: exposure.adjust_gamma(p, 2)}, 1.0),
    Case(
        "threshold method=otsu",
        "uint8",
        {"scikit-image": lambda p: np.uint8(255) * (p > filters.threshold_otsu(p))},
        channels=1,
    ),
    Case(
        "max_pool window=2 stride=2",
        "uint8",
        {"scikit-image": lambda p: measure.block_reduce(p, (2, 2, 1), np.max)},
    ),
)


def compare(size: str, rounds: int) -> list[dict[str, Any]]:
    """A row for each case and peer."""
    rows = []
    pictures: dict[tuple[str, int], Array] = {}
    for case in CASES:
        key = case.depth, case.channels
        picture = pictures.setdefault(key, photo(*SIZES[size], *key))
        filter = parse_step(case.spec).filter
        ours = filter.apply(picture)  # type: ignore[arg-type]
        ways: dict[str, Callable[[], Any]] = {"studio": lambda f=filter, p=picture: f.apply(p)}
        for name, peer in case.peers.items():
            ways[name] = lambda peer=peer, p=picture: peer(p)
        found = in_turn(ways, rounds)
        for name, peer in case.peers.items():
            inside = slice(16, -16)
            apart = np.abs(ours[inside, inside] - peer(picture)[inside, inside].astype(np.float64))
            row = {
                "filter": case.spec.split(" kernel=")[0].replace(" border=replicate", ""),
                "depth": case.depth,
                "peer": name,
                "studio_ms": round(milliseconds(found["studio"]), 1),
                "peer_ms": round(milliseconds(found[name]), 1),
                "ratio": round(ratio(found["studio"], found[name]), 3),
                "limit": round(case.limit, 2),
                "same_result": bool(apart.max() <= case.tolerance),
                "largest_difference": float(apart.max()),
            }
            rows.append(row)
            print(
                f"{row['filter']:42} {case.depth:8} {name:18} {row['studio_ms']:>9,.1f} "
                f"{row['peer_ms']:>10,.1f} {row['ratio']:>7.3f} {row['limit']:>5.2f} "
                f"{'same' if row['same_result'] else row['largest_difference']}",
                flush=True,
            )
    return rows
