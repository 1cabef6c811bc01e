"""German traffic signs: photos of many sizes as PPM files, as torchvision lays them out."""

import csv
from pathlib import Path
from typing import ClassVar

import numpy as np

from studio.data.collection import Collection, FilePictures, Listed
from studio.data.dataset import Opening
from studio.data.folders import pictures_in
from studio.data.progress import Preparing
from studio.data.published import Published
from studio.errors import DataError
from studio.nets.layer import Size

_TRAIN = Path("GTSRB", "Training")  # of the part for the competition, which torchvision fetches
_WHOLE_TRAIN = Path("GTSRB", "Final_Training", "Images")
_TEST = Path("GTSRB", "Final_Test", "Images")
_TRUTH = "GT-final_test.csv"
_SIDE = 32

_LIMITS = tuple(f"speed limit {limit} km/h" for limit in (20, 30, 50, 60, 70, 80))
_SIGNS = (
    *_LIMITS,
    *("end of speed limit 80 km/h", "speed limit 100 km/h", "speed limit 120 km/h"),
    *("no passing", "no passing for vehicles over 3.5 t", "right of way at the next crossing"),
    *("priority road", "yield", "stop", "no vehicles", "no vehicles over 3.5 t", "no entry"),
    *("general caution", "dangerous curve to the left", "dangerous curve to the right"),
    *("double curve", "bumpy road", "slippery road", "road narrows on the right", "road work"),
    *("traffic signals", "pedestrians", "children crossing", "bicycles crossing"),
    *("beware of ice or snow", "wild animals crossing", "end of all limits", "turn right ahead"),
    *("turn left ahead", "ahead only", "go straight or right", "go straight or left"),
    *("keep right", "keep left", "roundabout", "end of no passing"),
    "end of no passing for vehicles over 3.5 t",
)


class TrafficSigns(Published):
    """German Traffic Sign Recognition Benchmark (Stallkamp et al., 2012)."""

    kind: ClassVar[str] = "gtsrb"
    title: ClassVar[str] = "GTSRB, traffic signs"
    summary: ClassVar[str] = "39,270 photos of 43 kinds of German traffic signs."
    classes: ClassVar[tuple[str, ...]] = _SIGNS
    size: ClassVar[Size] = Size(3, _SIDE, _SIDE)
    source: ClassVar[str] = "GTSRB (Stallkamp, Schlipsing, Salmen and Igel, 2012)"
    resize: ClassVar = "stretch"

    torchvision: ClassVar[str] = "GTSRB"
    top: ClassVar[str] = "gtsrb"
    inside: ClassVar = (top,)
    wanted: ClassVar[str] = f"folder {_TRAIN}"
    archive_bytes: ClassVar[int] = 187_490_228 + 88_978_620 + 99_620
    splits: ClassVar = ("train", "test")
    archives: ClassVar[str] = "*.zip"

    def is_at(self, place: Path) -> bool:
        return any(each.is_dir() for each in _train_folders(place))

    def open(self, root: Path | None = None) -> Opening:
        found = yield from self.place(root)
        train_folder = next(folder for folder in _train_folders(found) if folder.is_dir())
        folders = [train_folder / f"{number:05}" for number in range(len(_SIGNS))]
        files = yield from pictures_in(folders, self.title)
        labels = np.repeat(np.arange(len(_SIGNS)), [len(paths) for paths in files])
        train = FilePictures(found, tuple(path for paths in files for path in paths))
        yield Preparing(f"Looking through {self.title}")
        return Collection(_SIGNS, {"train": Listed(train, labels), "test": _test_part(found)})


def _train_folders(place: Path) -> tuple[Path, Path]:
    return place / _WHOLE_TRAIN, place / _TRAIN


def _test_part(found: Path) -> Listed:
    """The test pictures with the labels of their file of answers."""
    truth = found / _TRUTH
    try:
        with truth.open(newline="", encoding="utf-8") as file:
            rows = [
                (Path(row["Filename"]).name, int(row["ClassId"]))
                for row in csv.DictReader(file, delimiter=";", skipinitialspace=True)
            ]
    except OSError as error:
        raise DataError(f"{truth} can't be read: {error.strerror}", "Get it again") from None
    except (KeyError, TypeError, ValueError, csv.Error):
        raise _damaged(truth) from None
    if not rows or not all(0 <= label < len(_SIGNS) for _, label in rows):
        raise _damaged(truth)
    paths = tuple(str(found / _TEST / name) for name, _ in rows)
    return Listed(FilePictures(found, paths), np.array([label for _, label in rows], np.int64))


def _damaged(truth: Path) -> DataError:
    return DataError(
        f"{truth} is damaged: it must name a Filename and a ClassId of 0 to {len(_SIGNS) - 1}",
        "Delete it and get it again",
    )
