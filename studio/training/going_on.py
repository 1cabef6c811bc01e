"""Whether a run that was stopped can go on: with the same settings, pictures and threads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from studio.data.fingerprint import difference
from studio.errors import TrainingError
from studio.training.settings import TrainSettings


def check_same(state: Mapping[str, Any], settings: TrainSettings, data: Mapping[str, Any]) -> None:
    """Refuse to go on with other settings, or other pictures.

    Parameters
    ----------
    state : mapping
        The run's, as `Training.state` gave it.
    data : mapping
        The fingerprint of the pictures as they are now.

    Raises
    ------
    TrainingError
        Saying what has changed.
    """
    before, now = state["settings"], settings.model_dump(mode="json")
    for name in now:
        if before.get(name) != now[name]:
            raise TrainingError(
                f"the run can't go on: {name} is {now[name]!r}, and was {before.get(name)!r}",
                "Put the setting back, or start a new run",
            )
    changed = difference(state["data"], data)
    if changed:
        raise TrainingError(
            f"the run can't go on: the data has changed: {changed}",
            "Put the pictures back as they were, or start a new run",
        )


@contextmanager
def read_with_care() -> Iterator[None]:
    """What a state lacks that isn't one of this run, in words."""
    try:
        yield
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError, IndexError) as error:
        raise TrainingError(
            "the checkpoint doesn't belong to this run, or was written by another studio",
            "Start a new run",
        ) from error


def threads() -> int:
    """How many threads torch computes with."""
    import torch

    return torch.get_num_threads()


def set_threads(count: int) -> None:
    """Sums come out the same only with the same number of threads."""
    import torch

    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
