"""A run as it was found in a folder, read beside the window."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from studio.errors import StudioError
from studio.nets.model import Model
from studio.nets.network import Network
from studio.training.history import History
from studio.training.kept import SNAPSHOTS, KeptRun, read_run, snapshot_name
from studio.training.run_folders import was_cut_off
from studio.training.settings import TrainSettings
from studio.window.snapshots import ROOM


@dataclass(frozen=True, eq=False)
class Found:
    """What a run's folder says.

    Attributes
    ----------
    state : str
        ``interrupted`` where it was neither stopped nor came to an end, ``elsewhere`` where another
        process trains it now.
    models : tuple
        Epoch and model, oldest first, as far as there is room for them.
    """

    folder: Path
    name: str
    settings: TrainSettings
    network: Network | None
    state: Literal["stopped", "done", "failed", "interrupted", "elsewhere"]
    error: StudioError | None
    history: History
    model: Model | None = None
    models: tuple[tuple[int, Model], ...] = ()


def find(folder: Path) -> Found:
    """Read a run's folder; for a job.

    Raises
    ------
    TrainingError, ModelError
        When there is no run, or it is damaged.
    """
    kept = read_run(folder)
    history = kept.history()
    models = _models(kept)
    state = "interrupted" if was_cut_off(folder) else kept.state
    return Found(
        folder=folder,
        name=kept.name,
        settings=kept.settings,
        network=kept.network,
        state="elsewhere" if state == "running" else state,
        error=kept.error,
        history=history,
        model=kept.model() if kept.has_model() else None,
        models=models,
    )


def _models(kept: KeptRun) -> tuple[tuple[int, Model], ...]:
    """As many of the epochs' models as there is room for, evenly from the first to the last."""
    epochs = kept.epochs()
    if not epochs:
        return ()
    path = kept.folder / SNAPSHOTS / f"{snapshot_name(epochs[-1])}.safetensors"
    most = max(2, ROOM // max(1, path.stat().st_size))
    every = -(-len(epochs) // most)
    chosen = sorted({*epochs[::-1][::every], epochs[0]})
    return tuple((epoch, kept.model(f"{SNAPSHOTS}/{snapshot_name(epoch)}")) for epoch in chosen)
