"""A model written for other programs: as safetensors with its card, as ONNX, as a Python module."""

from collections.abc import Callable, Mapping
from pathlib import Path

from studio.nets.model import Model, save_model


def _onnx(model: Model, path: Path) -> tuple[Path, ...]:
    from studio.nets.export.onnx_file import write_onnx

    return (write_onnx(model, path),)


def _python(model: Model, path: Path) -> tuple[Path, ...]:
    from studio.nets.export.python_file import write_python

    return write_python(model, path)


def _safetensors(model: Model, path: Path) -> tuple[Path, ...]:
    weights = save_model(model, path)
    return weights, weights.with_suffix(".json")


FORMATS: Mapping[str, Callable[[Model, Path], tuple[Path, ...]]] = {
    "onnx": _onnx,
    "safetensors": _safetensors,
    "python": _python,
}


def export_model(model: Model, to: str, path: str | Path) -> tuple[Path, ...]:
    """Write a model in one of the `FORMATS`.

    Returns
    -------
    tuple of Path
        The files written, the one that was asked for first.

    Raises
    ------
    StudioError
        When the model can't be written that way, or the file can't be written.
    """
    return FORMATS[to](model, Path(path))
