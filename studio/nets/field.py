"""What one value of a map sees of the input, followed from layer to layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.nets.layer import Size, Window

Pair = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """The receptive field of the values of a map, along height and width, in input pixels.

    Attributes
    ----------
    size : tuple of int
        How far it reaches.
    stride : tuple of int
        How far it moves from one value to the next; 0 where every value has the same one.
    offset : tuple of int
        Where the field of the value at row 0, column 0 begins: negative means in the padding.
    """

    size: Pair = (1, 1)
    stride: Pair = (1, 1)
    offset: Pair = (0, 0)

    def through(self, window: Window) -> "Field":
        """The field after a layer with that window (Araujo et al., Distill, 2019)."""
        axes = []
        for axis in (0, 1):
            jump = self.stride[axis]
            reach = (window.kernel[axis] - 1) * window.dilation[axis] * jump
            axes.append(
                (
                    self.size[axis] + reach,
                    jump * window.stride[axis],
                    self.offset[axis] - window.padding[axis] * jump,
                )
            )
        down, across = axes
        return Field((down[0], across[0]), (down[1], across[1]), (down[2], across[2]))

    def over(self, output: Size) -> "Field":
        """The one field that holds those of all values of a map of that size."""
        reach = (
            self.size[0] + (output.height - 1) * self.stride[0],
            self.size[1] + (output.width - 1) * self.stride[1],
        )
        return Field(reach, (0, 0), self.offset)


def whole(input: Size) -> Field:
    """The field of values that see all of the input."""
    return Field((input.height, input.width), (0, 0))


def union(fields: Sequence[Field], outputs: Sequence[Size]) -> Field:
    """The smallest field that holds those of all branches where they meet.

    Parameters
    ----------
    outputs : sequence of Size
        The size of each branch's maps. Fields that move at different speeds are first made into
        one that doesn't move.
    """
    if len({field.stride for field in fields}) > 1:
        fields = [field.over(size) for field, size in zip(fields, outputs, strict=True)]
    axes = []
    for axis in (0, 1):
        first = min(field.offset[axis] for field in fields)
        end = max(field.offset[axis] + field.size[axis] for field in fields)
        axes.append((end - first, first))
    return Field((axes[0][0], axes[1][0]), fields[0].stride, (axes[0][1], axes[1][1]))
