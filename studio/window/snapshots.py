"""Earlier states of the models that were trained in this session."""

from dataclasses import dataclass

from studio.nets.model import Model

ROOM = 256 * 2**20  # bytes of weights that are kept for one run


@dataclass(frozen=True, eq=False)
class Kept:
    """A model as it was after an epoch."""

    epoch: int
    model: Model


class Snapshots:
    """What a run's weights were after its epochs.

    Where they need too much memory, every other one is let go of; the first and the last stay.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: dict[str, list[Kept]] = {}

    def add(self, reference: str, epoch: int, model: Model) -> None:
        """Keep a model as it is after an epoch; an epoch not after the last one begins anew."""
        kept = self._kept.setdefault(reference, [])
        if kept and epoch <= kept[-1].epoch:
            kept.clear()
        kept.append(Kept(epoch, model))
        size = max(1, sum(array.nbytes for array in model.weights.values()))
        while len(kept) > 2 and len(kept) * size > self._room:
            kept[1:-1] = kept[2:-1:2]

    def of(self, reference: str) -> tuple[Kept, ...]:
        """The states of a run that are kept, oldest first."""
        return tuple(self._kept.get(reference, ()))

    def before(self, reference: str, model: Model) -> Model | None:
        """The state of a run that was kept before that one, if there is one."""
        models = [one.model for one in self.of(reference)]
        place = next((n for n, one in enumerate(models) if one is model), 0)
        return models[place - 1] if place else None

    def find(self, reference: str, epoch: int) -> Model | None:
        """A run's model after that epoch, if it was kept."""
        return next((one.model for one in self.of(reference) if one.epoch == epoch), None)
