"""One line of a network's table."""

from dataclasses import dataclass

from studio.nets.field import Field
from studio.nets.layer import Size, Window

INPUT = "input"
_BYTES = 4  # of a value, float32
_NO_SIZE = Size(0, 0, 0)
_ONE_VALUE = Window()


@dataclass(frozen=True)
class Row:
    """One line of a network's table.

    Attributes
    ----------
    name : str
        The layer's name in the torch module, such as ``conv1`` or ``res2.body.conv1``.
    kind, title, words : str
        Its kind, what to call it ("Conv 1") and its settings in a few words.
    output : Size
        What comes out; 0 x 0 x 0 where `problem` says why nothing does.
    weights, multiply_adds : int
        Learned numbers, and multiplications with an addition for one picture.
    receptive_field : tuple of int
        Height and width, in input pixels, of what one output value depends on.
    stride : tuple of int
        How far that field moves from one output value to the next, down and to the right; 0 where
        all values share one field.
    offset : tuple of int
        Where the field of the value at row 0, column 0 begins: negative means in the padding.
    problem : str
        Why the layer can't work here; empty where it can.
    inputs : tuple of str
        The names of the rows that feed it, in order; `INPUT` is the picture.
    source : Size
        What the first of them gives.
    window : Window
        What one output value looks at in `source`.
    layer_index : int
        Which of the network's layers it belongs to, from 0; -1 where there is no such list.
    block : str
        The title of the block that it is a part of; empty for a layer of its own.
    shape : tuple of int
        The output as torch has it, without the batch, where that is not `output`.
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
    inputs: tuple[str, ...] = ()
    source: Size = _NO_SIZE
    window: Window = _ONE_VALUE
    layer_index: int = -1
    block: str = ""
    shape: tuple[int, ...] = ()

    @property
    def field(self) -> Field:
        return Field(self.receptive_field, self.stride, self.offset)

    @property
    def memory(self) -> int:
        """Bytes of the output for one picture."""
        return _BYTES * self.output.values

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


def input_row(size: Size) -> Row:
    """The picture as the first row of a table."""
    field = Field()
    return Row(INPUT, INPUT, "Input", "picture", size, 0, 0, field.size, field.stride, field.offset)


@dataclass(frozen=True)
class Problem:
    """Why a layer can't work where it is."""

    layer_index: int
    name: str
    message: str
