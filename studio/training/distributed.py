"""One training over several processes, on one machine or many, as torchrun starts them.

Each step's batch is split over the processes, whose gradients are then averaged, so that the
weights are those of one process with the whole batch, up to the rounding of sums. Two things are
of each process alone: what dropout leaves out and, on the CPU, the statistics that batch
normalisation learns with; on CUDA these are taken over all processes.
"""

import os
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.data.opening import open_data
from studio.data.parts import Data
from studio.data.progress import Preparing
from studio.errors import TrainingError
from studio.training.group import Group, OtherFailedError
from studio.training.settings import TrainSettings

Value = TypeVar("Value")

# How long the others wait while one of them reads or downloads pictures.
_PATIENCE = timedelta(hours=2)

# Seconds within which two signals are one: from the terminal, and passed on by torchrun.
_TWICE = 1.0


def is_together() -> bool:
    """Whether this process was started with others, to train one network together."""
    return os.environ.get("WORLD_SIZE", "1") not in ("", "1")


def is_first() -> bool:
    """Whether this process is the one that prints and writes."""
    return os.environ.get("RANK", "0") == "0"


# In what the libraries say when a process on the other end has gone.
_BROKEN = ("gloo", "NCCL", "Connection closed by peer", "Connection reset by peer")


@contextmanager
def joined() -> Iterator["Together"]:
    """The group of processes that this one was started with.

    SIGINT and SIGTERM, while it lasts, ask all of them to stop after the same step; a second one
    does what it always does.

    Raises
    ------
    TrainingError
        When the others can't be reached, or one of them has gone.
    """
    import torch
    from torch import distributed

    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        distributed.init_process_group(backend, timeout=_PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise TrainingError(
            f"the other processes can't be reached: {error}", "Start them with torchrun"
        ) from None
    together = Together()
    before = {sort: signal.signal(sort, together.ask) for sort in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield together
    except RuntimeError as error:
        if together.is_broken(str(error)):
            raise OtherFailedError from error
        raise
    finally:
        for sort, handler in before.items():
            signal.signal(sort, handler)
        distributed.destroy_process_group()


def _share_cores() -> None:
    """All cores of this machine, over its processes; torchrun gives each one only."""
    import torch

    if os.environ.get("OMP_NUM_THREADS") == "1":
        local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // local))


class Together(Group):
    """The processes of a running process group, which train one network."""

    def __init__(self) -> None:
        from torch import distributed

        self.rank = distributed.get_rank()
        self.count = distributed.get_world_size()
        self._is_on_gpu = False
        self._is_asked, self._asked_at = False, 0.0
        self._flags: list[Any] = []  # of the newest step: more than 0 where one was asked to stop

    def use(self, device: str) -> None:
        """Compute on this device, each process on a GPU or on cores of its own.

        Raises
        ------
        TrainingError
            When there are fewer GPUs than processes, or the device can't be used together.
        """
        import torch

        from studio.training.device import pick_device

        device = pick_device(device)
        self._is_on_gpu = device == "cuda"
        if device == "mps":
            raise TrainingError("several processes can't train on MPS", "Choose --device cpu")
        if device == "cpu":
            _share_cores()
            return
        place, there = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
        if place >= there:
            raise TrainingError(
                f"this machine has no GPU for process {place + 1}, only {there}",
                f"Start {there} processes, or choose --device cpu",
            )
        torch.cuda.set_device(place)

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Stop all processes after one of the next steps; a signal's handler."""
        now = time.monotonic()
        if self._is_asked and now - self._asked_at > _TWICE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._is_asked, self._asked_at = True, now

    def part(self, count: int) -> slice:
        return slice(self.rank * count // self.count, (self.rank + 1) * count // self.count)

    def share(self, own: int, whole: int) -> float:
        return own * self.count / whole

    def prepare(self, module: Any) -> Any:
        if not self._is_on_gpu:
            return module
        from torch.nn import SyncBatchNorm

        converted: Any = SyncBatchNorm.convert_sync_batchnorm  # torch says no types of it
        return converted(module)

    def wrap(self, module: Any) -> Any:
        from torch.nn.parallel import DistributedDataParallel

        return DistributedDataParallel(module)

    def mean(self, numbers: Any, share: float) -> Any:
        import torch
        from torch import distributed

        asked = torch.tensor([float(self._is_asked)], device=numbers.device)
        whole = torch.cat([numbers * (share / self.count), asked])
        distributed.all_reduce(whole)
        # Read one step late, when it is there, and by all at the same step.
        self.is_stopping = any(flag.item() > 0 for flag in self._flags)
        self._flags = [whole[-1]]
        return whole[:-1]

    def settle(self, module: Any) -> None:
        from torch import distributed

        for buffer in module.buffers():
            distributed.broadcast(buffer, 0)

    def merge(self, values: NDArray[Any]) -> None:
        import torch
        from torch import distributed

        distributed.all_reduce(torch.from_numpy(values))

    def same(self, value: Value) -> Value:
        from torch import distributed

        box = [value]
        distributed.broadcast_object_list(box, src=0)
        return box[0]

    def seed(self, seed: int, step: int) -> int:
        mixed = np.random.SeedSequence([seed, step, self.rank]).generate_state(1)
        return int(mixed[0])

    def is_broken(self, complaint: str) -> bool:
        return any(word in complaint for word in _BROKEN)


def opened(
    group: Group, settings: TrainSettings, root: Path | None
) -> Generator[Preparing, None, Data]:
    """The pictures of a run, read by the first process before the others do.

    Raises
    ------
    StudioError
        When they can't be read, or a batch has fewer pictures than there are processes.
    """
    if group.rank == 0:
        data = yield from open_data(settings, root, settings.memory)
        group.same(True)
    else:
        group.same(False)  # waits for the first
        data = yield from open_data(settings, root, settings.memory)
    batches = -(-len(data.train) // settings.batch_size)
    if len(data.train) // batches < group.count:
        raise TrainingError(
            f"a batch of {len(data.train) // batches} can't be split over {group.count} processes",
            "Raise the batch size, or start fewer processes",
        )
    return data
