"""Where one number of a network comes from, as a column that adds up."""

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.nets.row import Row

# What a term of the column is: all that one map gave, one value, a branch, the bias, or the rest.
TermKind = Literal["map", "cell", "branch", "bias", "others"]
# What the terms make: their sum, the largest of them, one of them unchanged, or nothing yet,
# because the value is the picture's.
SumKind = Literal["sum", "largest", "same", "given"]

Place = tuple[int, int, int]
_MOST = 5


class Term(NamedTuple):
    """One line of the column.

    Attributes
    ----------
    kind : str
    value : float
        What it adds.
    row : str
        The row that it comes from; empty for the bias.
    place : tuple of int, optional
        Map, row and column there; row and column are −1 where a whole map counts.
    stands_for : int
        How many terms it stands for.
    """

    kind: TermKind
    value: float
    row: str = ""
    place: Place | None = None
    stands_for: int = 1


@dataclass(frozen=True, eq=False)
class Inputs:
    """The values that a unit looks at, and what they are multiplied by.

    Attributes
    ----------
    row : str
        The row whose maps they are from.
    maps : int array, maps
        The numbers of those maps.
    rows, columns : int array
        Where they are in these maps; outside of them where the border invented a value.
    values : float64 array, maps x rows x columns
    weights : float64 array, maps x rows x columns, optional
        The kernel; None where there is none.
    invented : bool array, rows x columns
        Which values are not the map's own but the border's.
    winner : tuple of int, optional
        Place in `values` of the largest, where only that one counts.
    """

    row: str
    maps: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    invented: NDArray[np.bool_]
    winner: Place | None = None

    @property
    def products(self) -> NDArray[np.float64]:
        """Each value times its weight; the values themselves where there are no weights."""
        return self.values if self.weights is None else self.values * self.weights


class Line(NamedTuple):
    """A step from the sum to the unit's value, such as a division, and what it gives."""

    words: str
    value: float


class After(NamedTuple):
    """What a row that works on every value by itself makes of the unit.

    Attributes
    ----------
    row : Row
    formula : str
        What it does, with its numbers; ``x`` is the value before it.
    computed : float
        The formula's result, in float64.
    value : float
        The network's own.
    """

    row: Row
    formula: str
    computed: float
    value: float


@dataclass(frozen=True, eq=False)
class UnitSum:
    """Where the value of one unit comes from.

    Attributes
    ----------
    row : Row
        The row that makes it: for a chosen activation or normalisation the one that fed it.
    unit : tuple of int
        Map, row and column.
    kind : str
    terms : tuple of Term
        All of them, in the order of the maps; the bias is the last.
    lines : tuple of Line
        What becomes of the sum before it is the unit's value.
    value : float
        The network's own, float32.
    inputs : Inputs, optional
        What the unit looks at, where that is a window or a vector.
    after : tuple of After
        What the rows below make of it, one value at a time.
    """

    row: Row
    unit: Place
    kind: SumKind
    terms: tuple[Term, ...]
    lines: tuple[Line, ...]
    value: float
    inputs: Inputs | None = None
    after: tuple[After, ...] = ()

    @property
    def total(self) -> float:
        """The sum of all terms, rounded once; the largest where only that one counts."""
        if self.kind == "largest":
            return max(term.value for term in self.terms)
        if self.kind == "given":
            return self.value
        return math.fsum(term.value for term in self.terms)

    @property
    def computed(self) -> float:
        """What terms and lines give, in float64."""
        return self.lines[-1].value if self.lines else self.total

    @property
    def residual(self) -> float:
        """The network's value less the computed one: what float32 rounded away."""
        return self.value - self.computed

    @property
    def bias(self) -> float | None:
        """The bias; None where there is none."""
        return next((term.value for term in self.terms if term.kind == "bias"), None)

    def column(self, most: int = _MOST) -> tuple[Term, ...]:
        """The largest terms, one for all others, and the bias: together the `total`.

        Where only the largest value counts, the others are left out.
        """
        ordered = sorted(
            (term for term in self.terms if term.kind != "bias"),
            key=lambda term: -(term.value if self.kind == "largest" else abs(term.value)),
        )
        if self.kind == "largest":
            return tuple(ordered[:1])
        most = most if len(ordered) > most + 1 else len(ordered)
        shown, rest = ordered[:most], ordered[most:]
        if rest:
            value = math.fsum(term.value for term in rest)
            shown.append(Term("others", value, rest[0].row, stands_for=len(rest)))
        return (*shown, *(term for term in self.terms if term.kind == "bias"))


def terms_of_maps(inputs: Inputs, bias: float | None) -> tuple[Term, ...]:
    """What every map adds, and the bias."""
    sums = inputs.products.sum(axis=(1, 2))
    terms = [
        Term("map", float(value), inputs.row, (int(index), -1, -1))
        for index, value in zip(inputs.maps, sums, strict=True)
    ]
    return (*terms, *(() if bias is None else (Term("bias", bias),)))


def terms_of_cells(inputs: Inputs) -> tuple[Term, ...]:
    """Every value by itself; those that the border invented are left out."""
    found = []
    for place, index in enumerate(inputs.maps):
        for i, y in enumerate(inputs.rows):
            for j, x in enumerate(inputs.columns):
                if not inputs.invented[i, j]:
                    value = float(inputs.values[place, i, j])
                    found.append(Term("cell", value, inputs.row, (int(index), int(y), int(x))))
    return tuple(found)


def float64(values: Any) -> NDArray[np.float64]:
    """Numbers of a map or a torch parameter in double precision."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values, np.float64)


def parameter(values: Any, index: int, without: float = 0.0) -> float:
    """One number of a torch parameter; `without` where there is none."""
    return without if values is None else float(values.detach()[index])
