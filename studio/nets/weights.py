"""Weights in a safetensors file: packed, and read back only after they have been checked."""

import hashlib
import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from studio.errors import ModelError
from studio.nets.layer import Part

Weights = Mapping[str, NDArray[Any]]

_LENGTH_BYTES = 8  # of the header's length, little-endian, at the start of the file
_LARGEST_HEADER = 2**20  # bytes
_DTYPES = {"F32": "float32", "I64": "int64"}
_SHOWN_MISMATCHES = 3


def pack_weights(weights: Weights, expected: Mapping[str, Part], name: str) -> tuple[bytes, str]:
    """The bytes of a safetensors file, and their SHA-256.

    Raises
    ------
    ModelError
        When the weights are not the expected ones, or not finite.
    """
    found = {key: (array.shape, array.dtype.name) for key, array in weights.items()}
    _check_declared(found, expected, name)
    _check_finite(weights, name)
    data = safetensors.numpy.save({key: np.array(a, order="C") for key, a in weights.items()})
    return data, hashlib.sha256(data).hexdigest()


def read_weights(path: Path, expected: Mapping[str, Part], sha256: str) -> Weights:
    """The arrays of a safetensors file.

    The declared names, shapes and types and the file's size are compared with the expected ones
    before anything is read; then the bytes with their SHA-256; then every value must be finite.

    Raises
    ------
    ModelError
        Naming what doesn't fit.
    """
    if not os.path.isfile(path):
        raise ModelError(f"there is no file of weights {path}", "It belongs beside its card")
    header = _header_bytes(path)
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            slices = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118
            found = {
                key: (tuple(part.get_shape()), _DTYPES.get(part.get_dtype(), part.get_dtype()))
                for key, part in slices.items()
            }
    except (safetensors.SafetensorError, OSError) as error:
        raise _damaged(path, str(error)) from None
    _check_declared(found, expected, path.name)
    sizes = (prod(part.shape) * np.dtype(part.dtype).itemsize for part in expected.values())
    data = read_limited(path, header + sum(sizes))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(
            f"{path.name} is not the file that its card describes: their SHA-256 differ",
            "It was damaged or changed: get both files again",
        )
    weights: Weights = safetensors.numpy.load(data)
    _check_finite(weights, path.name)
    return weights


def read_limited(path: Path, limit: int) -> bytes:
    """All bytes of a file that has at most `limit`.

    Raises
    ------
    ModelError
        When it has more, or can't be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}") from None
    if len(data) > limit:
        raise ModelError(f"{path.name} is larger than the {limit:,} bytes it may have")
    return data


def _header_bytes(path: Path) -> int:
    """How many bytes stand before the arrays."""
    try:
        with path.open("rb") as file:
            start = file.read(_LENGTH_BYTES)
        file_size = path.stat().st_size
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}") from None
    header = _LENGTH_BYTES + int.from_bytes(start, "little")
    if len(start) < _LENGTH_BYTES or header > min(file_size, _LARGEST_HEADER):
        raise _damaged(path, "its header is not one of a safetensors file")
    return header


def _damaged(path: Path, why: str) -> ModelError:
    return ModelError(f"{path.name} is damaged: {why}", "Get the file again")


def _check_declared(
    found: Mapping[str, tuple[tuple[int, ...], str]], expected: Mapping[str, Part], name: str
) -> None:
    wrong = [f"{key} is missing" for key in expected if key not in found]
    wrong += [f"{key} belongs to no layer" for key in found if key not in expected]
    for key, part in expected.items():
        if key in found and found[key] != (part.shape, part.dtype):
            wrong.append(f"{key} is {_words(*found[key])}, not {_words(part.shape, part.dtype)}")
    if wrong:
        more = len(wrong) - _SHOWN_MISMATCHES
        listed = "; ".join(wrong[:_SHOWN_MISMATCHES]) + (f"; and {more} more" if more > 0 else "")
        raise ModelError(f"{name} doesn't hold the weights of its network: {listed}")


def _words(shape: tuple[int, ...], dtype: str) -> str:
    return f"{' × '.join(map(str, shape)) or 'one number'} {dtype}"


def _check_finite(weights: Weights, name: str) -> None:
    for key, array in weights.items():
        if not np.isfinite(array).all():
            raise ModelError(f"{name}: {key} holds values that are not finite")
