"""Save a trained model where a person wants it."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.nets.model import Model, save_model
from studio.window.job import Job
from studio.window.translate import tr

_FOLDER = "folders/save"  # in the settings of the window


class ModelSaving(QObject):
    """Writes one model at a time, beside the window.

    Signals: `saved` with the path of the weights, `failed` with a StudioError.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def ask(self, model: Model) -> None:
        """Ask where to, and save it there."""
        if self.is_busy:
            return
        settings = QSettings()
        folder = Path(str(settings.value(_FOLDER, str(Path.home()))))
        start = folder / f"{model.card.name}.safetensors"
        kinds = f"{tr('Models')} (*.safetensors)"
        path, _ = QFileDialog.getSaveFileName(self._parent, tr("Save model"), str(start), kinds)
        if path:
            settings.setValue(_FOLDER, str(Path(path).parent))
            self.save(model, Path(path))

    def save(self, model: Model, path: Path) -> None:
        """Write a model's weights and card."""

        def write() -> Iterator[Path]:
            yield save_model(model, path)

        self._job = Job(write, tr("Saving"))
        self._job.events.connect(self._tell)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._end)
        self._job.start()

    @Slot(object)
    def _tell(self, paths: list[Path]) -> None:
        self.saved.emit(paths[0])

    @Slot()
    def _end(self) -> None:
        self._job = None
