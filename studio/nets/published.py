"""Published networks: the classifiers of torchvision, read with torch.fx."""

import difflib
from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import field_validator

from studio.declare import Declared, option
from studio.errors import NetworkError
from studio.nets.architecture import refuse_problems
from studio.nets.layer import Part, Size
from studio.nets.published_names import KNOWN
from studio.nets.row import Problem, Row

if TYPE_CHECKING:
    from torch import fx, nn

CHANNELS = 3
_LARGEST_SIDE = 4096
_SHOWN_NAMES = 5
# These have auxiliary classifiers that are only used in training, and may change the picture's
# range themselves, which is left to the preprocessing.
WITH_AUXILIARY = ("googlenet", "inception_v3")


class Published(Declared):
    """A classifier of torchvision, with a head for its classes.

    GoogLeNet and Inception v3 come without their auxiliary classifiers.
    """

    name: str = option("network", "Name", "A short name, used in commands and files.")
    title: str = option("Network", "Title", "The name as people read it.")
    architecture: str = option("resnet18", "Architecture", "The name that torchvision knows it by.")
    input: Size = option(
        Size(CHANNELS, 224, 224), "Input", "Channels, height and width of the picture."
    )
    classes: tuple[str, ...] = option(
        (), "Classes", "What the values of the last layer stand for; if empty, those of ImageNet."
    )

    @field_validator("architecture")
    @classmethod
    def _known(cls, architecture: str) -> str:
        if architecture not in KNOWN:
            raise ValueError(_unknown(architecture))
        return architecture

    @field_validator("input")
    @classmethod
    def _possible_input(cls, size: Size) -> Size:
        if size.channels != CHANNELS:
            raise ValueError(f"{size} is no possible size: published networks take colour pictures")
        if min(size) < 1 or max(size) > _LARGEST_SIDE:
            raise ValueError(f"{size} is no possible size: sides are 1 to {_LARGEST_SIDE}")
        return size

    def table(self, input: Size | None = None) -> tuple[Row, ...]:
        """One row for each step, for the network's own input or another one.

        Never raises for sizes that don't fit: the row of the step says what the problem is, and so
        do all rows below it. There are none where the network can't even be made for its input.
        """
        return _read(self._make, input or self.input).rows

    def problems(self, input: Size | None = None) -> tuple[Problem, ...]:
        """What keeps the network from working, the cause before its consequences."""
        found = _read(self._make, input or self.input)
        if found.problem:
            return (Problem(-1, "", found.problem),)
        return tuple(Problem(-1, row.name, row.problem) for row in found.rows if row.problem)

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
        return sum(prod(part.shape) for part in self.state().values() if part.learned)

    def state(self) -> dict[str, Part]:
        """Every array of the torch module's ``state_dict``, by its name.

        Raises
        ------
        NetworkError
            When the network can't be made for its input.
        """
        return dict(_state_of(self._make))

    def module(self) -> "nn.Module":
        """The torch module, freshly initialised from torch's generator, in training mode.

        Raises
        ------
        NetworkError
            When the network can't be made for its input.
        """
        return _make(self._make)

    def fit(self, input: Size, classes: tuple[str, ...]) -> "Published":
        """The same network for another input and other classes, with a new head.

        Raises
        ------
        NetworkError
            When it can't take that input.
        """
        fitted = self.change(input=input, classes=classes)
        fitted.check()
        return fitted

    @property
    def _make(self) -> "_Make":
        # Only these know the size of their pictures.
        is_sized = self.architecture.startswith(("vit_", "maxvit_"))
        outputs = len(self.classes) or 1000
        return _Make(self.architecture, outputs, self.input if is_sized else None)


class _Make(NamedTuple):
    """What the weights' shapes depend on."""

    architecture: str
    outputs: int
    input: Size | None


class _Found(NamedTuple):
    rows: tuple[Row, ...]
    problem: str = ""


PUBLISHED: Mapping[str, Published] = {
    name: Published(
        name=name,
        title=known.title,
        architecture=name,
        input=Size(CHANNELS, known.side, known.side),
    )
    for name, known in KNOWN.items()
}


def published(name: str) -> Published:
    """The published network of that name, for the classes of ImageNet.

    Raises
    ------
    NetworkError
        Naming what is similar.
    """
    if name not in PUBLISHED:
        raise NetworkError(_unknown(name), "See: studio list published")
    return PUBLISHED[name]


def read_graph(network: Published) -> "fx.GraphModule":
    """The graph of a published network in evaluation mode, its weights on the meta device.

    Raises
    ------
    NetworkError
        When the network can't be made for its input.
    """
    from studio.nets.tracing import trace

    return trace(_make_empty(network._make).eval())


def _unknown(name: str) -> str:
    similar = difflib.get_close_matches(name, KNOWN, _SHOWN_NAMES)
    hint = f"; similar are {', '.join(similar)}" if similar else ""
    return f"torchvision has no classifier {name!r}{hint}"


def make_settings(network: Published) -> dict[str, Any]:
    """What torchvision's ``get_model`` is given besides the architecture's name.

    Raises
    ------
    NetworkError
        When the network can't be made for its input.
    """
    return _settings(network._make)


def _settings(make: _Make) -> dict[str, Any]:
    settings: dict[str, Any] = {"num_classes": make.outputs}
    if make.architecture in WITH_AUXILIARY:
        settings |= {"aux_logits": False, "transform_input": False, "init_weights": True}
    if make.input:
        _, height, width = make.input
        if make.architecture.startswith("vit_"):
            if height != width:
                raise NetworkError(f"{make.architecture} takes square pictures only")
            settings["image_size"] = height
        else:
            settings["input_size"] = (height, width)
    return settings


def _make(make: _Make) -> "nn.Module":
    from torchvision.models import get_model

    settings = _settings(make)
    try:
        module: nn.Module = get_model(make.architecture, weights=None, **settings)
    except (AssertionError, ValueError) as error:
        size = f" {make.input}" if make.input else ""
        reason = str(error).partition("\n")[0]
        raise NetworkError(f"{make.architecture} can't be made for{size}: {reason}") from None
    return module


def _make_empty(make: _Make) -> "nn.Module":
    from studio.nets.without_weights import WithoutWeights

    with WithoutWeights():
        return _make(make).to("meta")


@lru_cache(maxsize=32)
def _read(make: _Make, input: Size) -> _Found:
    from studio.nets.graph_table import rows_of
    from studio.nets.tracing import trace

    if make.input and input != make.input:
        return _Found((), f"its weights are for {make.input} only: fit it to another input first")
    try:
        graph = trace(_make_empty(make).eval())
    except NetworkError as error:
        return _Found((), error.message)
    return _Found(rows_of(graph, input))


@lru_cache(maxsize=32)
def _state_of(make: _Make) -> Mapping[str, Part]:
    module = _make_empty(make)
    learned = {name for name, _ in module.named_parameters(remove_duplicate=False)}
    return {
        name: Part(tuple(array.shape), name in learned, str(array.dtype).removeprefix("torch."))
        for name, array in module.state_dict().items()
    }
