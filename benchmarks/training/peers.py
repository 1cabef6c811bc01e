"""The same training written by hand: as students write it, and as plainly as it can be fast."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks.training.pictures import BATCH, CROP, LEARNING, SIDE
from studio.data.parts import Data
from studio.nets.zoo import network

WORKERS = 2


class Pictures(Dataset[tuple[Tensor, int]]):
    """As torchvision's CIFAR10: one picture at a time, through PIL."""

    def __init__(self, data: Data, transform: transforms.Compose) -> None:
        self._pictures, self._labels = data.train.pictures, data.train.labels
        self._transform = transform

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, place: int) -> tuple[Tensor, int]:
        return self._transform(Image.fromarray(self._pictures[place])), int(self._labels[place])


class StudentLoop:
    """A DataLoader with two workers and torchvision's transforms, in full precision."""

    def __init__(self, data: Data) -> None:
        given = data.preprocessing
        transform = transforms.Compose(
            [
                transforms.RandomCrop(SIDE, padding=CROP),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(given.mean, given.std),
            ]
        )
        self._loader = DataLoader(
            Pictures(data, transform), BATCH, shuffle=True, num_workers=WORKERS
        )
        self._batches: Iterator[Any] = iter(self._loader)
        self._module = network("convnet").module()
        self._optimiser = torch.optim.SGD(
            self._module.parameters(), LEARNING["learning_rate"], LEARNING["momentum"]
        )
        self._lost = nn.CrossEntropyLoss()

    def rate(self, seconds: float) -> float:
        """Pictures a second of the next steps; a new epoch begins where one ends."""
        begun, count = perf_counter(), 0
        while count < 2 * BATCH or perf_counter() < begun + seconds:
            try:
                pictures, labels = next(self._batches)
            except StopIteration:
                self._batches = iter(self._loader)
                pictures, labels = next(self._batches)
            self._optimiser.zero_grad()
            loss = self._lost(self._module(pictures), labels)
            loss.backward()
            self._optimiser.step()
            loss.item()
            count += len(labels)
        return count / (perf_counter() - begun)


class BareLoop:
    """Pictures as bytes in memory, crop and mirror by picking pixels, and nothing that is told."""

    def __init__(self, data: Data, precision: str) -> None:
        self._mixed = precision == "mixed"
        around = ((0, 0), (CROP, CROP), (CROP, CROP), (0, 0))
        padded: NDArray[np.uint8] = np.pad(data.train.pictures, around, mode="reflect")
        self._pictures = torch.from_numpy(padded)
        self._labels = torch.from_numpy(data.train.labels)
        self._mean = 255 * torch.tensor(data.preprocessing.mean).view(1, 3, 1, 1)
        self._scale = 1 / (255 * torch.tensor(data.preprocessing.std).view(1, 3, 1, 1))
        self._module = network("convnet").module().to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.SGD(
            self._module.parameters(), LEARNING["learning_rate"], LEARNING["momentum"], fused=True
        )
        self._batches: Iterator[Tensor] = iter(())

    def _batch(self) -> Tensor:
        found = next(self._batches, None)
        if found is None:
            order = torch.randperm(len(self._labels))
            self._batches = iter(order.tensor_split(-(-len(order) // BATCH)))
            found = next(self._batches)
        return found

    def _changed(self, chosen: Tensor) -> Tensor:
        """N x 3 x 32 x 32, channels last."""
        count = len(chosen)
        side = torch.arange(SIDE)
        rows = side + torch.randint(2 * CROP + 1, (count, 1))
        mirrored = torch.rand(count, 1) < 0.5
        columns = torch.where(mirrored, SIDE - 1 - side, side)
        columns = columns + torch.randint(2 * CROP + 1, (count, 1))
        picked = self._pictures[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]
        return (picked.permute(0, 3, 1, 2).float() - self._mean) * self._scale

    def rate(self, seconds: float) -> float:
        """Pictures a second of the next steps."""
        begun, count = perf_counter(), 0
        while count < 2 * BATCH or perf_counter() < begun + seconds:
            chosen = self._batch()
            pictures, labels = self._changed(chosen), self._labels[chosen]
            self._optimiser.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=self._mixed):
                logits = self._module(pictures)
            functional.cross_entropy(logits.float(), labels).backward()
            self._optimiser.step()
            count += len(labels)
        return count / (perf_counter() - begun)
