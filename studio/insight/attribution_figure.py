"""An attribution as a figure: the picture, what speaks for and against, and the scale."""

import io
import textwrap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingError
from studio.image.colour_map import colour_map
from studio.image.whole_file import write_bytes
from studio.insight.answers import percent
from studio.insight.attribution.method import Attribution
from studio.insight.overlay import laid_over, scale_end, tinted

ENDINGS = (".png", ".pdf", ".npy")
_INCHES, _DOTS = 4.0, 160  # height and width of a picture in the figure, and dots to an inch


def write_attribution(
    attribution: Attribution, picture: NDArray[np.uint8], path: str | Path
) -> None:
    """Write the figure as PNG or PDF, or the numbers as NPY, by the file's ending.

    Parameters
    ----------
    picture : uint8 array, height x width x 3
        What the network saw; see `seen_by_network`.

    Raises
    ------
    StudioError
        When the ending is another, or the file can't be written.
    """
    check_ending(path)
    if Path(path).suffix.lower() == ".npy":
        out = io.BytesIO()
        np.save(out, attribution.values, allow_pickle=False)
        data = out.getvalue()
    else:
        data = figure_of(attribution, picture, Path(path).suffix.lower()[1:])
    write_bytes(data, path)


def check_ending(path: str | Path) -> None:
    """See that an attribution can be written into a file of this name.

    Raises
    ------
    SettingError
        When it ends otherwise.
    """
    if Path(path).suffix.lower() not in ENDINGS:
        raise SettingError(
            f"an attribution can't be written into '{Path(path).name}'",
            "Let the name end in .png or .pdf for a figure, or in .npy for the numbers",
        )


def figure_of(attribution: Attribution, picture: NDArray[np.uint8], kind: str) -> bytes:
    """The bytes of a figure: the picture, and beside it the attribution over it with its scale.

    Parameters
    ----------
    kind : {"png", "pdf"}
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize
    from matplotlib.figure import Figure

    from studio.insight.figure_settings import drawing

    with drawing():
        signed, end = attribution.signed, scale_end(attribution.map)
        figure = Figure(figsize=(2 * _INCHES + 1.4, _INCHES + 1.3), dpi=_DOTS, layout="constrained")
        left, right = figure.subplots(1, 2)
        over = laid_over(picture, tinted(attribution.map, signed, end))
        for axes, shown, title in (
            (left, picture, "What the network sees"),
            (right, over, _name(attribution)),
        ):
            axes.imshow(shown, interpolation="nearest")
            axes.set_title(title, fontsize=11)
            axes.set_axis_off()
        # The signed map's first colour is below its range: zero has a colour of its own.
        colours = colour_map("signed")[1:] if signed else colour_map("inferno")
        scale = ScalarMappable(
            Normalize(-end if signed else 0.0, end), ListedColormap(colours / np.float64(255))
        )
        bar = figure.colorbar(
            scale, ax=right, fraction=0.046, pad=0.03, extend="both" if signed else "max"
        )
        bar.set_label("against   |   for" if signed else "strength", fontsize=9)
        bar.ax.tick_params(labelsize=9)
        figure.suptitle(
            f"{attribution.class_name}: {percent(attribution.probability)}", fontsize=13
        )
        figure.supxlabel("\n".join(textwrap.wrap(attribution.method.caveat, 110)), fontsize=8)
        out = io.BytesIO()
        # Without a date the same attribution gives the same file.
        figure.savefig(out, format=kind, metadata={"CreationDate": None} if kind == "pdf" else None)
    return out.getvalue()


def _name(attribution: Attribution) -> str:
    method = attribution.method
    at = f" at {attribution.row}" if attribution.row != "input" else ""
    return f"{method.title}{at} ({method.source})"
