"""What runs along the edges of a graph: the shape, where its height and width are, and what each
value sees of the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from studio.nets.field import Field, union
from studio.nets.graph_step import POINTWISE, Step
from studio.nets.layer import Flat, Size, Window

Shape = tuple[int, ...]
Axes = tuple[int, int]

_MAPS: Axes = (2, 3)
_LAST: Axes = (1, 2)  # of channels-last maps, N x H x W x C
_JOINS = {"add", "multiply", "subtract", "divide"}


@dataclass(frozen=True)
class Flow:
    """A tensor that depends on the picture.

    Attributes
    ----------
    name : str
        Of the row that gives it.
    shape : tuple of int
        As torch has it, with the batch.
    axes : tuple of int or None
        Which dimensions are height and width; None where there are none, as for tokens.
    """

    name: str
    shape: Shape
    axes: Axes | None
    field: Field

    @property
    def size(self) -> Size:
        """Channels, height and width: tokens as one map of tokens x features."""
        inner = self.shape[1:]
        if len(inner) < 2:
            return Flat(prod(inner), 1, 1)
        if self.axes:
            height, width = self.plane
            return Size(prod(inner) // max(1, height * width), height, width)
        if len(inner) == 2:
            return Size(1, *inner)
        if len(inner) == 3:
            return Size(inner[2], inner[0], inner[1])
        return Size(prod(inner[:-2]), *inner[-2:])

    @property
    def plane(self) -> tuple[int, int]:
        """Height and width; 1 x 1 where there are none."""
        return (self.shape[self.axes[0]], self.shape[self.axes[1]]) if self.axes else (1, 1)

    @property
    def own_shape(self) -> Shape:
        """The shape without the batch, where it isn't `size`."""
        is_plain = len(self.shape) == 2 or (len(self.shape) == 4 and self.axes == _MAPS)
        return () if is_plain else self.shape[1:]

    @property
    def whole(self) -> Field:
        """What all its values together see."""
        return self.field.over(Size(1, *self.plane))


def follow(step: Step, given: Sequence[Flow], shape: Shape) -> tuple[Axes | None, Field, Window]:
    """Where height and width are in a step's result, what its values see, and through what window.

    Parameters
    ----------
    given : sequence of Flow
        What it is given that depends on the picture; never empty.
    shape : tuple of int
        Of the result, with the batch.
    """
    first = given[0]
    one = Window()
    if step.kind in ("conv", "max_pool", "average_pool"):
        if len(shape) == 4:
            window = step.window or one
            return _MAPS, first.field.through(window), window
    elif step.kind in ("adaptive_pool", "global_pool") and len(shape) == 4:
        slid = _adaptive(first, shape)
        field = first.field.through(slid) if slid else first.whole
        return _MAPS, field, slid or one
    elif step.kind == "mean" and first.axes and _averages_plane(step, first):
        window = Window(kernel=first.plane, stride=(0, 0))
        axes = _MAPS if len(shape) == 4 and first.axes == _MAPS else None
        return axes, first.field.through(window), window
    elif step.kind == "flatten" and len(shape) == 2 and first.axes:
        window = Window(kernel=first.plane)
        return None, first.field.through(window), window
    else:
        found = _in_place(step, given, shape)
        if found is not None:
            return found[0], found[1], one
    return None, union([flow.whole for flow in given], [Size(1, 1, 1)] * len(given)), one


def _in_place(step: Step, given: Sequence[Flow], shape: Shape) -> tuple[Axes | None, Field] | None:
    """Where a step leaves values at their places, or moves dimensions; None for other steps."""
    first = given[0]
    if step.kind in _JOINS or (step.kind in POINTWISE and len(given) > 1):
        return _joined(given, shape)
    if step.kind in POINTWISE or step.kind in ("permute", "slice", "concat"):
        if step.kind == "concat":
            dim = step.setting("dim", 1, 0)
            return _concatenated(given, int(dim) % len(shape))
        if step.kind == "permute":
            return _permuted(step, first)
        if step.kind == "slice":
            return _sliced(step, first, shape)
        return first.axes, first.field
    if step.kind in ("softmax", "log_softmax") and first.axes:
        dim = step.setting("dim", 1)
        is_across = isinstance(dim, int) and dim % len(shape) not in first.axes
        return (first.axes, first.field) if is_across else None
    if step.kind in ("dense", "layer_norm"):
        is_maps_norm = step.module is not None and type(step.module).__name__ == "LayerNorm2d"
        is_apart = is_maps_norm or not first.axes or len(shape) - 1 not in first.axes
        is_one_dimension = step.kind == "dense" or is_maps_norm or _normalised(step) == 1
        if is_apart and is_one_dimension:
            return first.axes, first.field
        return None
    if step.kind == "reshape":
        return _reshaped(first, shape)
    return None


def _normalised(step: Step) -> int:
    """Over how many dimensions a layer normalisation goes."""
    shape = step.setting("normalized_shape", 1, ())
    return len(shape) if isinstance(shape, Sequence) else 1


def _adaptive(flow: Flow, shape: Shape) -> Window | None:
    """The window of a pooling to a given size, where all windows are alike."""
    (height, width), (rows, columns) = flow.shape[-2:], shape[-2:]
    if (rows, columns) == (1, 1):
        return Window(kernel=(height, width), stride=(0, 0))
    if height % rows or width % columns:
        return None
    sides = height // rows, width // columns
    return Window(sides, sides)


def _averages_plane(step: Step, flow: Flow) -> bool:
    dims = step.setting("dim", 1)
    dims = (dims,) if isinstance(dims, int) else tuple(dims or ())
    return {dim % len(flow.shape) for dim in dims} == set(flow.axes or ())


def _joined(given: Sequence[Flow], shape: Shape) -> tuple[Axes | None, Field]:
    """Values that meet, those of smaller maps repeated."""
    fields, sizes = [], []
    axes = next((flow.axes for flow in given if flow.shape == shape and flow.axes), None)
    plane = (shape[axes[0]], shape[axes[1]]) if axes else (1, 1)
    for flow in given:
        is_repeated = flow.axes != axes or flow.plane != plane
        fields.append(flow.whole if is_repeated else flow.field)
        sizes.append(Size(1, 1, 1) if is_repeated else Size(1, *plane))
    return axes, union(fields, sizes)


def _concatenated(given: Sequence[Flow], dim: int) -> tuple[Axes | None, Field] | None:
    axes = given[0].axes
    if any(flow.axes != axes for flow in given) or (axes and dim in axes):
        return None
    sizes = [Size(1, *flow.plane) for flow in given]
    return axes, union([flow.field for flow in given], sizes)


def _permuted(step: Step, flow: Flow) -> tuple[Axes | None, Field] | None:
    if not flow.axes:
        return None, flow.field
    order = list(range(len(flow.shape)))
    if getattr(step.node.target, "__name__", step.node.target) in ("transpose", "swapaxes"):
        one, other = (int(step.setting(f"dim{place}", place + 1)) for place in (0, 1))
        order[one], order[other] = order[other], order[one]
    else:
        dims = step.setting("dims", 1)
        spread: Any = dims if isinstance(dims, Sequence) else step.node.args[1:]
        order = [int(dim) % len(order) for dim in spread]
    axes = order.index(flow.axes[0]), order.index(flow.axes[1])
    last = len(order) - 2, len(order) - 1
    return (axes, flow.field) if axes == last or (axes == _LAST and len(order) == 4) else None


def _sliced(step: Step, flow: Flow, shape: Shape) -> tuple[Axes | None, Field] | None:
    """Some of the channels; where places are left out, all see what all saw."""
    if not flow.axes:
        return None, flow.field
    is_same = len(shape) == len(flow.shape) and (
        (shape[flow.axes[0]], shape[flow.axes[1]]) == flow.plane
    )
    return (flow.axes, flow.field) if is_same else None


def _reshaped(flow: Flow, shape: Shape) -> tuple[Axes | None, Field] | None:
    """Channels may be taken apart or put together as long as height and width stay the last."""
    count = len(flow.shape)
    if flow.axes == (count - 2, count - 1) and flow.shape[-2:] == shape[-2:] and len(shape) > 3:
        return (len(shape) - 2, len(shape) - 1), flow.field
    return None


def as_maps(flow: Flow, known: set[Shape]) -> Flow:
    """A flow without height and width that has the shape of maps met before is maps again."""
    if flow.axes is None and len(flow.shape) == 4 and flow.shape in known:
        return replace(flow, axes=_MAPS)
    return flow
