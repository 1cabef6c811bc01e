"""What there is to know about the kernels of a layer, computed beside the window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.insight.initial import initial_weights
from studio.insight.kernels import (
    Change,
    Kernels,
    Weights,
    change_of,
    in_colours,
    learned_kernels,
    signed,
    silent_maps,
)
from studio.insight.sources import POINTWISE, by_name
from studio.nets.model import Model
from studio.nets.row import Row
from studio.window.canvas.histogram_bars import Counted
from studio.window.network.look import Look

ALL = -1  # inputs of a kernel together

_MOST_COUNTED = 2**22  # weights of a histogram
_SILENCING = ("relu", "relu6")
INITIAL, BEFORE = "initial", "before"


@dataclass(frozen=True, eq=False)
class Study:
    """The kernels of a layer, and what was found out about them.

    Attributes
    ----------
    reference : str
        What the document calls the model.
    kernels : Kernels
    norms, means : float array, outputs
    dead, silent : bool array, outputs
        Kernels of nearly no size; maps that are zero all over this picture.
    silenced_by : str
        The title of the activation behind which they are; empty where there is none.
    counted : Counted
        How often weights occur in the layer.
    changes : mapping
        Since `INITIAL` weights and since `BEFORE`, where they are known.
    """

    reference: str
    kernels: Kernels
    norms: NDArray[np.float64]
    means: NDArray[np.float64]
    dead: NDArray[np.bool_]
    silent: NDArray[np.bool_]
    silenced_by: str
    counted: Counted
    changes: Mapping[str, Change] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Shown:
    """A study, and pictures of its kernels.

    Attributes
    ----------
    study : Study
    input : int
        Which of their inputs the pictures are of, or `ALL`.
    pictures : sequence of array
        One for each kernel: numbers, or uint8 RGB where they are in colour; none where there is a
        matrix.
    matrix : uint8 array, outputs x inputs x 3, optional
        Of 1 x 1 kernels.
    """

    study: Study
    input: int
    pictures: Sequence[NDArray[Any]] | NDArray[Any]
    matrix: NDArray[np.uint8] | None


class Students:
    """Makes studies; keeps the weights that a model began with. For one job at a time."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._initial: Weights | None = None
        self._last: Shown | None = None

    def show(self, look: Look, name: str, before: Weights | None, input: int) -> Shown | None:
        """A study of a row, and pictures of its kernels for one input or for all.

        Those of all are in colour where the inputs are red, green and blue, and else their mean.
        None where the row has no kernels. What is still true of the last ones is kept: with
        another picture, only which maps are silent is new.
        """
        last = self._last if self._model is look.model else None
        if last is not None and last.study.kernels.row.name == name:
            silent, title = silent_behind(look, last.study.kernels.row)
            study: Study | None = replace(last.study, silent=silent, silenced_by=title)
        else:
            last, study = None, self.study(look, name, before)
        if study is None:
            self._last = None
        elif last is not None and last.input == min(input, study.kernels.inputs - 1):
            self._last = replace(last, study=study)
        else:
            self._last = _shown(study, min(input, study.kernels.inputs - 1))
        return self._last

    def study(self, look: Look, name: str, before: Weights | None) -> Study | None:
        """What there is to know about the kernels of a row; None where it has none.

        Parameters
        ----------
        before : mapping, optional
            Older weights of the same network, to compare with.
        """
        rows = look.rows
        kernels = learned_kernels(rows, look.model.weights, name)
        if kernels is None:
            return None
        if self._model is not look.model:
            self._model, self._initial = look.model, initial_weights(look.model)
        changes = {}
        for since, weights in ((INITIAL, self._initial), (BEFORE, before)):
            then = None if weights is None else learned_kernels(rows, weights, name)
            if then is not None and then.weights.shape == kernels.weights.shape:
                changes[since] = change_of(kernels, then)
        silent, title = silent_behind(look, kernels.row)
        histogram = kernels.histogram(most=_MOST_COUNTED)
        return Study(
            look.reference,
            kernels,
            kernels.norms,
            kernels.means,
            kernels.dead,
            silent,
            title,
            Counted(histogram.counts, histogram.low, histogram.high),
            changes,
        )


def _shown(study: Study, input: int) -> Shown:
    kernels = study.kernels
    if kernels.size == (1, 1) and kernels.inputs > 1:
        return Shown(study, input, (), signed(kernels.matrix()).pixels)
    pictures: Sequence[NDArray[Any]] | NDArray[Any]
    if input == ALL and kernels.in_colour:
        pictures = [in_colours(one).pixels for one in kernels.weights]
    elif input == ALL:
        pictures = np.asarray(kernels.weights.mean(axis=1, dtype=np.float32))
    else:
        pictures = np.ascontiguousarray(kernels.weights[:, input], np.float32)
    return Shown(study, input, pictures, None)


def kernel_row(rows: Sequence[Row], row: Row) -> Row:
    """The row whose kernels belong to a row: itself, or what an activation comes from."""
    known = by_name(rows)
    while row.kind in POINTWISE and row.inputs and row.inputs[0] in known:
        row = known[row.inputs[0]]
    return row


def silent_behind(look: Look, row: Row) -> tuple[NDArray[np.bool_], str]:
    """Which maps are zero all over the picture behind the next ReLU, and its title."""
    at = row
    while row.output.height * row.output.width > 1:
        followers = [one for one in look.rows if at.name in one.inputs]
        if len(followers) != 1 or followers[0].kind not in POINTWISE:
            break
        at = followers[0]
        if at.kind in _SILENCING:
            return silent_maps(look.maps[at.name]), at.title
    return np.zeros(row.output.channels, np.bool_), ""
