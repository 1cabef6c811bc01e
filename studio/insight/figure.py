"""One picture as one figure for a lecture: what is shown in it, and the file that it becomes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from studio.declare import Declared, option
from studio.errors import ModelError, SettingError
from studio.image.picture import Picture
from studio.image.whole_file import write_bytes
from studio.insight.answers import Answer, answer_values
from studio.insight.effective_field import EffectiveField, Unit, effective_field
from studio.insight.maps import feature_maps
from studio.insight.overlay import seen_by_network
from studio.insight.seen import Seen, seen_part
from studio.nets.architecture import Architecture
from studio.nets.model import Model
from studio.nets.row import INPUT, Row, input_row
from studio.nets.smooth_resize import Frame

if TYPE_CHECKING:
    from studio.nets.steps import Steps

ENDINGS = (".png", ".pdf")
_ANSWERS = 5
_LONGEST = 1200  # side of the picture in the figure, in pixels


class FigureSettings(Declared):
    """What a figure shows, and how large it is."""

    layer: str = option(
        "", "Layer", "The layer by its name, such as conv1; the first activation if empty."
    )
    maps: int = option(16, "Maps", "How many of its maps to show, at most.", low=1, high=64)
    order: Literal["index", "strongest"] = option(
        "index", "Order", "Which maps come first.", names={"strongest": "Largest value first"}
    )
    range: Literal["layer", "each"] = option(
        "layer",
        "Colour range",
        "One range for all maps of the layer, so that they can be compared, or each map's own.",
        names={"layer": "Of the layer", "each": "Of each map"},
    )
    field: bool = option(
        True, "Receptive field", "Show what one unit sees, in theory and measured."
    )
    answers: bool = option(True, "Answers", "Show the likeliest classes.")
    summary: bool = option(True, "Summary", "A line about the network and the layer.")
    width: float = option(
        25.4, "Width in cm", "How wide the figure is.", low=8.0, high=60.0, unit="cm"
    )
    height: float = option(
        14.3, "Height in cm", "How high the figure is.", low=6.0, high=60.0, unit="cm"
    )
    dpi: int = option(
        200,
        "Dots per inch",
        "How fine a PNG file is, and the maps in a PDF.",
        low=50,
        high=400,
        unit="dpi",
    )
    scheme: Literal["light", "dark"] = option("light", "Ground", "The colour behind everything.")


@dataclass(frozen=True, eq=False)
class Content:
    """All that a figure shows.

    Attributes
    ----------
    seen : Seen
        The part of the picture that the network sees.
    frame : Frame
        Where the network's input is, in picture pixels.
    input : uint8 array, rows x columns x 3
        What the network gets, without the normalisation.
    maps : array, channels x height x width
        Of the layer.
    shown : tuple of int
        The numbers of the maps that are shown, in order.
    """

    title: str
    name: str
    seen: Seen
    frame: Frame
    input: NDArray[np.uint8]
    row: Row
    maps: NDArray[np.float32]
    shown: tuple[int, ...]
    unit: Unit
    names: tuple[str, ...]
    field: EffectiveField | None
    answers: tuple[Answer, ...]
    summary: str

    @property
    def value(self) -> float:
        """Of the unit."""
        return float(self.maps[self.unit])


def save_figure(
    model: Model,
    picture: Picture,
    path: str | Path,
    settings: FigureSettings,
    unit: Unit | None = None,
    steps: "Steps | None" = None,
    draw: int = 0,
) -> Iterator[float]:
    """Write a figure as PNG or PDF, by the file's ending; gives the share that is done.

    Parameters
    ----------
    unit : tuple of int, optional
        Map, row and column in the layer; the one with the largest value if left out.
    steps : Steps, optional
        What `Model.steps` gave, in the mode that is to be shown.
    draw : int
        Seed of what dropout silences in training mode.

    Raises
    ------
    StudioError
        When there is no such layer or unit, the ending is another, or the file can't be written.
    """
    from studio.insight.figure_drawing import draw_figure

    check_ending(path)
    steps = model.steps() if steps is None else steps
    for done, each in enumerate(_gather(model, picture, settings, unit, steps, draw), start=1):
        content = each
        yield done / 5
    data = draw_figure(content, settings, Path(path).suffix.lower()[1:])
    yield 4 / 5
    write_bytes(data, path)
    yield 1.0


def _gather(
    model: Model,
    picture: Picture,
    settings: FigureSettings,
    unit: Unit | None,
    steps: "Steps",
    draw: int,
) -> Iterator[Content]:
    """The content, first without field and answers, then with each."""
    card = model.card
    row = _row(card.network, settings.layer)
    values = card.preprocessing.apply(picture)
    found = feature_maps(model, values, steps, draw)
    maps = values if row.name == INPUT else found[row.name]
    if not np.isfinite(maps).all():
        raise ModelError(f"{card.title} gives values at {row.name} that are not finite")
    if unit is None:
        unit = strongest_unit(maps)
    if any(not 0 <= place < length for place, length in zip(unit, maps.shape, strict=True)):
        place = ", ".join(map(str, unit))
        raise SettingError(f"{row.name} gives {row.output}: it has no unit {place}")
    rows = card.network.table()
    content = Content(
        title=card.title,
        name=picture.name,
        seen=seen_part(card.preprocessing, picture, _LONGEST),
        frame=card.preprocessing.frame(picture),
        input=seen_by_network(card.preprocessing, values),
        row=row,
        maps=maps,
        shown=_shown(maps, settings, unit[0]),
        unit=unit,
        names=card.classes if row == rows[-1] and len(maps) == len(card.classes) else (),
        field=None,
        answers=(),
        summary=_summary(rows, row) if settings.summary else "",
    )
    yield content
    if settings.field:
        field = effective_field(
            steps, (input_row(card.network.input), *rows), row.name, unit, values, draw
        )
        content = replace(content, field=field)
    yield content
    if settings.answers and card.classes and rows[-1].output.values == len(card.classes):
        answers = answer_values(model, values[None], _ANSWERS, steps.module)[0]
        content = replace(content, answers=tuple(answers))
    yield content


def strongest_unit(maps: NDArray[np.float32]) -> Unit:
    """The unit with the largest value."""
    index, y, x = np.unravel_index(int(np.argmax(maps)), maps.shape)
    return int(index), int(y), int(x)


def _row(network: Architecture, name: str) -> Row:
    rows = (input_row(network.input), *network.table())
    names = [row.name for row in rows]
    if name in names:
        return rows[names.index(name)]
    if name:
        raise SettingError(
            f"{network.title} has no layer '{name}'", f"Its layers are: {', '.join(names)}", "layer"
        )
    has_maps = (row for row in rows if row.kind == "relu" and not row.output.flat)
    return next(has_maps, rows[min(1, len(rows) - 1)])


def _shown(maps: NDArray[np.float32], settings: FigureSettings, chosen: int) -> tuple[int, ...]:
    """Which maps there is room for; the one of the unit is always among them."""
    order = np.arange(len(maps))
    if settings.order == "strongest":
        order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")
    shown = [int(index) for index in order[: settings.maps]]
    if chosen not in shown:
        shown[-1] = chosen
    return tuple(shown)


def _summary(rows: Sequence[Row], row: Row) -> str:
    """The totals of the network's table, and the layer's line of it."""
    totals = (
        f"{len(rows)} layers",
        f"{sum(each.weights for each in rows):,} weights",
        f"{sum(each.multiply_adds for each in rows):,} multiply-adds",
    )
    size = " × ".join(map(str, row.receptive_field))
    words = row.title if row.name == INPUT else f"{row.title} {row.words}".strip()
    layer = [f"{words}: {row.output}", f"receptive field {size} pixels"]
    if all(row.stride):
        down, across = row.stride
        stride = f"{down}" if down == across else f"{down} × {across}"
        layer.append(f"which moves by {stride}")
    return f"{' · '.join(totals)}\n{', '.join(layer)}"


def check_ending(path: str | Path) -> None:
    """See that a figure can be written into a file of this name.

    Raises
    ------
    SettingError
        When it ends otherwise.
    """
    if Path(path).suffix.lower() not in ENDINGS:
        raise SettingError(
            f"a figure can't be written into '{Path(path).name}'",
            "Let the name end in .png or .pdf",
        )
