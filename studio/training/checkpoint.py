"""A run's state on the disk: whole or not at all, and never trusted to be a program."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from studio.errors import TrainingError
from studio.image.whole_file import write_bytes

_FORMAT = 1
_LARGEST = 64 * 2**30  # bytes that are believed


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write a state of tensors and plain values.

    Raises
    ------
    StudioError
        When it can't be written; the one before stands.
    """
    buffer = io.BytesIO()
    torch.save({"format": _FORMAT, **state}, buffer)
    write_bytes(buffer.getbuffer(), path)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote; its parts carry checksums, and nothing in it is run.

    Raises
    ------
    TrainingError
        When it can't be read, is damaged, or was written by a newer studio.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise TrainingError(f"{path.name} is too large for a checkpoint")
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged:
            raise TrainingError(f"{path.name} is damaged", "The run can only begin anew")
        state = torch.load(path, map_location="cpu", weights_only=True)
    except TrainingError:
        raise
    except OSError as error:
        raise TrainingError(f"{path.name} can't be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, pickle.UnpicklingError, RuntimeError, EOFError, ValueError):
        raise TrainingError(f"{path.name} is damaged", "The run can only begin anew") from None
    if not isinstance(state, dict) or state.get("format") != _FORMAT:
        raise TrainingError(
            f"{path.name} is no checkpoint that this studio knows", "Use a newer studio"
        )
    del state["format"]
    return state
