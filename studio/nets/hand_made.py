"""Kernels made by hand that some filters of a convolution begin with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import field_validator

from studio.declare import Declared, option
from studio.errors import NetworkError

if TYPE_CHECKING:
    from torch import nn

Rows = tuple[tuple[float, ...], ...]


class HandMade(Declared):
    """A kernel for one filter of a convolution.

    All input maps that the filter sees get the same kernel, divided by their number, and the
    filter's bias is 0. So where all those maps are alike, as the three of a grey picture are, the
    filter gives what the kernel alone gives for one of them.
    """

    filter: int = option(0, "Filter", "Which of the layer's filters gets it, from 0.", low=0)
    kernel: Rows = option(((1.0,),), "Kernel", "Its rows, from the top; it is not turned around.")
    name: str = option("", "Name", "What people call it, such as Sobel x.")

    @field_validator("kernel")
    @classmethod
    def _rows_agree(cls, rows: Rows) -> Rows:
        if not rows or not rows[0] or len({len(row) for row in rows}) > 1:
            raise ValueError("a kernel needs rows of the same length")
        return rows

    @property
    def words(self) -> str:
        named = f" {self.name}" if self.name else ""
        return f"the hand-made kernel{named} for filter {self.filter}"


def check_hand_made(kernels: Sequence[HandMade], filters: int, side: int) -> None:
    """Refuse kernels that the filters of a layer can't have.

    Parameters
    ----------
    filters, side : int
        How many filters there are, and height and width of their kernels.

    Raises
    ------
    NetworkError
        Naming the first such kernel.
    """
    taken: set[int] = set()
    for each in kernels:
        height, width = len(each.kernel), len(each.kernel[0])
        if (height, width) != (side, side):
            raise NetworkError(
                f"{each.words} is {height} × {width}, but the kernels of this layer are "
                f"{side} × {side}: make them the same size, or take the hand-made one out"
            )
        if each.filter >= filters:
            raise NetworkError(
                f"{each.words} has no place: the filters are numbered 0 to {filters - 1}"
            )
        if each.filter in taken:
            raise NetworkError(f"filter {each.filter} is given two hand-made kernels: keep one")
        taken.add(each.filter)


def put_in(kernels: Sequence[HandMade], module: "nn.Conv2d") -> None:
    """Write them over what the filters began with; no random number is drawn."""
    import torch

    with torch.no_grad():
        for each in kernels:
            seen = module.weight.shape[1]
            kernel = torch.tensor(each.kernel, dtype=module.weight.dtype)
            module.weight[each.filter] = kernel / seen
            if module.bias is not None:
                module.bias[each.filter] = 0
