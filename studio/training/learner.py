"""A network that learns: one step, one batch of answers, and everything it remembers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from studio.data.parts import Data, Part
from studio.errors import TrainingError
from studio.nets.preprocess import Preprocessing
from studio.nets.weights import Weights
from studio.training.augment import Augmenter, Turns
from studio.training.building import Built, measured
from studio.training.compiling import compiled
from studio.training.group import Group, OtherFailedError
from studio.training.initialise import initialise
from studio.training.learned import freeze, keep_frozen_still, learned_groups
from studio.training.lookahead import Lookahead
from studio.training.loss import loss_of
from studio.training.mixup import mix
from studio.training.module_parts import learning_layers, length, load_weights, without_softmax
from studio.training.optimiser import limit_norms, make_optimiser, set_rate
from studio.training.precision import pick_precision
from studio.training.randomness import Randomness
from studio.training.resident import Resident
from studio.training.settings import TrainSettings
from studio.training.streamed import Streamed
from studio.training.views import answers

_TEST_BATCH = 500  # pictures; small enough for a stop to answer at once

Pictures = Resident | Streamed


@dataclass(frozen=True, eq=False)
class Batch:
    """What a step learns from: values N x channels x height x width, and the true answers."""

    values: Tensor
    labels: Tensor  # N
    targets: Tensor  # N, or N x classes where answers are mixed


@dataclass(frozen=True, eq=False)
class Tested:
    """Answers so far: rows of `confusion` are true classes, columns the answered ones."""

    fraction: float
    loss: float
    confusion: NDArray[np.int64]
    answered: NDArray[np.int64]
    losses: NDArray[np.float32]


class Learner:
    """Module, optimiser and data of one run, on one device.

    Parameters
    ----------
    built : Built
        The network, fitted to the data.
    device : str
        cpu, cuda or mps.
    precision : str, optional
        What ``auto`` became when the run began; measured unless told.
    group : Group, optional
        The processes that train together; this one alone unless told.
    """

    def __init__(
        self,
        settings: TrainSettings,
        built: Built,
        data: Data,
        preprocessing: Preprocessing,
        device: str,
        precision: str = "",
        group: Group | None = None,
    ) -> None:
        self.settings = settings
        self.group = group or Group()
        self.device = device
        self.classes = len(built.network.classes)
        self._randomness = Randomness(settings.seed, device)
        self._choices = torch.Generator().manual_seed(settings.seed)
        self._augment = Augmenter(settings, preprocessing.mean)
        self._turned: Tensor | None = None  # pictures of the batch to mirror, where not drawn
        with self.explained():
            with self._randomness():
                module = built.network.module()
                initialise(module, settings, built.network)
            weights, fixed = measured(built, settings, data, preprocessing)
            load_weights(module, weights)
            for name in fixed:
                module.get_parameter(name).requires_grad_(False)
            module = self.group.prepare(module.to(device))
            self.module = module.to(memory_format=torch.channels_last)
            self._logits = without_softmax(self.module)
            self.train_part = self._part(data.train, preprocessing)
            self.checked_part = self._part(data.checked, preprocessing)
            self.test_part = (
                self.checked_part
                if data.validation is None
                else self._part(data.test, preprocessing)
            )
            self._turns = Turns(len(self.train_part), settings.seed, device)
            frozen = 0 if settings.frozen_from else settings.frozen
            self._freezes = bool(settings.frozen_from and settings.frozen)
            groups = learned_groups(self.module, frozen, settings.body_rate, settings.bias_rate)
            self._lookahead: Lookahead | None = None
            if settings.lookahead:
                self._lookahead = Lookahead(self.module, settings.lookahead)
            self._optimiser = make_optimiser(settings, groups)
            self.layers = learning_layers(self.module)
            self.precision = self.group.same(precision or self._pick_precision())
            self._parallel = self._learning()
            self._steps = 0

    def _learning(self) -> nn.Module:
        """The logits as steps compute them: compiled, and over all processes."""
        module: nn.Module = self.group.wrap(compiled(self._logits, self.settings.compiled))
        return module

    def _part(self, part: Part, preprocessing: Preprocessing) -> Pictures:
        kind = Streamed if isinstance(part.pictures, np.memmap) else Resident
        return kind(part.pictures, part.labels, preprocessing, self.device)

    def _pick_precision(self) -> str:
        count = min(self.settings.batch_size, len(self.train_part))
        values, _ = self.train_part.batch(torch.arange(count, device=self.device))
        return pick_precision(self.settings.precision, self._logits, values, self.device)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training picture is seen once, in batches of about one size."""
        return -(-len(self.train_part) // self.settings.batch_size)

    def new_order(self) -> Tensor:
        """The training pictures' indices in a new order, on the CPU."""
        return torch.randperm(len(self.train_part), generator=self._choices)

    def batches(self, order: Tensor) -> tuple[Tensor, ...]:
        """An order split into batches, on the device."""
        return torch.tensor_split(order.to(self.device), self.steps_per_epoch)

    # A step, in its three parts

    def take(self, indices: Tensor) -> Batch:
        """A batch as it is learned from: changed anew, normalised, its answers perhaps mixed."""
        change: Callable[[Tensor], Tensor] | None = None
        if self._augment.changes:
            change = self._changed
        if self.settings.mirror and self.settings.mirror_by_turns:
            self._turned = self._turns.of(indices, self._steps // self.steps_per_epoch)
        values, labels = self.train_part.batch(indices, change)
        if not self.settings.mixup:
            return Batch(values, labels, labels)
        mixed = mix(values, labels, self.classes, self.settings.mixup, self._choices)
        return Batch(mixed[0], labels, mixed[1])

    def _changed(self, pictures: Tensor) -> Tensor:
        return self._augment(pictures, self._choices, self._turned)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Logits (float32, N x classes) and their mean loss, with what the gradient needs."""
        self._freeze_when_due()
        self.module.train()
        keep_frozen_still(self.module)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.precision == "mixed"):
            logits = self._parallel(batch.values).flatten(1)
        logits = logits.float()
        return logits, loss_of(self.settings, logits, batch.targets)

    def evaluated_loss(self, batch: Batch) -> float:
        """The loss of a batch as the network answers after training, in full precision."""
        self.module.eval()
        with self.explained(), torch.inference_mode():
            logits = self._logits(batch.values).flatten(1)
            return float(loss_of(self.settings, logits, batch.targets))

    def backward(self, loss: Tensor) -> None:
        """The gradient of every weight that learns."""
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)

    def update(self, learning_rate: float) -> None:
        """Move the weights along their gradients."""
        set_rate(self._optimiser, learning_rate)
        self._optimiser.step()
        if self.settings.max_norm:
            limit_norms(self.module, self.settings.max_norm)
        self._steps += 1
        if self._lookahead:
            self._lookahead.follow(self._steps, self.settings.epochs * self.steps_per_epoch)

    def _freeze_when_due(self) -> None:
        """Layers that are frozen only after some epochs."""
        if self._freezes and self._steps >= self.settings.frozen_from * self.steps_per_epoch:
            self._freezes = False
            freeze(self.module, self.settings.frozen)
            self._parallel = self._learning()  # which counts on the gradients of all that learn

    def step(self, indices: Tensor, learning_rate: float) -> Tensor:
        """Learn from one batch.

        Returns
        -------
        Tensor of float32, 2
            Mean loss and share of right answers, before the update; on the device.
        """
        if self.group.count > 1:  # what dropout draws differs between them
            seed = self.group.seed(self.settings.seed, self._steps + 1)
            self._randomness = Randomness(seed, self.device)
        with self.computing():
            batch = self._own(self.take(indices))
            share = self.group.share(len(batch.labels), len(indices))
            logits, loss = self.forward(batch)
            self.backward(loss * share)
            self.update(learning_rate)
            right = (logits.argmax(1) == batch.labels).float().mean()
            numbers: Tensor = self.group.mean(torch.stack([loss.detach(), right]), share)
            return numbers

    def _own(self, batch: Batch) -> Batch:
        """What of a batch this process learns from."""
        part = self.group.part(len(batch.labels))
        return Batch(batch.values[part], batch.labels[part], batch.targets[part])

    @contextmanager
    def computing(self) -> Iterator[None]:
        """With the run's own random numbers, and torch's complaints in words."""
        with self.explained(), self._randomness():
            yield

    # What is seen of it

    def norms(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Lengths of the last gradient and of the weights, for each of `layers`."""
        sums = []
        for parts in self.layers.values():
            weights = [part.detach().float() for part in parts]
            gradients = [part.grad.float() for part in parts if part.grad is not None]
            sums.append(torch.stack([length(gradients, self.device), length(weights, self.device)]))
        values = torch.stack(sums).tolist()
        return tuple(pair[0] for pair in values), tuple(pair[1] for pair in values)

    def first_kernels(self) -> tuple[str, NDArray[np.float32]] | None:
        """Name and weights (outputs x inputs x height x width) of the first convolution."""
        for name, part in self.module.named_modules():
            if isinstance(part, nn.Conv2d):
                values = part.weight.detach().float().to("cpu", copy=True).contiguous()
                return name, values.numpy()
        return None

    def test(self, part: Pictures, views: str = "one") -> Iterator[Tested]:
        """Answer the pictures of a part in full precision, batch by batch; see `views.answers`."""
        count = len(part)
        confusion = np.zeros((self.classes, self.classes), np.int64)
        answered = np.zeros(count, np.int64)
        losses = np.zeros(count, np.float32)
        group = self.group
        batches = torch.split(torch.arange(count, device=self.device), _TEST_BATCH)
        own = batches[group.rank :: group.count]
        part.expect(own)
        total, done = sum(map(len, own)), 0
        with self.explained():
            group.settle(self.module)
        for number, indices in enumerate(own):
            start = (group.rank + number * group.count) * _TEST_BATCH
            end = start + len(indices)
            with self.explained(), torch.inference_mode():
                self.module.eval()
                pictures, labels = part.batch(indices)
                logits = answers(self._logits, pictures, views)
                lost = functional.cross_entropy(logits, labels, reduction="none")
                answered[start:end] = logits.argmax(1).cpu().numpy()
                losses[start:end] = lost.cpu().numpy()
                pairs = labels.cpu().numpy() * self.classes + answered[start:end]
            confusion += np.bincount(pairs, minlength=confusion.size).reshape(confusion.shape)
            done += len(indices)
            if done < total:
                loss = float(losses.sum(dtype=np.float64) / done)
                yield Tested(done / total, loss, confusion, answered, losses)
        with self.explained():
            for found in (confusion, answered, losses):
                group.merge(found)
        yield Tested(1.0, float(losses.mean(dtype=np.float64)), confusion, answered, losses)

    def weights(self) -> Weights:
        """Copies of the weights on the CPU, by their name in the torch module."""
        return {
            name: tensor.detach().to("cpu", copy=True).contiguous().numpy()
            for name, tensor in self.module.state_dict().items()
        }

    # What it remembers

    def state(self) -> dict[str, Any]:
        """Everything that the next steps depend on, as tensors and plain values."""
        return {
            "module": self.module.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "choices": self._choices.get_state(),
            "randomness": self._randomness.state(),
            "precision": self.precision,
            "steps": self._steps,
            "slow": self._lookahead.state() if self._lookahead else [],
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.module.load_state_dict(state["module"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._choices.set_state(state["choices"])
        self._randomness.set_state(state["randomness"])
        self.precision = state["precision"]
        self._steps = state["steps"]
        if self._lookahead:
            self._lookahead.set_state(state["slow"])

    def close(self) -> None:
        """Read nothing further ahead."""
        self.train_part.close()
        self.checked_part.close()
        self.test_part.close()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Torch's complaints about what a person can change, in words that say what to change."""
        try:
            yield
        except (RuntimeError, MemoryError, ValueError) as error:
            text = str(error)
            if isinstance(error, torch.OutOfMemoryError | MemoryError) or "allocate memory" in text:
                if self.device == "cuda":
                    torch.cuda.empty_cache()
                raise TrainingError(
                    f"the memory ran out with batches of {self.settings.batch_size}",
                    "Lower the batch size, or choose a smaller network",
                ) from error
            if self.group.is_broken(text):
                raise OtherFailedError from error
            if "more than 1 value per channel" in text:
                raise TrainingError(
                    "batch normalisation can't learn from a batch of one picture",
                    "Raise the batch size",
                ) from error
            raise
