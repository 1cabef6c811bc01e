"""A TorchScript file as the list of its steps."""

import io
import logging
import warnings
from typing import Any, BinaryIO

import torch

from studio.errors import ModelError
from studio.nets.foreign.archive import Archive, damaged
from studio.nets.foreign.exported import FoundProgram, read_exported
from studio.nets.foreign.script_check import check_script
from studio.nets.layer import Size
from studio.nets.tracing import tracing


def read_script(file: BinaryIO, name: str, input: Size) -> FoundProgram:
    """The program in a TorchScript file, for pictures of that size.

    Its code is checked before torch compiles it. It is followed for one size of picture, without
    numbers, so that its steps can be shown like those of any network.

    Raises
    ------
    ModelError
        When the file is damaged, its code does more than compute, or it can't take such pictures.
    """
    archive = Archive(file, name)
    check_script(archive)
    archive.check_sums()
    file.seek(0)
    levels = logging.root.manager.disable
    try:
        logging.disable(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that TorchScript is no longer developed
            script = _loaded(file, name)
            exported = _converted(script, name, input)
            buffer = io.BytesIO()
            torch.export.save(exported, buffer)
    finally:
        logging.disable(levels)
    return read_exported(buffer, name)


def _loaded(file: BinaryIO, name: str) -> Any:
    try:
        return torch.jit.load(file, map_location="cpu").eval()  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, TypeError, OSError, LookupError, MemoryError) as error:
        raise damaged(name, str(error).strip().partition("\n")[0]) from None


def _converted(script: Any, name: str, input: Size) -> Any:
    from torch._export.converter import TS2EPConverter

    # Two pictures: with one, the batch would be taken for a constant.
    example = torch.zeros(2, *input)
    try:
        with tracing():
            return TS2EPConverter(script, (example,), {}).convert()
    except Exception as error:
        # Whatever torch's compiler meets in a program ends here.
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ModelError(
            f"{name} can't be followed for a picture of {input}: {reason}",
            "Another size may do; or export the network with torch.export",
        ) from error
