"""Weights from elsewhere for a network that is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.errors import ModelError
from studio.image.read import printable
from studio.nets.architecture import Architecture
from studio.nets.foreign.entries import Entries, open_entries
from studio.nets.layer import Part
from studio.nets.published import Published
from studio.nets.published_state import settled
from studio.nets.weights import Weights

_SHOWN = 3
_COUNTER = "num_batches_tracked"  # files from before torch 0.4.1 have none
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
_WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


@dataclass(frozen=True, eq=False)
class Found:
    """Weights under the names of the network, and what was done to get them, for people."""

    weights: Weights
    notes: tuple[str, ...]


def read_state_dict(path: str | Path, architecture: Architecture) -> Weights:
    """The weights in a safetensors file or a state_dict of torch, for a known network.

    Names, shapes and types are compared before any number is read. Names may differ where a
    state_dict has the same shapes in the same order.

    Raises
    ------
    ModelError
        Naming the layers that don't fit or hold what is no number, or saying what is wrong with
        the file. Nothing in it is ever executed.
    """
    return find_weights(path, architecture).weights


def find_weights(path: str | Path, architecture: Architecture) -> Found:
    """As `read_state_dict`, with what was done for it."""
    path = Path(path)
    name = printable(path.name)
    expected = architecture.state()
    with open_entries(path) as found:
        entries = _settled(found, architecture)
        matched, notes = _match(entries, expected, name, architecture.title)
        types = {str(tensor.dtype).removeprefix("torch.") for tensor in matched.values()}
        converted = types - {part.dtype for part in expected.values()}
        if converted:
            notes += (f"converted from {', '.join(sorted(converted))}",)
        weights = {
            key: _array(matched[key], part, f"{name}: {key}")
            if key in matched
            else np.zeros(part.shape, part.dtype)
            for key, part in expected.items()
        }
    return Found(weights, entries.notes + notes)


def _settled(entries: Entries, architecture: Architecture) -> Entries:
    """A file of torchvision with today's names, without auxiliary classifiers."""
    if not isinstance(architecture, Published):
        return entries
    return replace(entries, tensors=settled(entries.tensors, architecture.architecture))


def fits(entries: Entries, expected: Mapping[str, Part]) -> bool:
    """Whether a file's arrays have the names and shapes of a network, or its shapes in order."""
    given = {key: tuple(tensor.shape) for key, tensor in entries.tensors.items()}
    shapes = {key: part.shape for key, part in _needed(expected, given)}
    if given == shapes:
        return True
    return entries.ordered and list(_counted_out(given)) == list(_counted_out(shapes))


def _needed(
    expected: Mapping[str, Part], given: Mapping[str, object]
) -> Iterator[tuple[str, Part]]:
    """What has to be there: counters of batches may be missing."""
    return (
        (key, part) for key, part in expected.items() if key in given or not key.endswith(_COUNTER)
    )


def _counted_out(shapes: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    return (shape for key, shape in shapes.items() if not key.endswith(_COUNTER))


def _match(
    entries: Entries, expected: Mapping[str, Part], name: str, title: str
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The file's arrays under the names of the network."""
    given = entries.tensors
    if not given.keys() & expected.keys() and fits(entries, expected):
        theirs = [key for key in given if not key.endswith(_COUNTER)]
        ours = [key for key in expected if not key.endswith(_COUNTER)]
        matched = {our: given[their] for our, their in zip(ours, theirs, strict=True)}
        return matched, ("matched by shape and order, for its names are others",)
    wrong = [f"{key} is missing" for key, _ in _needed(expected, given) if key not in given]
    wrong += [f"{key} belongs to no layer" for key in given if key not in expected]
    for key, part in expected.items():
        shape = tuple(given[key].shape) if key in given else part.shape
        if shape != part.shape:
            wrong.append(f"{key} is {_words(shape)}, not {_words(part.shape)}")
    if wrong:
        more = len(wrong) - _SHOWN
        listed = "; ".join(wrong[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise ModelError(f"{name} doesn't hold the weights of {title}: {listed}")
    return {key: given[key] for key in expected if key in given}, ()


def _words(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


def _array(tensor: Tensor, part: Part, what: str) -> NDArray[np.generic]:
    """The numbers of a tensor, in the type of its part."""
    allowed = _WHOLE if part.dtype == "int64" else _FLOATS
    if tensor.dtype not in allowed:
        type_name = str(tensor.dtype).removeprefix("torch.")
        raise ModelError(f"{what} is of type {type_name}, which can't become {part.dtype}")
    plain = tensor.detach().to(getattr(torch, part.dtype)).contiguous()
    if not torch.isfinite(plain).all():
        raise ModelError(f"{what} holds values that are not finite")
    array: NDArray[np.generic] = plain.numpy()
    return array
