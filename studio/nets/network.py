"""A network as a list of layers: its table, its problems and its torch module."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import field_serializer, field_validator

from studio.declare import Declared, option
from studio.errors import NetworkError, SettingError
from studio.nets.architecture import refuse_problems
from studio.nets.layer import Layer, Part, Size, number_layers
from studio.nets.layers import LAYERS
from studio.nets.layers.dense import Dense, DenseConv, Flatten
from studio.nets.row import Problem, Row
from studio.nets.table import lay_out
from studio.nets.unflatten import unflattened

if TYPE_CHECKING:
    from torch import nn

LARGEST_SIDE = 65536


class Network(Declared):
    """Layers one after the other, from a picture to one value for each class (logits)."""

    name: str = option("network", "Name", "A short name, used in commands and files.")
    title: str = option("Network", "Title", "The name as people read it.")
    summary: str = option("", "Summary", "What it is, in a sentence, for lists.")
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
        return lay_out(self.layers, input or self.input)

    def problems(self, input: Size | None = None) -> tuple[Problem, ...]:
        """What keeps the network from working, the cause before its consequences."""
        rows = self.table(input)
        found = [Problem(row.layer_index, row.name, row.problem) for row in rows if row.problem]
        if not rows:
            return (Problem(0, "", "there are no layers"),)
        answers = rows[-1].output.channels
        if not found and self.classes and answers != len(self.classes):
            message = f"gives {answers} values for {len(self.classes)} classes"
            found.append(Problem(len(self.layers) - 1, rows[-1].name, message))
        return tuple(found)

    def check(self, input: Size | None = None) -> None:
        """Refuse a network that can't work.

        Raises
        ------
        NetworkError
            With the first problem.
        """
        refuse_problems(self, input)

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
            f"{name}.{part_name}": part
            for layer, name, size in self._placed()
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
            OrderedDict((name, layer.module(size)) for layer, name, size in self._placed())
        )

    def fit(self, input: Size, classes: tuple[str, ...]) -> "Network":
        """The same network for another input and other classes: its last dense layer is resized.

        Raises
        ------
        NetworkError
            When it has no dense layer, can't take that input, or gives a map of answers for it.
        """
        last = max(
            (
                place
                for place, layer in enumerate(self.layers)
                if isinstance(layer, Dense | DenseConv)
            ),
            default=-1,
        )
        if last < 0:
            raise NetworkError(f"{self.title} has no dense layer to give one value for each class")
        layers = list(self.layers)
        layers[last] = layers[last].change(units=len(classes))
        fitted = self.change(input=input, classes=classes, layers=tuple(layers))
        fitted.check()
        answer = fitted.table()[-1].output
        if (answer.height, answer.width) != (1, 1):
            raise NetworkError(
                f"{self.title} gives {answer.height} × {answer.width} answers for {input}: "
                "use a network that gives one"
            )
        return fitted

    def as_convolutions(self) -> "Network":
        """The same network with convolutions in place of its dense layers, without flatten layers.

        Its answer is that of this network, as maps of 1 x 1. It takes larger pictures too, and
        then gives a map of answers. A network without flatten layers is handed back as it is.

        Raises
        ------
        NetworkError
            When the network has a problem, or a layer that can only act on a vector.
        """
        placed = self._placed()
        if not any(size.flat or isinstance(layer, Flatten) for layer, _, size in placed):
            return self
        try:
            layers = unflattened((name, layer, size) for layer, name, size in placed)
        except NetworkError as error:
            raise NetworkError(f"{self.title}: {error.message}", error.remedy) from None
        return self.change(layers=layers)

    def _placed(self) -> list[tuple[Layer, str, Size]]:
        """Every layer with its name and its input size, once all of them work."""
        self.check()
        placed = []
        size = self.input
        for layer, (name, _) in zip(self.layers, number_layers(self.layers), strict=True):
            placed.append((layer, name, size))
            size = layer.shape(size)
        return placed


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
