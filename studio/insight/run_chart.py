"""The curves of a set of runs on one chart."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio.errors import StudioError
from studio.image.whole_file import write_bytes
from studio.insight.figure_settings import drawing

ENDINGS = (".svg", ".png", ".pdf")

# Okabe and Ito's colours (2008), told apart by most who don't see all colours; darkest first.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_STYLES = ("-", "--", ":", "-.")
_POINTS = 400  # of a curve
_WIDE, _HIGH = 11.0, 4.6  # inches
_LEGEND = 12  # runs that stand below each other
_STAMPS = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}


@dataclass(frozen=True)
class Curve:
    """One run.

    Attributes
    ----------
    accuracies : sequence of float
        After each epoch, from the first, 0 to 1.
    losses : sequence of float
        Of each step's own batch.
    steps_per_epoch : float
    ending : str
        What is said beside the name of a run that didn't end well, such as ``diverged``.
    """

    name: str
    accuracies: Sequence[float]
    losses: Sequence[float]
    steps_per_epoch: float
    ending: str = ""


def write_chart(curves: Sequence[Curve], title: str, accuracy_of: str, target: Path) -> None:
    """Draw accuracy by epoch, and training loss smoothed over the batches, of all runs.

    Parameters
    ----------
    accuracy_of : str
        The part of the data that it was measured on, such as ``test``.
    target : Path
        Ending in .svg, .png or .pdf.

    Raises
    ------
    StudioError
        When it can't be written.
    """
    kind = target.suffix.lower().removeprefix(".")
    if f".{kind}" not in ENDINGS:
        raise StudioError(f"a chart can't be {target.name}", f"End it in {', '.join(ENDINGS)}")
    with drawing():
        data = _drawn(curves, title, accuracy_of, kind)
    write_bytes(data, target)


def _drawn(curves: Sequence[Curve], title: str, accuracy_of: str, kind: str) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    matplotlib.rcParams["svg.hashsalt"] = "studio"  # the same chart gives the same file
    figure = Figure(figsize=(_WIDE, _HIGH), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for number, curve in enumerate(curves):
        look: dict[str, Any] = {
            "color": _COLOURS[number % len(_COLOURS)],
            "linestyle": _STYLES[number // len(_COLOURS) % len(_STYLES)],
            "linewidth": 1.5,
        }
        label = f"{curve.name}: {curve.ending}" if curve.ending else curve.name
        epochs = np.arange(1, len(curve.accuracies) + 1)
        values = 100 * np.asarray(curve.accuracies)
        mark = "o" if len(values) == 1 else ""
        left.plot(epochs, values, label=label, marker=mark, markersize=4, **look)
        places, losses = _smoothed(curve)
        right.plot(places, losses, **look)
        if curve.ending and len(losses):
            right.plot(places[-1:], losses[-1:], marker="x", color=look["color"])
    left.set_title(f"Accuracy on the {accuracy_of} pictures, %", fontsize=10)
    right.set_title("Loss on the training batches, smoothed", fontsize=10)
    right.set_yscale("log")
    right.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    right.yaxis.set_minor_formatter(NullFormatter())
    for axis in (left, right):
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    columns = -(-len(curves) // _LEGEND)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False, ncols=columns)
    figure.suptitle(title)
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, dpi=150, metadata=_STAMPS[kind])
    return stream.getvalue()


def _smoothed(curve: Curve) -> tuple[Any, Any]:
    """Epochs, and means over stretches of steps, of which a chart shows a few hundred."""
    losses = np.asarray(curve.losses, np.float64)
    finite = np.isfinite(losses)
    losses = losses[: int(finite.argmin())] if not finite.all() else losses
    if not len(losses):
        return losses, losses
    length = max(1, round(curve.steps_per_epoch / 10), -(-len(losses) // _POINTS))
    starts = np.arange(0, len(losses), length)
    counts = np.diff(np.append(starts, len(losses)))
    means = np.add.reduceat(losses, starts) / counts
    return (starts + counts / 2) / max(curve.steps_per_epoch, 1), np.maximum(means, 1e-6)
