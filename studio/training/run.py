"""A run's results: the model, and the folder that keeps them."""

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from studio import __version__
from studio.data import DATASETS
from studio.errors import TrainingError
from studio.image.whole_file import write_bytes
from studio.nets.model import Card, Model, Trained, save_model
from studio.training.history import History
from studio.training.settings import TrainSettings

RESULT = "result.json"
MODEL = "model"
_LIBRARIES = ("torch", "numpy")


def make_model(settings: TrainSettings, history: History) -> Model:
    """The trained network with its card, as after the last whole epoch.

    Raises
    ------
    TrainingError
        When no epoch is whole yet.
    """
    started, weights = history.started, history.weights
    if not started or not weights or not started.network or not started.preprocessing:
        raise TrainingError("there is nothing to keep yet", "Let it train for one epoch")
    dataset = DATASETS[settings.data]
    whole = len(history.epochs)
    card = Card.build(
        {
            "name": f"{settings.network}-{settings.data}",
            "title": f"{started.network.title}, {dataset.title}",
            "network": started.network,
            "preprocessing": started.preprocessing,
            "trained": Trained(
                data=f"{dataset.source}, {started.train_count:,} pictures",
                settings=started.settings,
                command=settings.command,
                text=f"{whole} of {settings.epochs} epochs in {history.seconds:.0f} s "
                f"on {started.device}",
            ),
            "test_accuracy": history.test_accuracy,
            "test_data": f"{dataset.source}, {started.test_count:,} test pictures",
            "created": datetime.now(UTC).date().isoformat(),
        }
    )
    return Model(card, weights)


def save_run(folder: Path, history: History, model: Model) -> None:
    """Write ``model.safetensors``, ``model.json`` and then ``result.json`` into a folder.

    Raises
    ------
    StudioError
        When they can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"the folder {folder} can't be made: {error.strerror}") from None
    save_model(model, folder / MODEL)
    text = json.dumps(result(history), indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(f"{text}\n".encode(), folder / RESULT)


def result(history: History) -> dict[str, Any]:
    """The run in numbers, as ``result.json`` keeps it."""
    started = history.started
    return {
        "settings": started.settings if started else {},
        "device": started.device if started else "",
        "finished": history.finished is not None,
        "epochs": [
            {
                "epoch": epoch.epoch,
                "step": epoch.step,
                "train_loss": epoch.train_loss,
                "train_accuracy": epoch.train_accuracy,
                "test_loss": epoch.test_loss,
                "test_accuracy": epoch.test_accuracy,
                "seconds": round(epoch.seconds, 3),
            }
            for epoch in history.epochs
        ],
        "classes": started.classes if started else (),
        "confusion": history.epochs[-1].confusion.tolist() if history.epochs else [],
        "test_accuracy": history.test_accuracy,
        "seconds": round(history.seconds, 3),
        "versions": {
            "convolution-studio": __version__,
            "python": platform.python_version(),
            **{library: version(library) for library in _LIBRARIES},
        },
    }
