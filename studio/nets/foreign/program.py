"""A network from elsewhere as the list of its steps, as an exported program holds it."""

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import field_validator

from studio.declare import Declared, option
from studio.errors import NetworkError
from studio.nets.architecture import refuse_problems
from studio.nets.foreign.operations import is_known
from studio.nets.layer import Part, Size
from studio.nets.row import Problem, Row

if TYPE_CHECKING:
    from torch import fx

_LARGEST_MEMORY = 2**32  # bytes of one step's result for one picture


class ProgramStep(Declared):
    """One step: an operation of torch, and what it is given.

    An argument is a plain value, a list of arguments, or one of ``{"step": NAME}``, ``{"part":
    NAME}``, ``{"dtype": NAME}``.
    """

    name: str = option("", "Name", "How later steps refer to its result.")
    op: str = option("", "Operation", "Such as aten.conv2d.default.")
    args: tuple[Any, ...] = option((), "Arguments", "By place.")
    kwargs: dict[str, Any] = option({}, "Named arguments", "By name.")
    path: str = option("", "Module", "The path of the module that the step was written in.")
    rank: int = option(4, "Dimensions", "Of what it is given.", low=0)

    @field_validator("op")
    @classmethod
    def _known(cls, op: str) -> str:
        if not is_known(op):
            raise ValueError(f"the studio knows no operation {op!r}")
        return op


class Program(Declared):
    """A network whose steps were read from a file; only its input and its classes can change."""

    name: str = option("network", "Name", "A short name, used in commands and files.")
    title: str = option("Network", "Title", "The name as people read it.")
    input: Size = option(Size(3, 224, 224), "Input", "Channels, height and width of the picture.")
    classes: tuple[str, ...] = option((), "Classes", "What the values of the last step stand for.")
    steps: tuple[ProgramStep, ...] = option((), "Steps", "From the picture to the answer.")
    output: str = option("", "Output", "The name of the step that gives the answer.")
    parts: dict[str, Part] = option({}, "Parts", "Its arrays: shape, whether learned, type.")
    modules: dict[str, str] = option({}, "Modules", "The kinds of its modules, by path.")

    def __hash__(self) -> int:
        return hash((self.name, self.title, self.input, self.classes, len(self.steps)))

    def table(self, input: Size | None = None) -> tuple[Row, ...]:
        """One row for each step, for the network's own input or another one."""
        return _rows(self, input or self.input)

    def problems(self, input: Size | None = None) -> tuple[Problem, ...]:
        """What keeps the network from working, the cause before its consequences."""
        rows = self.table(input)
        found = [Problem(-1, row.name, row.problem) for row in rows if row.problem]
        found += [
            Problem(-1, row.name, f"gives {row.memory:,} bytes for one picture, which is too much")
            for row in rows
            if row.memory > _LARGEST_MEMORY
        ]
        answers = rows[-1].output.values if rows else 0
        if not rows:
            return (Problem(-1, "", "no step depends on the picture"),)
        if not found and self.classes and answers != len(self.classes):
            message = f"gives {answers} values for {len(self.classes)} classes"
            found.append(Problem(-1, rows[-1].name, message))
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
        return sum(prod(part.shape) for part in self.parts.values() if part.learned)

    def state(self) -> dict[str, Part]:
        """Every array of the torch module's ``state_dict``, by its name."""
        return dict(self.parts)

    def module(self) -> "fx.GraphModule":
        """The torch module, its weights freshly initialised, in training mode."""
        from studio.nets.foreign.program_graph import build_graph

        return build_graph(self)

    def fit(self, input: Size, classes: tuple[str, ...]) -> NoReturn:
        """Refused: the layers of a program are what they are.

        Raises
        ------
        NetworkError
            Always.
        """
        raise NetworkError(
            f"{self.title} was read from a program, so its last layer can't be changed",
            "Choose a network that is a list of layers, or a published one",
        )


@lru_cache(maxsize=16)
def _rows(program: Program, input: Size) -> tuple[Row, ...]:
    from studio.nets.graph_table import rows_of
    from studio.nets.without_weights import WithoutWeights

    with WithoutWeights():
        graph = program.module()
    return rows_of(graph.to("meta").eval(), input)
