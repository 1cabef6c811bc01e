"""Torch modules that learn nothing: the order of the pixels, whitening, and a factor."""

import numpy as np
import torch
from torch import Tensor, nn


class PixelOrder(nn.Module):
    """N x channels x height x width with the pixels in the order of `order`, row by row.

    The pixel at place i comes from place ``order[i]``.
    """

    order: Tensor

    def __init__(self, channels: int, height: int, width: int, seed: int) -> None:
        super().__init__()
        self._size = (channels, height, width)
        order = np.random.default_rng(seed).permutation(height * width).astype(np.int64)
        self.register_buffer("order", torch.from_numpy(order))

    def forward(self, values: Tensor) -> Tensor:
        return values.flatten(2)[:, :, self.order].reshape(-1, *self._size)


class Whitening(nn.Module):
    """All values of a picture, channel by channel and row by row, less a mean, times a matrix."""

    mean: Tensor
    matrix: Tensor

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self._size = (channels, height, width)
        values = channels * height * width
        self.register_buffer("mean", torch.zeros(values))
        self.register_buffer("matrix", torch.eye(values))

    def forward(self, values: Tensor) -> Tensor:
        centred = values.flatten(1) - self.mean
        return nn.functional.linear(centred, self.matrix).reshape(-1, *self._size)


class Scaled(nn.Module):
    """Every value times one number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, values: Tensor) -> Tensor:
        return values * self.factor

    def extra_repr(self) -> str:
        return f"{self.factor:g}"


FIXED: tuple[type[nn.Module], ...] = (PixelOrder, Whitening, Scaled)
