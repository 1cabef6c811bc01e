"""The processes that train one network, as the learner sees them: here one, by itself.

`studio.training.distributed` has the group of several.
"""

from typing import Any, TypeVar

from numpy.typing import NDArray

from studio.errors import TrainingError

Value = TypeVar("Value")


class OtherFailedError(TrainingError):
    """A process that trains together with this one has gone, and may have said why."""

    def __init__(self) -> None:
        super().__init__(
            "another process of this training has ended",
            "See what it says; a run that has begun can be gone on with by --resume",
        )


class Group:
    """One process, which has all of every batch.

    Attributes
    ----------
    rank, count : int
        Which process this is, from 0, and of how many.
    is_stopping : bool
        Whether one of them was asked to stop; it changes for all after the same step.
    """

    rank = 0
    count = 1
    is_stopping = False

    def part(self, count: int) -> slice:
        """The own part of a batch of so many pictures."""
        return slice(0, count)

    def share(self, own: int, whole: int) -> float:
        """What the mean loss of this part is multiplied by before the gradient.

        The mean over the processes is then that over the pictures, also of unequal parts.
        """
        return 1.0

    def prepare(self, module: Any) -> Any:
        """The module with what has to be measured over all processes; before its optimiser."""
        return module

    def wrap(self, module: Any) -> Any:
        """The module such that its gradients are the mean over the processes."""
        return module

    def mean(self, numbers: Any, share: float) -> Any:
        """The mean of a step's numbers over all of its pictures."""
        return numbers

    def settle(self, module: Any) -> None:
        """Let all have the buffers of the first, such as statistics."""

    def merge(self, values: NDArray[Any]) -> None:
        """Add, in place, what the other processes found."""

    def same(self, value: Value) -> Value:
        """What the first process has."""
        return value

    def seed(self, seed: int, step: int) -> int:
        """Where what each process draws for itself begins in a step; for several only."""
        return seed

    def is_broken(self, complaint: str) -> bool:
        """Whether torch complains that another process has gone."""
        return False
