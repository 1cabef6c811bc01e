"""The columns of a network's table: what each says of a layer, and of all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.nets.describe import dense_equivalent
from studio.nets.row import INPUT, Row
from studio.window.network.facts import count_words, field_words, size_words
from studio.window.translate import tr

LAYER, OUTPUT, WEIGHTS, FIELD, MULTIPLY_ADDS, STRIDE, PADDING, MEMORY = range(8)


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    key : str
        What the window's settings call it.
    cell, total : callable
        The text for a layer, and the one beneath all of them.
    """

    key: str
    title: str
    tip: str
    cell: Callable[[Row], str]
    total: Callable[[Sequence[Row]], str] = lambda rows: ""


def bytes_words(count: int) -> str:
    """A size in memory in at most three figures, such as ``256 kB``; nothing for none."""
    words = count_words(count)
    return f"{words}B" if words[-1:].isalpha() else f"{words} B" if words else ""


def padding_of(row: Row) -> tuple[int, int]:
    """How far the first field reaches beyond the top and the left edge, in input pixels."""
    return max(0, -row.offset[0]), max(0, -row.offset[1])


def _stride(row: Row) -> str:
    return "" if row.stride == (0, 0) or row.kind == INPUT else field_words(row.stride)


def _padding(row: Row) -> str:
    return field_words(padding_of(row)) if any(padding_of(row)) else ""


def _field_of_last(rows: Sequence[Row]) -> str:
    return field_words(rows[-1].receptive_field)


def count_layers(rows: Sequence[Row]) -> str:
    """How many layers there are, in words."""
    count = len(rows)
    return tr("1 layer") if count == 1 else tr("{count} layers").format(count=count)


COLUMNS = (
    Column("layer", "Layer", "From the picture to the answer", lambda row: row.title, count_layers),
    Column(
        "output",
        "Output",
        "Maps × rows × columns that come out, or values of a vector",
        lambda row: size_words(row.output),
    ),
    Column(
        "weights",
        "Weights",
        "Numbers that are learned, biases counted; the bar is their share of the largest layer's",
        lambda row: f"{row.weights:,}" if row.weights else "",
        lambda rows: f"{sum(row.weights for row in rows):,}",
    ),
    Column(
        "field",
        "Field",
        "Receptive field: rows and columns of the input that one value depends on, in pixels",
        lambda row: field_words(row.receptive_field),
        _field_of_last,
    ),
    Column(
        "multiply_adds",
        "Mult-adds",
        "Multiplications with an addition, for one picture",
        lambda row: count_words(row.multiply_adds),
        lambda rows: count_words(sum(row.multiply_adds for row in rows)),
    ),
    Column(
        "stride",
        "Stride",
        "How far the receptive field moves from one value to the next, in input pixels",
        _stride,
    ),
    Column(
        "padding",
        "Padding",
        "How far the first receptive field reaches beyond the picture's edge, in input pixels",
        _padding,
    ),
    Column(
        "memory",
        "Memory",
        "Of what comes out for one picture, as 32-bit numbers; beneath, of all layers together",
        lambda row: bytes_words(row.memory),
        lambda rows: bytes_words(sum(row.memory for row in rows)),
    ),
)


def row_details(row: Row) -> list[str]:
    """What the columns say of a layer, one a line, with exact numbers."""
    lines = [f"{row.title}, {row.words}" if row.words else row.title]
    size, values = size_words(row.output), f"{row.output.values:,}"
    words = tr("Output {size}") if row.output.flat else tr("Output {size} = {values} values")
    lines.append(words.format(size=size, values=values))
    lines.append(tr("Memory {memory}").format(memory=bytes_words(row.memory)))
    if row.weights:
        lines.append(tr("Weights {count}").format(count=f"{row.weights:,}"))
    if dense := dense_words(row):
        lines.append(dense)
    if row.multiply_adds:
        lines.append(tr("Mult-adds {count}").format(count=f"{row.multiply_adds:,}"))
    lines.append(tr("Field {size} pixels").format(size=field_words(row.receptive_field)))
    if _stride(row):
        lines.append(tr("Field moves {count} pixels").format(count=_stride(row)))
    if _padding(row):
        lines.append(tr("Padding {count} input pixels").format(count=_padding(row)))
    return lines


def dense_words(row: Row) -> str:
    """What a dense layer with the same output would need; empty where nothing is compared."""
    if not row.weights or not row.multiply_adds or row.output.flat:
        return ""
    dense = dense_equivalent(row)
    share = f"{100 * row.weights / dense:.2g} %"
    words = tr("A dense layer would need {count}; these are {share}")
    return words.format(count=count_words(dense), share=share)
