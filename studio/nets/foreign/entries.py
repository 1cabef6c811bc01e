"""The arrays in a file of weights from elsewhere, before they are compared with any network."""

import os
import pickle
import pickletools
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import safetensors
import torch
from torch import Tensor

from studio.errors import ModelError
from studio.image.read import printable
from studio.nets.foreign.archive import Archive, damaged, kind_of, open_regular

# Under which name training scripts keep the weights among other things.
_WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights")
# What wrapping a network in another module puts before every name.
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.")
_LARGEST_PICKLE = 2**26  # bytes
_DEEPEST = 4  # wrappers in one another
_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")


@dataclass(frozen=True)
class Entries:
    """Arrays by name, in the file's order.

    Attributes
    ----------
    ordered : bool
        Whether that order is the one in which the network holds them.
    notes : tuple of str
        What was left out or taken away to get at them, for people.
    """

    tensors: Mapping[str, Tensor]
    ordered: bool
    notes: tuple[str, ...] = ()


@contextmanager
def open_entries(path: Path) -> Iterator[Entries]:
    """The arrays of a file of weights, none of them copied yet.

    Raises
    ------
    ModelError
        When it is none, is damaged, or would run code; nothing of it is executed.
    """
    name = printable(path.name)
    with open_regular(path) as file:
        kind = kind_of(file, name)
        if kind == "safetensors":
            yield _plain(_read_safetensors(path, file, name), name, ordered=False)
        elif kind in ("state_dict", "legacy"):
            if kind == "state_dict":
                _check_archive(file, name)
            else:
                _check_legacy(file, name)
            yield _plain(_read_pickle(file, name), name, ordered=True)
        else:
            raise ModelError(f"{name} holds a whole program, not only weights")


def _read_safetensors(path: Path, file: BinaryIO, name: str) -> dict[str, Tensor]:
    try:
        with safetensors.safe_open(path, framework="pt") as opened:
            return {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, OSError, ValueError) as error:
        raise damaged(name, str(error)) from None


def _check_archive(file: BinaryIO, name: str) -> None:
    archive = Archive(file, name)
    if archive.length("data.pkl") > _LARGEST_PICKLE:
        raise ModelError(f"{name}: its list of arrays is larger than it may be")
    archive.check_sums()
    file.seek(0)


def _check_legacy(file: BinaryIO, name: str) -> None:
    """Refuse a file from before torch 1.6 that declares more values than it has bytes."""
    size = os.fstat(file.fileno()).st_size
    try:
        for number in range(4):  # magic number, protocol, the system, the arrays
            for _, argument, _ in pickletools.genops(file):
                if number == 3 and isinstance(argument, int) and argument > size:
                    raise ModelError(f"{name} declares {argument:,} values, more than it holds")
    except (ValueError, pickle.UnpicklingError, EOFError, IndexError, MemoryError) as error:
        raise damaged(name, str(error).lower()) from None
    file.seek(0)


def _read_pickle(file: BinaryIO, name: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = _GLOBAL.search(str(error))
        if found or "weights_only" in str(error).lower() or "Unsupported" in str(error):
            what = f" ({found.group(1)})" if found else ""
            raise ModelError(
                f"{name} holds code{what}, not only weights: nothing in it was executed",
                "Save the network's state_dict() with torch.save or as safetensors",
            ) from None
        raise damaged(name, _first_line(error)) from None
    except (RuntimeError, OSError, EOFError, ValueError, LookupError, TypeError) as error:
        raise damaged(name, _first_line(error)) from None
    except (AttributeError, AssertionError, MemoryError) as error:
        raise damaged(name, _first_line(error)) from None


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _plain(found: Any, name: str, ordered: bool) -> Entries:
    notes = []
    for _ in range(_DEEPEST):
        inner = next((key for key in _WRAPPERS if _is_wrapped(found, key)), None)
        if inner is None:
            break
        left = [str(key) for key in found if key != inner]
        notes.append(f"the weights were its entry {inner!r}")
        if left:
            notes.append(f"left out: {', '.join(sorted(left)[:5])}")
        found = found[inner]
    if not isinstance(found, Mapping) or not found:
        raise ModelError(f"{name} holds no weights", "Save the network's state_dict()")
    wrong = next((key for key, value in found.items() if not _is_entry(key, value)), None)
    if wrong is not None:
        raise ModelError(
            f"{name} is no state_dict: its entry {str(wrong)!r} is no array of numbers",
            "Save the network's state_dict()",
        )
    for prefix in _PREFIXES:
        if all(key.startswith(prefix) for key in found):
            found = {key.removeprefix(prefix): value for key, value in found.items()}
            notes.append(f"{prefix!r} was taken from the names")
    return Entries(dict(found), ordered, tuple(notes))


def _is_wrapped(found: Any, key: str) -> bool:
    return isinstance(found, Mapping) and isinstance(found.get(key), Mapping)


def _is_entry(key: Any, value: Any) -> bool:
    if not isinstance(key, str) or not isinstance(value, Tensor):
        return False
    return value.layout is torch.strided and value.device.type == "cpu"
