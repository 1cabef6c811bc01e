"""A run's results: the model, and the folder that keeps them."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from studio import __version__
from studio.errors import TrainingError
from studio.nets.model import Card, Model, Trained
from studio.training.augmentation import VIEW_COUNTS
from studio.training.events import Snapshot
from studio.training.history import History
from studio.training.settings import TrainSettings

RESULT = "result.json"
_LIBRARIES = ("torch", "numpy")


def make_model(
    settings: TrainSettings, history: History, snapshot: Snapshot | None = None
) -> Model:
    """The trained network with its card, as after the last whole epoch or as in a snapshot.

    Raises
    ------
    TrainingError
        When no epoch is whole yet.
    """
    started, taken = history.started, snapshot or history.snapshot
    if not started or not taken or not started.network or not started.preprocessing:
        raise TrainingError("there is nothing to keep yet", "Let it train for one epoch")
    whole = taken.epoch
    measured = history.epochs[whole - 1].validation_accuracy if whole else None
    if history.finished and whole == len(history.epochs):
        measured = history.finished.test_accuracy
    card = Card.build(
        {
            "name": f"{started.network.name}-{settings.data}",
            "title": f"{started.network.title}, {started.data_title}",
            "network": started.network,
            "preprocessing": started.preprocessing,
            "trained": Trained(
                data=f"{started.source}, {started.train_count:,} pictures",
                settings=started.settings,
                command=settings.command,
                text=f"{whole} of {settings.epochs} epochs in {history.seconds:.0f} s "
                f"on {started.device}",
            ),
            "test_accuracy": measured,
            "test_data": f"{started.source}, {_tested_on(history)}",
            "created": datetime.now(UTC).date().isoformat(),
        }
    )
    return Model(card, taken.weights)


def _tested_on(history: History) -> str:
    """The pictures that the accuracy was measured on, in words."""
    started = history.started
    assert started is not None
    if started.checked_on == "validation" and history.finished is None:
        return f"{started.validation_count:,} validation pictures"
    views = VIEW_COUNTS[started.settings.get("views", "one")] if history.finished else 1
    each = f", each in {views} views" if views > 1 else ""
    return f"{started.test_count:,} test pictures{each}"


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
                "validation_loss": epoch.validation_loss,
                "validation_accuracy": epoch.validation_accuracy,
                "seconds": round(epoch.seconds, 3),
            }
            for epoch in history.epochs
        ],
        "classes": started.classes if started else (),
        "confusion": history.epochs[-1].confusion.tolist() if history.epochs else [],
        "test_accuracy": history.test_accuracy,
        "seconds": round(history.seconds, 3),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of the studio and of what the figures depend on."""
    return {
        "convolution-studio": __version__,
        "python": platform.python_version(),
        **{library: version(library) for library in _LIBRARIES},
    }
