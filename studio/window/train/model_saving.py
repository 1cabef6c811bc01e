"""Save a trained model where a person wants it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.nets.model import Model, model_files, save_model
from studio.window.asking import ask_where
from studio.window.translate import tr
from studio.window.writing import Writing


class ModelSaving(Writing):
    """Writes one model at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    def ask(self, model: Model) -> None:
        """Ask where to, and save it there."""
        if self.is_busy:
            return
        kinds = f"{tr('Models')} (*.safetensors)"
        name = f"{model.card.name}.safetensors"
        place = ask_where(self._window, tr("Save model"), name, kinds)
        if place:
            weights, _ = model_files(place.path)
            self.write(partial(_save, model, place.path), tr("Saving"), str(weights))


def _save(model: Model, path: Path) -> Iterator[float]:
    save_model(model, path)
    yield 1.0
