"""Numbers read back from the device without making it wait."""

from collections import deque

import torch
from torch import Tensor


class Readings:
    """Loss and accuracy of steps, in their order.

    On a GPU they are read one step late (`lag`): the copy goes on beside the next step. Elsewhere
    the number is there already.
    """

    def __init__(self, device: str) -> None:
        self.lag = 1 if device == "cuda" else 0
        self._waiting: deque[tuple[Tensor, torch.cuda.Event | None]] = deque()

    def put(self, numbers: Tensor) -> None:
        """Two numbers on the device."""
        if numbers.device.type != "cuda":
            self._waiting.append((numbers, None))
            return
        copy = torch.empty(2, pin_memory=True)
        copy.copy_(numbers, non_blocking=True)
        self._waiting.append((copy, torch.cuda.current_stream().record_event()))

    def get(self) -> tuple[float, float]:
        """The oldest two that were put in."""
        numbers, arrived = self._waiting.popleft()
        if arrived is not None:
            arrived.synchronize()
        loss, accuracy = numbers.tolist()
        return loss, accuracy
