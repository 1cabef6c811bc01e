"""Models that were read from files, and whether these are still what was read."""

import os
import stat
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from studio.document import file_of
from studio.nets.model import CARD_SUFFIX, WEIGHTS_SUFFIX, Model, load_model

_State = tuple[tuple[str, int, int, int], ...]  # name, number, bytes and time of each file


_ROOM = 2**30  # bytes of weights that can be read again


class LoadedModels:
    """Models by reference, read anew where a file was replaced; of a file that is gone, the last.

    The ones not asked for longest give way where there is no room. Works in any thread.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._known: OrderedDict[str, tuple[_State, Model]] = OrderedDict()
        self._lock = Lock()

    def find(self, reference: str) -> Model:
        """The very same model where nothing has changed.

        Raises
        ------
        ModelError
            As `load_model`.
        """
        path, architecture = file_of(reference)
        state = _state_of(Path(path))
        with self._lock:
            state_then, model = self._known.get(reference, ((), None))
        if model is None or (state and state != state_then):
            model = load_model(path, architecture=architecture)
        else:
            state = state_then
        with self._lock:
            self._known[reference] = (state, model)
            self._known.move_to_end(reference)
            while len(self._known) > 1 and self._bytes() > self._room:
                self._known.popitem(last=False)
        return model

    def _bytes(self) -> int:
        models = (model for _, model in self._known.values())
        return sum(array.nbytes for model in models for array in model.weights.values())


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
