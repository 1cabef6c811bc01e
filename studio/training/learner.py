"""A network that learns: one step, one batch of answers, its weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from studio.data import Arrays
from studio.errors import TrainingError
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.training.augment import AUGMENTATIONS
from studio.training.randomness import Randomness
from studio.training.resident import Resident
from studio.training.settings import TrainSettings

_TEST_BATCH = 500  # pictures; small enough for a stop to answer at once


class Learner:
    """Module, optimiser and data of one run, on one device.

    Parameters
    ----------
    network : Network
        Fitted to the data.
    device : str
        cpu, cuda or mps.
    """

    def __init__(
        self,
        settings: TrainSettings,
        network: Network,
        arrays: Arrays,
        preprocessing: Preprocessing,
        device: str,
    ) -> None:
        self.settings = settings
        self.device = device
        self.classes = len(network.classes)
        self._randomness = Randomness(settings.seed, device)
        self._choices = torch.Generator().manual_seed(settings.seed)
        with _explained(settings):
            with self._randomness():
                module = network.module()
            self._module = module.to(device).to(memory_format=torch.channels_last)
            self._logits = _without_softmax(self._module)
            self.train_part = Resident(
                arrays.train_pictures, arrays.train_labels, preprocessing, device
            )
            self.test_part = Resident(
                arrays.test_pictures, arrays.test_labels, preprocessing, device
            )
            self._optimiser = _optimiser(settings, module)
        augmentation = AUGMENTATIONS.get(settings.augmentation)
        self._change = augmentation and partial(augmentation, generator=self._choices)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training picture is seen once, in batches of about one size."""
        return -(-len(self.train_part) // self.settings.batch_size)

    def batches(self) -> tuple[Tensor, ...]:
        """The training pictures' indices in a new order, split into batches."""
        order = torch.randperm(len(self.train_part), generator=self._choices)
        return torch.tensor_split(order.to(self.device), self.steps_per_epoch)

    def step(self, indices: Tensor, learning_rate: float) -> Tensor:
        """Learn from one batch.

        Returns
        -------
        Tensor of float32, 2
            Mean loss and share of right answers, before the update; on the device.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate
        mixed = self.settings.precision == "mixed"
        with _explained(self.settings), self._randomness():
            pictures, labels = self.train_part.batch(indices, self._change)
            self._module.train()
            with torch.autocast(self.device, torch.bfloat16, enabled=mixed):
                logits = self._logits(pictures).flatten(1)
            logits = logits.float()
            loss = functional.cross_entropy(logits, labels)
            self._optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            self._optimiser.step()
            right = (logits.argmax(1) == labels).float().mean()
            return torch.stack([loss.detach(), right])

    def test(self) -> Iterator[tuple[float, float, NDArray[np.int64]]]:
        """Answer the test pictures in full precision, batch by batch.

        Yields
        ------
        fraction : float
            How many have been answered.
        loss : float
            Mean over those.
        confusion : array of int64, classes x classes
            Rows true, columns answered.
        """
        count = len(self.test_part)
        loss = 0.0
        confusion = np.zeros((self.classes, self.classes), np.int64)
        for start in range(0, count, _TEST_BATCH):
            indices = torch.arange(start, min(start + _TEST_BATCH, count), device=self.device)
            with _explained(self.settings), torch.inference_mode():
                self._module.eval()
                pictures, labels = self.test_part.batch(indices)
                logits = self._logits(pictures).flatten(1)
                loss += functional.cross_entropy(logits, labels, reduction="sum").item()
                pairs = (labels * self.classes + logits.argmax(1)).cpu().numpy()
            confusion += np.bincount(pairs, minlength=confusion.size).reshape(confusion.shape)
            done = int(confusion.sum())
            yield done / count, loss / done, confusion

    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of the weights on the CPU, by their name in the torch module."""
        return {
            name: tensor.detach().to("cpu", copy=True).contiguous().numpy()
            for name, tensor in self._module.state_dict().items()
        }


def _without_softmax(module: nn.Sequential) -> nn.Sequential:
    """The part that gives logits, which is what cross-entropy takes."""
    return module[:-1] if isinstance(module[-1], nn.Softmax) else module


def _optimiser(settings: TrainSettings, module: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of everything that isn't frozen."""
    learned = [weight for weight in module.parameters() if weight.requires_grad]
    if not learned:
        raise TrainingError("the network has nothing to learn", "Let a layer that is frozen learn")
    rate, decay = settings.learning_rate, settings.weight_decay
    match settings.optimiser:
        case "sgd":
            return torch.optim.SGD(learned, rate, momentum=settings.momentum, weight_decay=decay)
        case "adam":
            return torch.optim.Adam(learned, rate, weight_decay=decay)


@contextmanager
def _explained(settings: TrainSettings) -> Iterator[None]:
    """Torch's complaints about what a person can change, in words that say what to change."""
    try:
        yield
    except (RuntimeError, MemoryError, ValueError) as error:
        text = str(error)
        if isinstance(error, torch.OutOfMemoryError | MemoryError) or "allocate memory" in text:
            raise TrainingError(
                f"the memory ran out with batches of {settings.batch_size}",
                "Lower the batch size, or choose a smaller network",
            ) from error
        if "more than 1 value per channel" in text:
            raise TrainingError(
                "batch normalisation can't learn from a batch of one picture",
                "Raise the batch size",
            ) from error
        raise
