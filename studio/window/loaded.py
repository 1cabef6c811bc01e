"""Models that were read from files, and whether these are still what was read."""

import os
import stat
from pathlib import Path

from studio.document import file_of
from studio.nets.model import CARD_SUFFIX, WEIGHTS_SUFFIX, Model, load_model

_State = tuple[tuple[str, int, int, int], ...]  # name, number, bytes and time of each file


class LoadedModels:
    """Models by reference, read anew where a file was replaced; of a file that is gone, the last.

    Works in any thread.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[_State, Model]] = {}

    def find(self, reference: str) -> Model:
        """The very same model where nothing has changed.

        Raises
        ------
        ModelError
            As `load_model`.
        """
        path, architecture = file_of(reference)
        state = _state_of(Path(path))
        state_then, model = self._known.get(reference, ((), None))
        if model is None or (state and state != state_then):
            model = load_model(path, architecture=architecture)
            self._known[reference] = (state, model)
        return model


def _state_of(path: Path) -> _State:
    """What tells the files of a model from others of the same name; nothing where there are none.

    Bundled and published models have none: they stay what they are.
    """
    endings = (WEIGHTS_SUFFIX, CARD_SUFFIX)
    beside = [path.with_suffix(ending) for ending in endings] if path.name else []
    inside = [path / f"model{ending}" for ending in endings]
    found = []
    for file in {path, *beside, *inside}:
        try:
            state = os.stat(file)
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(state.st_mode):
            found.append((str(file), state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(sorted(found))
