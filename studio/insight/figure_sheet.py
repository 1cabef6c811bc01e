"""A sheet to draw a figure on: places in cm, type and colours in one size and scheme."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from studio.image.colour_map import colour_map

_CM = 1 / 2.54  # in inches
_SLIDE = (25.4, 14.3)  # cm, the size that the type is made for


class Room(NamedTuple):
    """A rectangle of the sheet, in cm from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def below(self, y: float) -> "Room":
        """What is left beneath `y`."""
        return Room(self.x, y, self.width, self.y + self.height - y)


class Colours(NamedTuple):
    """What a scheme's parts are drawn in."""

    ground: str
    text: str
    faint: str
    line: str
    accent: str
    bar: str


SCHEMES = {
    "light": Colours("#FFFFFF", "#1A1C20", "#474C55", "#B4BAC3", "#1B58C9", "#1D79D3"),
    "dark": Colours("#1B1C1F", "#E8E9EB", "#B6BAC1", "#4B5059", "#7DB0FF", "#288CEB"),
}


class Sheet:
    """A figure of a size in cm, whose type grows with it.

    Attributes
    ----------
    zoom : float
        Size over that of a slide.
    """

    def __init__(self, width: float, height: float, scheme: str) -> None:
        self.width, self.height, self.colours = width, height, SCHEMES[scheme]
        self.zoom = min(width / _SLIDE[0], height / _SLIDE[1])
        self.figure = Figure(figsize=(width * _CM, height * _CM), facecolor=self.colours.ground)
        self._canvas = FigureCanvasAgg(self.figure)

    def text(self, x: float, y: float, words: str, size: float, room: float, **more: Any) -> None:
        """Words in one line whose upper left corner is at a place, cut off after `room`."""
        style = {"color": self.colours.text, "va": "top", "ha": "left"} | more
        place = x / self.width, 1 - y / self.height
        line = self.figure.text(*place, words, fontsize=size * self.zoom, **style)
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]
        while len(words) > 1:
            wide = line.get_window_extent(renderer).width / self.figure.dpi / _CM
            if wide <= room:
                break
            words = words[: min(len(words) - 1, int(len(words) * room / wide))]
            line.set_text(f"{words}…")

    def title(self, room: Room, words: str, note: str = "") -> float:
        """A panel's title; where the panel goes on beneath it."""
        y = room.y
        self.text(room.x, y, words, 10, room.width, fontweight="bold")
        if note:
            y += 0.48 * self.zoom
            self.text(room.x, y, note, 8, room.width, color=self.colours.faint)
        return y + 0.62 * self.zoom

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes with small numbers and thin lines."""
        inside = (
            x / self.width,
            1 - (y + height) / self.height,
            width / self.width,
            height / self.height,
        )
        axes = self.figure.add_axes(inside, facecolor=self.colours.ground)
        axes.tick_params(
            labelsize=7 * self.zoom,
            colors=self.colours.faint,
            length=2.5 * self.zoom,
            width=0.6 * self.zoom,
            pad=2 * self.zoom,
        )
        for spine in axes.spines.values():
            spine.set(color=self.colours.line, linewidth=0.6 * self.zoom)
        return axes

    def bar(self, shown: Any, axes: Axes, orientation: str = "vertical") -> Any:
        """The scale of something coloured."""
        bar = self.figure.colorbar(shown, cax=axes, orientation=orientation)
        bar.outline.set(edgecolor=self.colours.line, linewidth=0.6 * self.zoom)
        bar.locator = MaxNLocator(4)
        bar.update_ticks()
        return bar

    def outline(
        self, axes: Axes, x: float, y: float, width: float, height: float, **more: Any
    ) -> None:
        """A frame in the units of the axes, which stay as they are."""
        style: dict[str, Any] = {"edgecolor": self.colours.accent, "linewidth": 1.5 * self.zoom}
        limits = axes.axis()
        axes.add_patch(Rectangle((x, y), width, height, fill=False, zorder=5, **(style | more)))
        axes.axis(limits)


def few_numbers(axes: Axes) -> None:
    """Whole numbers, and not many, at both axes."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, integer=True))


def colours_of(name: str) -> ListedColormap:
    """One of the studio's colour maps."""
    # The signed map's first colour is below its range: zero has a colour of its own.
    colours = colour_map(name)[1:] if name == "signed" else colour_map(name)
    return ListedColormap([tuple(colour) for colour in colours / 255])
