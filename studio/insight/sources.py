"""Which rows a row of a table comes from, and which work on every value by itself."""

from collections.abc import Iterator, Mapping, Sequence

from studio.nets.row import INPUT, Row

# Kinds of rows whose values come each from the one at the same place.
POINTWISE = frozenset(
    {
        *("relu", "relu6", "leaky_relu", "elu", "sigmoid", "tanh", "gelu", "silu", "mish"),
        *("hardswish", "hardsigmoid", "hardtanh", "softplus"),
        *("batch_norm", "dropout", "stochastic_depth", "identity", "scale"),
    }
)
FLATTEN = "flatten"


def by_name(rows: Sequence[Row]) -> dict[str, Row]:
    """The rows by their names."""
    return {row.name: row for row in rows}


def is_first(rows: Sequence[Row], row: Row) -> bool:
    """Whether nothing before a row has learned anything."""
    return not any(one.weights for one in _before(by_name(rows), row))


def flattened(rows: Sequence[Row], row: Row) -> Row | None:
    """The flatten row whose values, one by one, a row of a vector is given; None without one."""
    known = by_name(rows)
    while row.inputs and row.inputs[0] in known:
        row = known[row.inputs[0]]
        if row.kind == FLATTEN:
            return row
        if row.kind not in POINTWISE:
            return None
    return None


def _before(known: Mapping[str, Row], row: Row) -> Iterator[Row]:
    """Every row that a row depends on."""
    waiting, seen = list(row.inputs), {INPUT}
    while waiting:
        name = waiting.pop()
        if name not in seen and name in known:
            seen.add(name)
            yield known[name]
            waiting += known[name].inputs
