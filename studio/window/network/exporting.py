"""Exporting the model that is looked at: for the studio, for ONNX Runtime, as a Python module."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.nets.export import export_model
from studio.nets.model import Model
from studio.window.asking import ask_where
from studio.window.translate import tr
from studio.window.writing import Writing

# For each format of `studio.nets.export.FORMATS`: its ending and its words.
_KINDS = {
    "safetensors": (".safetensors", "Weights and their card (*.safetensors)"),
    "onnx": (".onnx", "ONNX (*.onnx)"),
    "python": (".py", "Python module and its weights (*.py)"),
}


class ModelExporter(Writing):
    """Exports one model at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    def ask(self, model: Model) -> tuple[Path, str] | None:
        """Ask where to write and in which format; None if the person has changed their mind."""
        kinds = {tr(words): form for form, (_, words) in _KINDS.items()}
        name = model.card.name.replace(":", "-")
        place = ask_where(self._window, tr("Export model"), name, ";;".join(kinds), "models")
        if place is None:
            return None
        target = place.path
        form = next(
            (form for form, (ending, _) in _KINDS.items() if target.suffix.lower() == ending),
            None,
        )
        if form is None:
            form = kinds.get(place.kind, "safetensors")
            target = target.with_name(target.name + _KINDS[form][0])
        return target, form

    def start(self, model: Model, path: Path, form: str) -> None:
        """Write a model in a format."""
        self.write(partial(_export, model, path, form), tr("Exporting a model"), str(path))


def _export(model: Model, path: Path, form: str) -> Iterator[float]:
    export_model(model, form, path)
    yield 1.0
