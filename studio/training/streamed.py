"""Pictures that don't fit in memory: read from their file, a few batches ahead."""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.nets.preprocess import Preprocessing
from studio.training.resident import Scale

_AHEAD = 4  # batches


class Streamed:
    """One part of a dataset whose pictures stay in a file.

    Parameters
    ----------
    pictures : memmap of uint8, N x height x width x channels
    labels : array of int64, N
    """

    def __init__(
        self,
        pictures: NDArray[np.uint8],
        labels: NDArray[np.int64],
        preprocessing: Preprocessing,
        device: str,
    ) -> None:
        self._pictures = pictures
        self._device = device
        self.labels = torch.tensor(labels, device=device)
        self._scale = Scale(preprocessing, device)
        self._reader: _Reader | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def expect(self, batches: Sequence[Tensor]) -> None:
        """Begin to read the batches that come next, in their order."""
        self.close()
        self._reader = _Reader(self._pictures, [batch.cpu().numpy() for batch in batches])

    def close(self) -> None:
        """Read no further ahead."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def batch(
        self, indices: Tensor, change: Callable[[Tensor], Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Normalised pictures and labels; see `Resident.batch`."""
        wanted = indices.cpu().numpy()
        found = self._reader.take(wanted) if self._reader else None
        if found is None:
            found = _read(self._pictures, wanted)
        pictures = torch.from_numpy(found).to(self._device)
        if change:
            pictures = change(pictures)
        return self._scale(pictures), self.labels[indices]


def _read(pictures: NDArray[np.uint8], indices: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Read in the order of the file, given in the order asked for."""
    order = np.argsort(indices, kind="stable")
    found = np.empty((len(indices), *pictures.shape[1:]), np.uint8)
    found[order] = pictures[indices[order]]
    return found


class _Reader:
    """A thread that reads batches before they are asked for."""

    def __init__(self, pictures: NDArray[np.uint8], batches: Sequence[NDArray[np.int64]]) -> None:
        self._ready: queue.Queue[tuple[NDArray[np.int64], NDArray[np.uint8]]] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._left = len(batches)
        self._failure: Exception | None = None
        self._thread = threading.Thread(
            target=self._run, args=(pictures, batches), name="reading ahead", daemon=True
        )
        self._thread.start()

    def _run(self, pictures: NDArray[np.uint8], batches: Sequence[NDArray[np.int64]]) -> None:
        for indices in batches:
            try:
                item = indices, _read(pictures, indices)
            except Exception as error:  # told to whoever takes the batch
                self._failure = error
                return
            while not self._stopped.is_set():
                with suppress(queue.Full):
                    self._ready.put(item, timeout=0.1)
                    break
            if self._stopped.is_set():
                return

    def take(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """The pictures, if these are the next ones it was told to read; what it failed with."""
        while self._left:
            try:
                expected, found = self._ready.get(timeout=0.1)
            except queue.Empty:
                if self._thread.is_alive():
                    continue
                if self._failure:
                    raise self._failure from None
                return None
            self._left -= 1
            return found if np.array_equal(expected, indices) else None
        return None

    def close(self) -> None:
        self._stopped.set()
        self._thread.join()
