"""A network as a list of layers: its table, its problems and its torch module."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import field_serializer, field_validator

from studio.declare import Declared, option
from studio.errors import NetworkError, SettingError
from studio.nets.layer import Layer, Part, Size, Window
from studio.nets.layers import LAYERS
from studio.nets.layers.dense import Dense

if TYPE_CHECKING:
    from torch import nn

_BROKEN = Size(0, 0, 0)
LARGEST_SIDE = 65536


@dataclass(frozen=True)
class Row:
    """One line of a network's table.

    Attributes
    ----------
    name : str
        The layer's name in the torch module, such as ``conv1``.
    kind, title, words : str
        Its kind, what to call it ("Conv 1") and its settings in a few words.
    output : Size
        What comes out; 0 x 0 x 0 where `problem` says why nothing does.
    weights, multiply_adds : int
        Learned numbers, and multiplications with an addition for one picture.
    receptive_field : tuple of int
        Height and width, in input pixels, of what one output value depends on.
    stride : tuple of int
        How far that field moves from one output value to the next, down and to the right.
    offset : tuple of int
        Where the field of the value at row 0, column 0 begins: negative means in the padding.
    problem : str
        Why the layer can't work here; empty where it can.
    """

    name: str
    kind: str
    title: str
    words: str
    output: Size
    weights: int
    multiply_adds: int
    receptive_field: tuple[int, int]
    stride: tuple[int, int]
    offset: tuple[int, int]
    problem: str = ""

    def field_of(self, y: int, x: int) -> tuple[int, int, int, int]:
        """The receptive field of the output value at row `y`, column `x`.

        Returns
        -------
        tuple of int
            Top, left, bottom, right in input pixels, bottom and right exclusive. Padding makes it
            reach outside the input.
        """
        top = self.offset[0] + y * self.stride[0]
        left = self.offset[1] + x * self.stride[1]
        return top, left, top + self.receptive_field[0], left + self.receptive_field[1]


@dataclass(frozen=True)
class Problem:
    """Why a layer can't work where it is."""

    layer_index: int
    name: str
    message: str


class Network(Declared):
    """Layers one after the other, from a picture to one value for each class (logits)."""

    name: str = option("network", "Name", "A short name, used in commands and files.")
    title: str = option("Network", "Title", "The name as people read it.")
    input: Size = option(Size(3, 32, 32), "Input", "Channels, height and width of the picture.")
    classes: tuple[str, ...] = option((), "Classes", "What the values of the last layer stand for.")
    layers: tuple[Layer, ...] = option((), "Layers", "From the picture to the answer.")

    @field_validator("input")
    @classmethod
    def _possible_input(cls, size: Size) -> Size:
        if min(size) < 1 or max(size) > LARGEST_SIDE:
            raise ValueError(f"{size} is no possible size: every number is 1 to {LARGEST_SIDE}")
        return size

    @field_validator("layers", mode="before")
    @classmethod
    def _read_layers(cls, layers: Any) -> tuple[Layer, ...]:
        if not isinstance(layers, list | tuple):
            raise ValueError("the layers must be a list")
        return tuple(read_layer(layer, place) for place, layer in enumerate(layers, start=1))

    @field_serializer("layers")
    def _write_layers(self, layers: tuple[Layer, ...]) -> list[dict[str, Any]]:
        return [{"kind": layer.kind, **layer.model_dump(mode="json")} for layer in layers]

    def table(self, input: Size | None = None) -> tuple[Row, ...]:
        """One row for each layer, for the network's own input or another one.

        Never raises for sizes that don't fit: the row of the layer says what the problem is, and
        so do all rows below it.
        """
        rows = []
        size = input or self.input
        field, jump, offset = (1, 1), (1, 1), (0, 0)
        problem = ""
        for layer, (name, title) in zip(self.layers, self._names(), strict=True):
            output, weights, multiply_adds = _BROKEN, 0, 0
            if not problem:
                try:
                    output = layer.shape(size)
                    weights, multiply_adds = layer.weights(size), layer.multiply_adds(size)
                    field, jump, offset = _look_through(layer.window(size), field, jump, offset)
                    size = output
                except NetworkError as error:
                    problem = str(error)
            rows.append(
                Row(
                    name=name,
                    kind=layer.kind,
                    title=title,
                    words=layer.words,
                    output=output,
                    weights=weights,
                    multiply_adds=multiply_adds,
                    receptive_field=field if not problem else (0, 0),
                    stride=jump if not problem else (0, 0),
                    offset=offset if not problem else (0, 0),
                    problem=problem,
                )
            )
            if problem:
                problem = "needs the layers above it to work"
        return tuple(rows)

    def problems(self, input: Size | None = None) -> tuple[Problem, ...]:
        """What keeps the network from working, the cause before its consequences."""
        rows = self.table(input)
        found = [
            Problem(place, row.name, row.problem) for place, row in enumerate(rows) if row.problem
        ]
        if not rows:
            return (Problem(0, "", "there are no layers"),)
        answers = rows[-1].output.channels
        if not found and self.classes and answers != len(self.classes):
            message = f"gives {answers} values for {len(self.classes)} classes"
            found.append(Problem(len(rows) - 1, rows[-1].name, message))
        return tuple(found)

    def check(self, input: Size | None = None) -> None:
        """Refuse a network that can't work.

        Raises
        ------
        NetworkError
            With the first problem.
        """
        problems = self.problems(input)
        if problems:
            first = problems[0]
            where = f"layer {first.layer_index + 1}, {first.name}, " if first.name else ""
            raise NetworkError(
                f"{self.title} can't take {input or self.input}: {where}{first.message}"
            )

    @property
    def weights(self) -> int:
        """How many numbers are learned."""
        return sum(row.weights for row in self.table())

    def state(self) -> dict[str, Part]:
        """Every array of the torch module's ``state_dict``, by its name such as ``conv1.weight``.

        Raises
        ------
        NetworkError
            When the network has a problem.
        """
        return {
            f"{row.name}.{part_name}": part
            for layer, row, size in self._placed()
            for part_name, part in layer.state(size).items()
        }

    def module(self) -> "nn.Sequential":
        """The torch module, freshly initialised from torch's generator, in training mode.

        Its parts are named like the rows of the table; it takes N x C x H x W.

        Raises
        ------
        NetworkError
            When the network has a problem.
        """
        from torch import nn

        return nn.Sequential(
            OrderedDict((row.name, layer.module(size)) for layer, row, size in self._placed())
        )

    def fit(self, input: Size, classes: tuple[str, ...]) -> "Network":
        """The same network for another input and other classes: its last dense layer is resized.

        Raises
        ------
        NetworkError
            When it has no dense layer, or can't take that input.
        """
        last = max(
            (place for place, layer in enumerate(self.layers) if isinstance(layer, Dense)),
            default=-1,
        )
        if last < 0:
            raise NetworkError(f"{self.title} has no dense layer to give one value for each class")
        layers = list(self.layers)
        layers[last] = layers[last].change(units=len(classes))
        fitted = self.change(input=input, classes=classes, layers=tuple(layers))
        fitted.check()
        return fitted

    def _placed(self) -> list[tuple[Layer, Row, Size]]:
        """Every layer with its row and its input size, once all of them work."""
        self.check()
        rows = self.table()
        sizes = [self.input, *(row.output for row in rows)]
        return list(zip(self.layers, rows, sizes[:-1], strict=True))

    def _names(self) -> list[tuple[str, str]]:
        """Name and title of every layer: numbered, but the title of an only one is not."""
        total = Counter(layer.short for layer in self.layers)
        seen: Counter[str] = Counter()
        names = []
        for layer in self.layers:
            seen[layer.short] += 1
            number = seen[layer.short]
            title = f"{layer.short} {number}" if total[layer.short] > 1 else layer.short
            names.append((f"{layer.short.lower()}{number}", title))
        return names


_Pair = tuple[int, int]


def _look_through(
    window: Window, field: _Pair, jump: _Pair, offset: _Pair
) -> tuple[_Pair, _Pair, _Pair]:
    """Receptive field, stride and offset after one more layer (Araujo et al., Distill, 2019)."""
    axes = []
    for axis in (0, 1):
        reach = (window.kernel[axis] - 1) * window.dilation[axis] * jump[axis]
        axes.append(
            (
                field[axis] + reach,
                jump[axis] * window.stride[axis],
                offset[axis] - window.padding[axis] * jump[axis],
            )
        )
    (field_y, jump_y, offset_y), (field_x, jump_x, offset_x) = axes
    return (field_y, field_x), (jump_y, jump_x), (offset_y, offset_x)


def read_layer(values: Any, place: int) -> Layer:
    """A layer from ``{"kind": ..., settings}``; a layer is handed back as it is.

    Parameters
    ----------
    place : int
        Its number in the network, from 1, for the message.

    Raises
    ------
    NetworkError
        Naming the layer and what is wrong with it.
    """
    if isinstance(values, Layer):
        return values
    if not isinstance(values, Mapping) or "kind" not in values:
        raise NetworkError(f'layer {place} has no "kind"', f"The kinds are: {', '.join(LAYERS)}")
    settings = dict(values)
    kind = settings.pop("kind")
    if not isinstance(kind, str) or kind not in LAYERS:
        raise NetworkError(
            f"layer {place}: there is no kind of layer {kind!r}",
            f"The kinds are: {', '.join(LAYERS)}",
        )
    try:
        return LAYERS[kind].build(settings)
    except SettingError as error:
        raise NetworkError(f"layer {place}, {kind}: {error.message}", error.remedy) from None
