"""An exported program of torch (.pt2), read without torch's own reader.

That one unpickles what the file tells it to, looks operations up anywhere in torch, and evaluates
expressions that stand in the file as text. Here the steps are read as data: only operations that
compute are known, and arrays are taken from their bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError

from studio.errors import ModelError
from studio.nets.foreign.archive import Archive, damaged
from studio.nets.foreign.exported_steps import Steps, read_steps
from studio.nets.foreign.program import Program, ProgramStep
from studio.nets.layer import Part, Size
from studio.nets.weights import Weights

_MODEL = "models/model.json"
_SORTS = {"weights": "data/weights/", "constants": "data/constants/"}
# The types of numbers by torch's number for them in these files.
_TYPES: Mapping[int, str] = {
    **{1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64"},
    **{6: "float16", 7: "float32", 8: "float64", 12: "bool", 13: "bfloat16"},
}
_COUNTER = "num_batches_tracked"


@dataclass(frozen=True, eq=False)
class FoundProgram:
    """A program without name and classes, its weights, and what was done to get them."""

    program: Program
    weights: Weights
    notes: tuple[str, ...]


def read_exported(file: BinaryIO, name: str) -> FoundProgram:
    """The program in an exported file.

    Raises
    ------
    ModelError
        When the file is damaged, holds a pickle, or does what the studio doesn't know. Nothing in
        it is ever executed.
    """
    archive = Archive(file, name)
    try:
        steps = read_steps(_json(archive, _MODEL), name)
        arrays, notes = _arrays(archive)
        return _made(steps, arrays, notes, name)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise damaged(name, f"its steps can't be read: {error!r}") from None
    except ValidationError as error:
        raise ModelError(
            f"{name} can't be read: {error.errors(include_url=False)[0]['msg']}"
        ) from None


def _json(archive: Archive, entry: str) -> Any:
    try:
        return json.loads(archive.read(entry))
    except (ValueError, RecursionError) as error:
        raise damaged(archive.name, f"{entry}: {error}") from None


def _made(
    steps: Steps, arrays: dict[str, NDArray[Any]], notes: tuple[str, ...], name: str
) -> FoundProgram:
    if len(steps.input) != 4:
        raise ModelError(
            f"{name} doesn't take pictures: its input has {len(steps.input)} dimensions, not "
            "batch, channels, height and width"
        )
    learned, weights = steps.learned, {}
    for key in steps.arrays:
        if key not in arrays:
            raise damaged(name, f"{key} is missing in it")
        weights[key] = arrays[key]
    parts = {
        key: Part(array.shape, key in learned, array.dtype.name) for key, array in weights.items()
    }
    draft = Program(
        input=Size(*steps.input[1:]),
        steps=tuple(ProgramStep(**step) for step in steps.steps),
        output=steps.output,
        parts=parts,
        modules=steps.modules,
    )
    # What the module holds: counters are added, and what no step uses is left out.
    with torch.device("meta"):
        state = draft.module().state_dict()
    for key, tensor in state.items():
        if key not in weights and key.endswith(_COUNTER):
            weights[key] = np.zeros((), np.int64)
            parts[key] = Part((), learned=False, dtype="int64")
        elif key not in weights or tuple(tensor.shape) != weights[key].shape:
            raise damaged(name, f"the shape of {key} is not the one its step needs")
    return FoundProgram(
        draft.change(parts={key: parts[key] for key in state}),
        {key: weights[key] for key in state},
        notes,
    )


def _arrays(archive: Archive) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    arrays: dict[str, NDArray[Any]] = {}
    converted: set[str] = set()
    for sort, folder in _SORTS.items():
        entry = f"{folder}model_{sort}_config.json"
        if entry not in archive:
            raise ModelError(
                f"{archive.name} is an exported program of an older torch, whose weights are "
                "pickled: nothing in it was executed",
                "Export it again with a newer torch",
            )
        for key, payload in _json(archive, entry)["config"].items():
            path = str(payload["path_name"])
            if payload["use_pickle"] or payload["tensor_meta"] is None:
                raise ModelError(
                    f"{archive.name} holds a pickle ({key}), which could run code when it is "
                    "opened: nothing in it was executed",
                    "Export the network again with plain tensors as weights",
                )
            meta = payload["tensor_meta"]
            array, type_name = _array(archive, folder + path, meta, key)
            arrays[key] = array
            if type_name != array.dtype.name:
                converted.add(type_name)
    notes = (f"converted from {', '.join(sorted(converted))}",) if converted else ()
    return arrays, notes


def _array(
    archive: Archive, entry: str, meta: Mapping[str, Any], key: str
) -> tuple[NDArray[Any], str]:
    """An array from its bytes, float32 or int64, and which type it had."""
    type_name = _TYPES.get(meta["dtype"], "")
    if not type_name:
        raise ModelError(f"{archive.name}: {key} is of a type of numbers that is not known")
    sizes = [_number(one) for one in meta["sizes"]]
    strides = [_number(one) for one in meta["strides"]]
    offset = _number(meta["storage_offset"])
    data = archive.read(entry, limit=archive.size)
    raw = np.frombuffer(data, np.uint8)
    kind: torch.dtype = getattr(torch, type_name)
    width = kind.itemsize
    reach = 1 + sum(stride * (size - 1) for size, stride in zip(sizes, strides, strict=True))
    count = int(np.prod(sizes, dtype=object)) if sizes else 1
    is_whole = min([0, offset, *sizes, *strides]) >= 0
    if not is_whole or count > raw.size or (count and (offset + reach) * width > raw.size):
        raise damaged(archive.name, f"{key} is said to be larger than its bytes")
    flat = torch.from_numpy(raw[: raw.size // width * width].copy()).view(kind)
    tensor = flat.as_strided(sizes, strides, offset)
    wanted = torch.float32 if tensor.is_floating_point() else torch.int64
    tensor = tensor.to(wanted).contiguous()
    if not torch.isfinite(tensor).all():
        raise ModelError(f"{archive.name}: {key} holds values that are not finite")
    array: NDArray[Any] = tensor.numpy()
    return array, type_name


def _number(value: Mapping[str, Any]) -> int:
    number = value["as_int"]
    if not isinstance(number, int):
        raise TypeError(f"{number!r} is no number")
    return number
