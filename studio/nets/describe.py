"""A network's table as plain values, and sizes as text."""

import re
from typing import Any

from studio.errors import SettingError
from studio.nets.architecture import Architecture
from studio.nets.layer import Size
from studio.nets.network import LARGEST_SIDE
from studio.nets.row import Row

_SIZE = re.compile(r"\s*(\d+)\s*[x×,]\s*(\d+)\s*[x×,]\s*(\d+)\s*", re.ASCII | re.IGNORECASE)


def describe(network: Architecture, input: Size | None = None) -> dict[str, Any]:
    """The network's table as plain values, for its own input or another one.

    The weights of dense layers are counted for that input.

    Raises
    ------
    NetworkError
        With the first problem, when the layers don't fit together for that input.
    """
    network.check(input)
    rows = network.table(input)
    return {
        "name": network.name,
        "title": network.title,
        "input": list(input or network.input),
        "weights": sum(row.weights for row in rows),
        "multiply_adds": sum(row.multiply_adds for row in rows),
        "layers": [
            {
                "name": row.name,
                "kind": row.kind,
                "output": list(row.output),
                "weights": row.weights,
                "receptive_field": list(row.receptive_field),
                "stride": list(row.stride),
                "multiply_adds": row.multiply_adds,
            }
            for row in rows
        ],
    }


def dense_equivalent(row: Row) -> int:
    """How many weights a dense layer of the same input and output would have, biases counted.

    For a dense layer those are its own; for a convolution they show what sharing kernels saves.
    """
    return (row.source.values + 1) * row.output.values


def parse_size(text: str) -> Size:
    """Channels, height and width from a text such as ``3x32x32``.

    Raises
    ------
    SettingError
        When the text is not three whole numbers in the possible range.
    """
    found = _SIZE.fullmatch(text)
    if not found:
        raise SettingError(
            f"{text!r} is no size",
            "Write channels, height and width, such as 3x32x32",
            field="input",
        )
    size = Size(*(int(number) for number in found.groups()))
    if min(size) < 1 or max(size) > LARGEST_SIDE:
        raise SettingError(
            f"{text!r} is no possible size",
            f"Every number must be at least 1 and at most {LARGEST_SIDE}",
            field="input",
        )
    return size
