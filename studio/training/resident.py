"""Pictures that stay on the device as bytes; each batch is made there."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.nets.preprocess import Preprocessing


class Scale:
    """Bytes (or floats of the same range) to what the network takes."""

    def __init__(self, preprocessing: Preprocessing, device: str) -> None:
        deviation = torch.tensor(preprocessing.std).view(1, -1, 1, 1)
        mean = torch.tensor(preprocessing.mean).view(1, -1, 1, 1)
        self._scale = (1 / (255 * deviation)).to(device)
        self._offset = (-mean / deviation).to(device)

    def __call__(self, pictures: Tensor) -> Tensor:
        """N x height x width x channels to N x channels x height x width, channels last."""
        values = pictures.permute(0, 3, 1, 2).float()
        return values * self._scale + self._offset


class Resident:
    """One part of a dataset on a device.

    Parameters
    ----------
    pictures : array of uint8, N x height x width x channels
    labels : array of int64, N
    """

    def __init__(
        self,
        pictures: NDArray[np.uint8],
        labels: NDArray[np.int64],
        preprocessing: Preprocessing,
        device: str,
    ) -> None:
        self.pictures = torch.tensor(pictures, device=device)
        self.labels = torch.tensor(labels, device=device)
        self._scale = Scale(preprocessing, device)

    def __len__(self) -> int:
        return len(self.labels)

    def expect(self, batches: Sequence[Tensor]) -> None:
        """Nothing is to be read ahead."""

    def close(self) -> None:
        """Nothing is being read."""

    def batch(
        self, indices: Tensor, change: Callable[[Tensor], Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Normalised pictures (float32, N x channels x height x width, channels last) and labels.

        Parameters
        ----------
        indices : Tensor of int64, on the device
        change : callable, optional
            Augmentation of the bytes, N x height x width x channels.
        """
        pictures = self.pictures[indices]
        if change:
            pictures = change(pictures)
        return self._scale(pictures), self.labels[indices]
