"""What a method of attribution is, and what it gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from studio.declare import Declared
from studio.nets.preprocess import Preprocessing
from studio.nets.row import INPUT, Row

if TYPE_CHECKING:
    from torch import Tensor

    from studio.insight.logits import Logits
    from studio.nets.steps import Steps

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each place speaks for a class, by one method.

    Attributes
    ----------
    method : Method
        With the settings that it was computed with.
    index, class_name
        The class that is explained.
    values : array, channels x height x width
        What the method gives: signed, in logits or logits per unit of the input.
    map : array, height x width of the input
        One value for each place, brought together over the channels as the method says.
    signed : bool
        Whether values of the map below zero mean something: they speak against the class.
    logit, probability : float
        The network's answer for that class: before and after softmax.
    share : float
        How much of the work is done; 1 for the final result.
    seconds : float
        What it took so far.
    row : str
        The row whose resolution `values` have.
    baseline_logit : float, optional
        The same class's logit for the baseline, by methods that compare with one.
    residual : float, optional
        By how much the sum of all values misses the difference of the two logits; 0 is complete.
    """

    method: "Method"
    index: int
    class_name: str
    values: Values
    map: Values
    signed: bool
    logit: float
    probability: float
    share: float
    seconds: float
    row: str = INPUT
    baseline_logit: float | None = None
    residual: float | None = None


@dataclass(frozen=True, eq=False)
class Asked:
    """What a method has to work on.

    Attributes
    ----------
    steps : Steps
    logits : Logits
        N x channels x height x width to N x classes.
    values : Tensor, 1 x channels x height x width
    index : int
        The class.
    logit : float
        Its value.
    rows : tuple of Row
        The network's table.
    preprocessing : Preprocessing
    """

    steps: "Steps"
    logits: "Logits"
    values: "Tensor"
    index: int
    logit: float
    rows: tuple[Row, ...]
    preprocessing: Preprocessing

    @property
    def batch(self) -> int:
        """How many pictures of this size are worked on between two chances to stop."""
        most = 600_000  # values: 4 pictures of 3 x 224 x 224
        return max(1, min(16, most // self.values[0].numel()))

    def logit_of(self, values: "Tensor") -> float:
        """The class's logit for another input, 1 x channels x height x width."""
        import torch

        with torch.no_grad():
            return float(self.logits(values)[0, self.index])


@dataclass(frozen=True, eq=False)
class Part:
    """What a method has found so far; fields as those of `Attribution`.

    `map` is left out where it follows from the values, and `share` is 1 at the end.
    """

    share: float
    values: Values
    map: Values | None = None
    row: str = INPUT
    baseline_logit: float | None = None
    residual: float | None = None


class Method(Declared):
    """One way to say how much each place speaks for a class.

    A method is one class in a file of `studio.insight.attribution`: give it the class variables
    below, fields made with `option`, and `parts`. The window, the command line, the help and the
    tests find it. Logits are explained, never the probabilities after softmax: those also rise
    when other classes fall.

    Attributes
    ----------
    formula, source : str
        What is computed, and who proposed it.
    caveat : str
        What the result must not be taken for.
    signed : bool
        Whether places can speak against the class.
    together : {"sum", "largest"}
        How the channels of a place become one value of the map.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    caveat: ClassVar[str]
    signed: ClassVar[bool] = False
    together: ClassVar[Literal["sum", "largest"]] = "largest"

    def parts(self, asked: Asked) -> Iterator[Part]:
        """What is found, better with every one; the last is the result."""
        raise NotImplementedError

    def is_signed(self) -> bool:
        """Whether the map has values below zero with these settings."""
        return self.signed


def to_array(tensor: "Tensor") -> Values:
    """The one picture of a batch of one, float32."""
    return np.array(tensor[0].numpy(force=True), np.float32)
