"""A model written for other programs: as safetensors with its card, as ONNX, as a Python module."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.errors import ModelError
from studio.image.read import printable
from studio.image.whole_file import check_place
from studio.nets.export.python_name import module_files
from studio.nets.model import Model, model_files, save_model


@dataclass(frozen=True)
class Format:
    """How a model is written: `files` names those for a path, the one that was asked for first."""

    files: Callable[[Path], tuple[Path, ...]]
    write: Callable[[Model, Path], object]


def _onnx(model: Model, path: Path) -> None:
    from studio.nets.export.onnx_file import write_onnx

    write_onnx(model, path)


def _python(model: Model, path: Path) -> None:
    from studio.nets.export.python_file import write_python

    write_python(model, path)


FORMATS: Mapping[str, Format] = {
    "onnx": Format(lambda path: (path,), _onnx),
    "safetensors": Format(model_files, save_model),
    "python": Format(module_files, _python),
}


def export_files(to: str, path: str | Path) -> tuple[Path, ...]:
    """The files that `export_model` will write, once it is seen that it can.

    Raises
    ------
    StudioError
        When one can't be written, or is there already though nobody named it.
    """
    files = FORMATS[to].files(Path(path))
    asked, *beside = files
    for file in files:
        check_place(file)
    for file in beside:
        if os.path.exists(file) and not os.path.exists(asked):
            raise ModelError(
                f"{printable(file.name)} is there already, and would be replaced by the one that "
                f"belongs beside {printable(asked.name)}",
                "Choose another name, or move that file",
            )
    return files


def export_model(model: Model, to: str, path: str | Path) -> tuple[Path, ...]:
    """Write a model in one of the `FORMATS`.

    Returns
    -------
    tuple of Path
        The files written, the one that was asked for first.

    Raises
    ------
    StudioError
        When the model can't be written that way, or a file can't be written.
    """
    files = export_files(to, path)
    FORMATS[to].write(model, Path(path))
    return files
