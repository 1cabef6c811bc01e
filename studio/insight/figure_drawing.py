"""A figure's panels: the picture and the answers, a layer's maps, what a unit sees."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from studio.image.write import number
from studio.insight.answers import percent
from studio.insight.effective_field import SHARE, Box, EffectiveField
from studio.insight.figure import Content, FigureSettings
from studio.insight.figure_settings import drawing
from studio.insight.figure_sheet import Room, Sheet, colours_of, few_numbers
from studio.insight.input_tensor import channel_names
from studio.nets.row import INPUT

_CRISP: Any = {"interpolation": "nearest", "aspect": "auto"}
_NAMED = 20  # values that get a line with their name
_LABEL, _GAP = 0.4, 0.15  # cm, beneath a map and between two


def draw_figure(content: Content, settings: FigureSettings, kind: str) -> bytes:
    """The bytes of the figure's file, "png" or "pdf"; the same content gives the same bytes."""
    metadata: dict[str, str | None] = {"Title": f"{content.title}: {content.name}"}
    if kind == "pdf":
        metadata |= {"Creator": "Convolution Studio", "CreationDate": None}
    else:
        metadata |= {"Software": "Convolution Studio"}
    out = io.BytesIO()
    with drawing():
        sheet = Sheet(settings.width, settings.height, settings.scheme)
        _lay_out(sheet, content, settings)
        sheet.figure.savefig(out, format=kind, dpi=settings.dpi, metadata=metadata)
    return out.getvalue()


def _lay_out(sheet: Sheet, content: Content, settings: FigureSettings) -> None:
    """Title above, summary beneath, the panels beside each other."""
    zoom, faint = sheet.zoom, sheet.colours.faint
    margin, gap, step = 0.8 * zoom, 1.1 * zoom, 0.45 * zoom
    wide = sheet.width - 2 * margin
    sheet.text(margin, margin, content.title, 15, wide, fontweight="bold")
    sheet.text(margin, margin + 0.75 * zoom, content.name, 9, wide, color=faint)
    top, bottom = margin + 1.7 * zoom, sheet.height - margin
    for line in reversed(content.summary.splitlines()):
        bottom -= step
        sheet.text(margin, bottom, line, 8, wide, color=faint)
    bottom -= 0.4 * zoom if content.summary else 0
    panels: list[tuple[float, Callable[[Sheet, Content, FigureSettings, Room], None]]] = [
        (0.3, _picture),
        (0.42, _layer),
    ]
    if content.field is not None:
        panels.append((0.28, _unit))
    shares, x = sum(share for share, _ in panels), margin
    for share, draw in panels:
        width = (wide - gap * (len(panels) - 1)) * share / shares
        draw(sheet, content, settings, Room(x, top, width, bottom - top))
        x += width + gap


# The picture and the answers


def _picture(sheet: Sheet, content: Content, settings: FigureSettings, room: Room) -> None:
    zoom, seen, answers = sheet.zoom, content.seen, content.answers
    rows, columns = content.input.shape[:2]
    note = f"given as {rows} × {columns} pixels"
    top = sheet.title(room, "What the network sees", note)
    step = 0.62 * zoom
    below = len(answers) * step + 1.5 * zoom if answers else 0.5 * zoom
    indent = 0.75 * zoom  # for the numbers of the rows
    tall, wide = seen.bottom - seen.top, seen.right - seen.left
    left = max(0.2, room.below(top).height - below)
    scale = min((room.width - indent) / wide, left / tall)
    axes = sheet.axes(room.x + indent, top, wide * scale, tall * scale)
    extent = (seen.left, seen.right, seen.bottom, seen.top)
    axes.imshow(seen.rgb, extent=extent, aspect="auto")
    few_numbers(axes)
    if content.field is not None:
        down, across = content.frame.height / rows, content.frame.width / columns
        box = content.field.theory
        x, y = content.frame.left + box.left * across, content.frame.top + box.top * down
        sheet.outline(axes, x, y, box.width * across, box.height * down)
    if answers:
        y = room.y + room.height - len(answers) * step - 0.62 * zoom
        _answers(sheet, content, Room(room.x, y, room.width, len(answers) * step + 0.62 * zoom))


def _answers(sheet: Sheet, content: Content, room: Room) -> None:
    """The likeliest classes as bars from 0 to 1."""
    answers, zoom = content.answers, sheet.zoom
    top = sheet.title(room, "Answer")
    step = room.below(top).height / len(answers)
    left, right = 0.4 * room.width, 1.5 * zoom
    axes = sheet.axes(room.x + left, top, room.width - left - right, step * len(answers))
    values = [each.probability for each in answers]
    axes.barh(np.arange(len(answers)), values, 0.55, color=sheet.colours.bar)
    axes.set(xlim=(0, 1), ylim=(len(answers) - 0.5, -0.5))
    axes.set_axis_off()
    axes.axvline(0, color=sheet.colours.line, linewidth=0.8 * zoom)
    for place, each in enumerate(answers):
        middle, end = top + (place + 0.5) * step, room.x + room.width
        sheet.text(room.x, middle, each.class_name, 9, left - 0.2 * zoom, va="center")
        sheet.text(end, middle, percent(each.probability), 9, right, va="center", ha="right")


# The layer's maps


def _layer(sheet: Sheet, content: Content, settings: FigureSettings, room: Room) -> None:
    row, zoom = content.row, sheet.zoom
    if content.maps[0].size == 1:
        top = sheet.title(room, row.title, f"{len(content.maps):,} values")
        _vector(sheet, content, room.below(top))
        return
    shown, all_of = len(content.shown), len(content.maps)
    kind = "channels" if row.name == INPUT else "maps"
    many = f"{shown} of {all_of:,} {kind}" if shown < all_of else f"{all_of:,} {kind}"
    many = "1 map" if all_of == 1 else many
    note = f"{many}, {row.output.height} × {row.output.width} values each"
    maps = room.below(sheet.title(room, row.title, note))
    _maps(sheet, content, settings, maps._replace(height=maps.height - 1.15 * zoom))
    scale = room.below(room.y + room.height - 0.6 * zoom)
    colours, norm = _colouring(content.maps, content.maps)
    axes = sheet.axes(scale.x, scale.y, 0.55 * scale.width, 0.22 * zoom)
    bar = sheet.bar(ScalarMappable(norm, colours), axes, "horizontal")
    if settings.range == "each":
        signed = content.maps.min() < 0
        words = ["−", "0", "largest of each map"] if signed else ["0", "largest of each map"]
        bar.set_ticks([norm.vmin, 0, norm.vmax] if signed else [0, norm.vmax], labels=words)


def _maps(sheet: Sheet, content: Content, settings: FigureSettings, room: Room) -> None:
    """Maps in rows, as large as there is room, with their numbers beneath."""
    zoom, maps = sheet.zoom, content.maps
    share = maps.shape[1] / maps.shape[2]
    columns, side = _grid(len(content.shown), share, room, zoom)
    axes = sheet.axes(*room)
    axes.set_axis_off()
    names = channel_names(len(maps)) if content.row.name == INPUT else ()
    for place, index in enumerate(content.shown):
        line, column = divmod(place, columns)
        left = column * (side + _GAP * zoom)
        top = line * (side * share + (_LABEL + _GAP) * zoom)
        bottom = top + side * share
        whole = maps if settings.range == "layer" else maps[index]
        colours, norm = _colouring(maps, whole)
        box = (left, left + side, bottom, top)
        shown = {"cmap": colours, "norm": norm, "extent": box, **_CRISP}
        axes.imshow(maps[index], **shown)
        chosen = index == content.unit[0] and content.field is not None
        if chosen:
            sheet.outline(axes, left, top, side, side * share)
        axes.text(
            left + side / 2,
            bottom + 0.08 * zoom,
            names[index] if names else f"{index}",
            fontsize=7 * zoom,
            fontweight="bold" if chosen else "normal",
            color=sheet.colours.text if chosen else sheet.colours.faint,
            ha="center",
            va="top",
        )
    axes.set(xlim=(0, room.width), ylim=(room.height, 0))


def _grid(count: int, share: float, room: Room, zoom: float) -> tuple[int, float]:
    """How many maps beside each other, and how wide each is, so that they are largest."""
    sides = []
    for columns in range(1, count + 1):
        lines = -(-count // columns)
        across = (room.width - (columns - 1) * _GAP * zoom) / columns
        down = (room.height - (lines - 1) * _GAP * zoom) / lines - _LABEL * zoom
        sides.append(max(0.01, min(across, down / share)))
    side = max(sides)
    return sides.index(side) + 1, side


def _colouring(
    maps: NDArray[np.float32], whole: NDArray[np.float32]
) -> tuple[ListedColormap, Normalize]:
    """Colours and range: zero at mid grey where the layer has values below it."""
    high = float(np.abs(whole).max()) or 1.0
    if maps.min() < 0:
        return colours_of("signed"), Normalize(-high, high)
    return colours_of("inferno"), Normalize(0, high)


def _vector(sheet: Sheet, content: Content, room: Room) -> None:
    """Values as bars."""
    zoom, colours = sheet.zoom, sheet.colours
    values = content.maps.ravel()
    named = bool(content.names) and len(values) <= _NAMED
    left = 0.34 * room.width if named else 1.1 * zoom
    axes = sheet.axes(room.x + left, room.y, room.width - left, room.height - 0.6 * zoom)
    places = np.arange(len(values))
    shades = [colours.accent if at == content.unit[0] else colours.line for at in places]
    if named:
        axes.barh(places, values, 0.6, color=shades)
        axes.set_ylim(len(values) - 0.5, -0.5)
        axes.set_yticks(places, [""] * len(values))
        for place, name in enumerate(content.names):
            y = room.y + (place + 0.5) * (room.height - 0.6 * zoom) / len(values)
            sheet.text(room.x, y, name, 8, left - 0.2 * zoom, va="center")
        axes.axvline(0, color=colours.line, linewidth=0.8 * zoom)
        axes.xaxis.set_major_locator(MaxNLocator(5))
    else:
        axes.vlines(places, 0, values, colors=shades, linewidth=zoom)
        axes.axhline(0, color=colours.line, linewidth=0.8 * zoom)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


# What the unit sees


def _unit(sheet: Sheet, content: Content, settings: FigureSettings, room: Room) -> None:
    field = content.field
    assert field is not None
    note = f"value {number(content.value)}"
    if field.before:
        note += f"; measured at {field.before}"
    lower = room.below(sheet.title(room, _unit_words(content), note))
    half = lower.height / 2
    upper, lower = lower._replace(height=half), lower.below(lower.y + half)
    words = f"Theory: {field.theory.height} × {field.theory.width} pixels"
    padded = field.seen != field.theory
    note = "padding beyond the picture counted" if padded else "from kernels and strides"
    axes = _patch(sheet, field, upper, words, note)
    if axes is not None:
        axes.imshow(content.input, **_CRISP)
        _show_box(axes, field.seen)
    box = field.measured
    if box is None:
        sheet.title(lower, "Measured: nothing", "no pixel changes this unit here")
        return
    words = f"Measured: {box.height} × {box.width} pixels"
    note = f"{100 * SHARE:.0f} % of the gradient; ratio {field.ratio:.2f}"
    axes = _patch(sheet, field, lower, words, note)
    if axes is None:
        return
    image = axes.imshow(field.heat, cmap=colours_of("inferno"), vmin=0, **_CRISP)
    _show_box(axes, field.seen)
    dashes: dict[str, Any] = {"edgecolor": "#FFFFFF", "linestyle": (0, (3, 2))}
    sheet.outline(axes, box.left - 0.5, box.top - 0.5, box.width, box.height, **dashes)
    place, zoom = axes.get_position(), sheet.zoom
    right, top = place.x1 * sheet.width + 0.15 * zoom, (1 - place.y1) * sheet.height
    bar = sheet.bar(image, sheet.axes(right, top, 0.2 * zoom, place.height * sheet.height))
    style = {"fontsize": 7 * zoom, "color": sheet.colours.faint, "labelpad": 2 * zoom}
    bar.set_label("|d unit / d input|", **style)


def _patch(sheet: Sheet, field: EffectiveField, room: Room, words: str, note: str) -> Axes | None:
    """Axes for the input pixels inside the field; None where it lies in the padding."""
    rest, seen, zoom = room.below(sheet.title(room, words, note)), field.seen, sheet.zoom
    if not seen.height * seen.width:
        return None
    indent, right, below = 0.75 * zoom, 1.6 * zoom, 0.7 * zoom
    scale = min((rest.width - indent - right) / seen.width, (rest.height - below) / seen.height)
    axes = sheet.axes(rest.x + indent, rest.y, seen.width * scale, seen.height * scale)
    few_numbers(axes)
    return axes


def _show_box(axes: Axes, box: Box) -> None:
    """Show these input pixels, whose middles are whole numbers."""
    axes.set(
        xlim=(box.left - 0.5, box.right - 0.5),
        ylim=(box.bottom - 0.5, box.top - 0.5),
    )


def _unit_words(content: Content) -> str:
    index, y, x = content.unit
    if content.maps[0].size == 1:
        return f"Class {content.names[index]}" if content.names else f"Unit {index}"
    return f"Map {index}, row {y}, column {x}"
