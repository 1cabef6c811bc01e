"""Random pictures as large as CIFAR-10's, in memory and in files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio import paths
from studio.data.parts import Data, Facts, Part
from studio.data.statistics import channel_statistics
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing
from studio.training.settings import TrainSettings

CLASSES = tuple("0123456789")
SIDE, BATCH, CROP = 32, 128, 4

# The third seed network, and how its pictures are changed.
LEARNING: dict[str, Any] = {
    "network": "convnet",
    "optimiser": "momentum",
    "momentum": 0.9,
    "learning_rate": 0.01,
    "schedule": "constant",
    "batch_size": BATCH,
    "crop": CROP,
    "mirror": True,
}


@contextmanager
def own_cache(folder: str | Path) -> Iterator[Path]:
    """Nothing is known of earlier runs: what was decoded, and which precision is faster."""
    before, place = paths.cache, Path(folder) / "cache"
    paths.cache = lambda: place
    try:
        yield place
    finally:
        paths.cache = before


def settings(**values: Any) -> TrainSettings:
    """Of a run that doesn't end by itself, unless told otherwise."""
    return TrainSettings.build({**LEARNING, "epochs": 10_000, **values})


def random_pictures(count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures N x 32 x 32 x 3 of soft spots, and labels that say nothing about them."""
    draw = np.random.default_rng(4)
    coarse = draw.integers(0, 256, (count, SIDE // 4, SIDE // 4, 3), dtype=np.uint8)
    pictures = coarse.repeat(4, axis=1).repeat(4, axis=2)
    return pictures, draw.integers(0, len(CLASSES), count).astype(np.int64)


def data(count: int, tested: int = 500) -> Data:
    """A run's data, in memory."""
    pictures, labels = random_pictures(count + tested)
    train = Part(pictures[:count], labels[:count])
    mean, std = channel_statistics(train.pictures)
    values = {"size": (SIDE, SIDE), "channels": 3, "mean": mean, "std": std}
    facts = Facts("Random pictures", CLASSES, Size(3, SIDE, SIDE), "random numbers")
    test = Part(pictures[count:], labels[count:])
    return Data(facts, train, test, preprocessing=Preprocessing.build(values))


def write_folder(folder: Path, count: int, tested: int = 500, side: int = SIDE) -> None:
    """Class folders of JPEG files, in a part to learn from and a part to test on."""
    pictures, labels = random_pictures(count + tested)
    for part in ("train", "test"):
        for name in CLASSES:
            (folder / part / name).mkdir(parents=True)
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        part = "train" if number < count else "test"
        larger = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC)
        done, encoded = cv2.imencode(".jpg", larger, [cv2.IMWRITE_JPEG_QUALITY, 90])
        assert done
        place = folder / part / CLASSES[label] / f"{number:06d}.jpg"
        place.write_bytes(encoded.tobytes())
