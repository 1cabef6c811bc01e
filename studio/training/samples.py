"""A few dozen test pictures with how they were answered, kept with a run for its report."""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.data.parts import Data, Part
from studio.errors import TrainingError
from studio.image.whole_file import whole_file
from studio.training.events import Answers
from studio.training.kept import SAMPLES, read_arrays
from studio.training.scores import top_losses

MOST = 48
_SIDE = 128  # pixels, of the larger side of what is kept


@dataclass(frozen=True, eq=False)
class Samples:
    """Pictures with their answers, those with the largest loss first.

    Attributes
    ----------
    pictures : uint8 array, N x height x width x 1 or 3
        As the data holds them, made smaller where they are large.
    numbers : int64 array, N
        Which of the test part they are.
    labels, answered : int64 arrays, N
        True classes and those answered.
    losses : float32 array, N
    """

    pictures: NDArray[np.uint8] = field(repr=False)
    numbers: NDArray[np.int64] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)
    answered: NDArray[np.int64] = field(repr=False)
    losses: NDArray[np.float32] = field(repr=False)

    def __len__(self) -> int:
        return len(self.labels)


def choose_samples(data: Data, answers: Answers, most: int = MOST) -> Samples:
    """Half of them wrong, with the largest losses; of the right ones the least and the most sure.

    Where one kind has too few, there are more of the other. Only these pictures are read.
    """
    wrong = top_losses(answers, most, right=False)
    right = top_losses(answers, len(answers.labels), right=True)
    wrong = wrong[: max(most // 2, most - len(right))]
    room = min(most - len(wrong), len(right))
    unsure = right[: room - room // 2]
    sure = right[len(right) - room // 2 :]
    numbers = np.concatenate([wrong, unsure, sure])
    losses = np.nan_to_num(answers.losses[numbers], nan=np.inf, posinf=np.inf)
    numbers = numbers[np.argsort(-losses, kind="stable")]
    return Samples(
        _read(data.test, numbers),
        numbers,
        answers.labels[numbers],
        answers.answered[numbers],
        np.asarray(answers.losses[numbers], np.float32),
    )


def _read(part: Part, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    height, width, channels = part.pictures.shape[1:]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    read = np.empty((len(numbers), *size, channels), np.uint8)
    for place, number in enumerate(numbers.tolist()):
        picture = np.ascontiguousarray(part.pictures[number])
        if scale < 1:
            picture = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)
        read[place] = picture.reshape(*size, channels)
    return read


def keep_samples(folder: Path, data: Data, answers: Answers) -> None:
    """Write the chosen pictures into a run's folder.

    Raises
    ------
    StudioError
        When they can't be written.
    """
    with whole_file(folder / SAMPLES) as file:
        np.savez_compressed(file, **asdict(choose_samples(data, answers)))


def read_samples(folder: Path) -> Samples | None:
    """Those that a run's folder keeps; None where there are none.

    Raises
    ------
    TrainingError
        When the file is damaged.
    """
    found = read_arrays(folder / SAMPLES, [one.name for one in fields(Samples)])
    if not found:
        return None
    samples = Samples(**found)
    pictures = samples.pictures
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[3] not in (1, 3):
        raise TrainingError(f"{SAMPLES} is damaged: it holds no pictures")
    return samples
