"""What every architecture can do, whether a list of layers or a published one."""

from typing import TYPE_CHECKING, Any, Protocol, Self

from studio.errors import NetworkError
from studio.nets.layer import Part, Size
from studio.nets.row import Problem, Row

if TYPE_CHECKING:
    from torch import nn


class Architecture(Protocol):
    """A network without weights: what a model's card names.

    `studio.nets.network.Network` and `studio.nets.published.Published` are ones.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def input(self) -> Size: ...

    @property
    def classes(self) -> tuple[str, ...]: ...

    @property
    def weights(self) -> int:
        """How many numbers are learned."""
        ...

    def table(self, input: Size | None = None) -> tuple[Row, ...]:
        """One row for each step, for the network's own input or another one."""
        ...

    def problems(self, input: Size | None = None) -> tuple[Problem, ...]:
        """What keeps the network from working, the cause before its consequences."""
        ...

    def check(self, input: Size | None = None) -> None:
        """Refuse a network that can't work, with a NetworkError."""
        ...

    def state(self) -> dict[str, Part]:
        """Every array of the torch module's ``state_dict``."""
        ...

    def module(self) -> "nn.Module":
        """The torch module, freshly initialised from torch's generator, in training mode."""
        ...

    def fit(self, input: Size, classes: tuple[str, ...]) -> Self:
        """The same network for another input and other classes, with a new head."""
        ...

    def change(self, **values: Any) -> Self:
        """The same with other values."""
        ...


def refuse_problems(network: Architecture, input: Size | None) -> None:
    """Refuse a network that can't work for its own input or another one.

    Raises
    ------
    NetworkError
        With the first problem.
    """
    problems = network.problems(input)
    if problems:
        first = problems[0]
        place = f"layer {first.layer_index + 1}, " if first.layer_index >= 0 else ""
        where = f"{place}{first.name}, " if first.name else ""
        size = input or network.input
        raise NetworkError(f"{network.title} can't take {size}: {where}{first.message}")
