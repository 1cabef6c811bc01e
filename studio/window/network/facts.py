"""Layers and units in words."""

from collections.abc import Sequence

from studio.nets.describe import dense_equivalent
from studio.nets.layer import Size, Window
from studio.nets.layers import LAYERS
from studio.nets.row import INPUT, Row
from studio.window.translate import tr


def size_words(size: Size) -> str:
    """An output size, such as ``64×32×32``, or ``1,000`` for a vector."""
    if size.flat:
        return f"{size.channels:,}"
    return "×".join(map(str, size))


def count_words(count: int) -> str:
    """A count in at most three figures, such as ``39.3 M``; nothing for none."""
    if count < 1000:
        return str(count or "")
    for name, unit in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        share = count / unit
        if share >= 0.9995:
            digits = 0 if share >= 99.95 else 1
            return f"{share:.{digits}f} {name}"
    raise AssertionError(count)


def field_words(field: tuple[int, int]) -> str:
    """A receptive field: one number where it is square."""
    return str(field[0]) if field[0] == field[1] else "×".join(map(str, field))


def span_words(first: int, end: int) -> str:
    """A range of the input, whose first row is 0."""
    if end - first == 1:
        return f"{first}".replace("-", "−")
    return tr("{first} to {last}").format(first=first, last=end - 1).replace("-", "−")


def reach_words(field: tuple[int, int, int, int], size: Size) -> str:
    """How far a receptive field reaches beyond the input, in words; empty where it doesn't."""
    top, left, bottom, right = field
    beyond = {
        tr("top"): -top,
        tr("left"): -left,
        tr("bottom"): bottom - size.height,
        tr("right"): right - size.width,
    }
    found = {side: pixels for side, pixels in beyond.items() if pixels > 0}
    if not found:
        return ""
    most = max(found.values())
    pixels = tr("1 pixel") if most == 1 else tr("{count} pixels").format(count=most)
    if len(found) == 4 or len(set(found.values())) > 1:
        up_to = (
            tr("up to {pixels}").format(pixels=pixels) if len(set(found.values())) > 1 else pixels
        )
        return tr("reaches {pixels} beyond the edges").format(pixels=up_to)
    sides = tr(" and ").join(found)
    where = tr("the {sides} edge") if len(found) == 1 else tr("the {sides} edges")
    return tr("reaches {pixels} beyond {edges}").format(
        pixels=pixels, edges=where.format(sides=sides)
    )


def layer_facts(row: Row) -> list[tuple[str, str]]:
    """What a layer does, as label and words."""
    size = f"{size_words(row.output)}{_counted(row.output)}"
    if row.kind == INPUT:
        return [(tr("Size"), size)]
    facts = [(tr("Output"), size)]
    facts += _window_facts(row)
    if not row.output.flat and row.stride not in ((0, 0), (1, 1)):
        moved = tr("{count} pixels from unit to unit").format(count=field_words(row.stride))
        facts.append((tr("Field moves"), moved))
    if row.weights:
        facts.append((tr("Weights"), f"{row.weights:,}"))
    if row.weights and row.multiply_adds and not row.output.flat:
        dense = dense_equivalent(row)
        share = tr("{count} weights; these are {share}")
        words = share.format(count=count_words(dense), share=_share(row.weights / dense))
        facts.append((tr("If dense"), words))
    return facts


def layer_summary(row: Row) -> str:
    """What layers of that kind do, in a sentence; empty for kinds that have none."""
    return tr(LAYERS[row.kind].summary) if row.kind in LAYERS else ""


def _counted(size: Size) -> str:
    return "" if size.flat else " = " + tr("{count} values").format(count=f"{size.values:,}")


def _window_facts(row: Row) -> list[tuple[str, str]]:
    window, size = row.window, row.source
    if window == Window() or row.kind == "flatten":
        return []
    pools = row.kind.endswith("pool")
    rows, columns = window.kernel
    if pools:
        over = tr("in each map")
    else:
        many = size.channels > 1
        over = tr("over all {count} maps") if many else tr("over {count} map")
    each = over.format(count=size.channels)
    facts = [(tr("Window") if pools else tr("Kernel"), f"{rows} × {columns} {each}")]
    down, across = window.stride
    moved = tr("moves 1 value at a time") if window.stride == (1, 1) else tr("moves {count} values")
    count = f"{down}" if down == across else f"{down} × {across}"
    facts.append((tr("Stride"), moved.format(count=count)))
    above, beside = window.padding
    around = tr("{count} on every side") if pools else tr("{count} zeros on every side")
    count = f"{above}" if above == beside else f"{above} × {beside}"
    facts.append((tr("Padding"), around.format(count=count) if above + beside else tr("none")))
    if window.dilation != (1, 1):
        facts.append((tr("Dilation"), field_words(window.dilation)))
    return facts


def _share(share: float) -> str:
    return f"{100 * share:.2g} %"


def unit_words(row: Row, index: int, y: int, x: int, names: Sequence[str] = ()) -> str:
    """Which unit of a layer it is; the values of a vector may have names."""
    if row.output.flat:
        if index < len(names):
            return tr("Class {name}").format(name=names[index])
        return tr("Unit {number}").format(number=index)
    if index < len(names):
        name = tr("Class {name}").format(name=names[index])
    else:
        name = channel_words(row, index)
    return tr("{map}, row {row}, column {column}").format(map=name, row=y, column=x)


def channel_words(row: Row, index: int) -> str:
    """Which map of a layer it is; those of the picture have colours."""
    if row.kind == INPUT:
        return tr(("Red", "Green", "Blue")[index] if row.output.channels == 3 else "Grey")
    return tr("Map {number}").format(number=index)
