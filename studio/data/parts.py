"""What a run learns from: pictures with labels in parts, and what is known about them."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing


@dataclass(frozen=True)
class Facts:
    """What is known before any picture is read.

    `size` is that of the prepared pictures, `classes` the chosen ones in the order of the labels.
    """

    title: str
    classes: tuple[str, ...]
    size: Size
    source: str
    ink: Literal["as_is", "light"] = "as_is"
    resize: Literal["fit", "crop", "stretch"] = "crop"


@dataclass(frozen=True)
class Skipped:
    """A picture that can't be used, and why."""

    path: str
    reason: str


@dataclass(frozen=True, eq=False)
class Part:
    """Pictures N x height x width x channels (uint8) and labels N (int64).

    `pictures` may be a `numpy.memmap`: it is then larger than memory, and must only be read in
    pieces. `names` says where each came from: a file, or nothing.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Data:
    """The prepared pictures of a run.

    `validation` is what the network is tested on after each epoch: a part of its own, or None
    where the test part is used for that (`checked`).
    """

    facts: Facts
    train: Part
    test: Part
    validation: Part | None = None
    skipped: tuple[Skipped, ...] = field(default=())
    preprocessing: Preprocessing = field(default_factory=Preprocessing)

    @property
    def checked(self) -> Part:
        """What the network is tested on after each epoch."""
        return self.test if self.validation is None else self.validation
