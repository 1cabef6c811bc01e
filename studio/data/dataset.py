"""What a dataset is: pictures with known answers, in a training and a test part."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from studio.data.collection import ArrayPictures, Collection, Listed, PartName
from studio.data.parts import Facts
from studio.data.progress import Preparing
from studio.declare import Declared
from studio.errors import DataError
from studio.nets.layer import Size


@dataclass(frozen=True, eq=False)
class Arrays:
    """Pictures N x height x width x channels (uint8, grey or RGB) and labels N (int64)."""

    train_pictures: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    test_pictures: NDArray[np.uint8]
    test_labels: NDArray[np.int64]

    @property
    def size(self) -> Size:
        """Channels, height and width of one picture."""
        height, width, channels = self.train_pictures.shape[1:]
        return Size(channels, height, width)

    def check(self, classes: int) -> None:
        """Refuse arrays that no training can use.

        Raises
        ------
        DataError
            When pictures and labels don't belong together, or a label stands for no class.
        """
        parts = {
            "training": (self.train_pictures, self.train_labels),
            "test": (self.test_pictures, self.test_labels),
        }
        for part, (pictures, labels) in parts.items():
            if pictures.ndim != 4 or pictures.dtype != np.uint8 or not len(pictures):
                raise DataError(f"the {part} part has no pictures of 8 bits per channel")
            if labels.shape != (len(pictures),):
                raise DataError(
                    f"the {part} part has {len(pictures)} pictures but {labels.size} labels"
                )
            if labels.min() < 0 or labels.max() >= classes:
                raise DataError(
                    f"the {part} part has labels from {labels.min()} to {labels.max()}, "
                    f"but there are {classes} classes, counted from 0"
                )
        if self.train_pictures.shape[1:] != self.test_pictures.shape[1:]:
            raise DataError("the training and the test pictures differ in size")


Loading = Generator[Preparing, None, Arrays]
Opening = Generator[Preparing, None, Collection]


class Dataset(Declared):
    """One set of pictures.

    A dataset is one class in one file of `studio.data.sets`: give it the class variables below and
    `load`, or, where its pictures are files of any size, `open`. The window, the command line, the
    help and the tests find it.

    Attributes
    ----------
    classes : tuple of str
        What the labels 0, 1, 2, ... stand for; empty where only a folder tells: ask `describe`.
    size : Size
        Channels, height and width of one picture, or what pictures of any size are brought to.
    source : str
        Where the pictures come from, for the card of a model that was trained on them.
    needs_root : bool
        Whether it only comes from a folder of the user's.
    is_drawn : bool
        Whether the program draws it, so that a copy is of no use.
    ink, resize
        How a picture from elsewhere is made to look like these; see `Preprocessing`.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    classes: ClassVar[tuple[str, ...]]
    size: ClassVar[Size]
    source: ClassVar[str]
    needs_root: ClassVar[bool] = False
    is_drawn: ClassVar[bool] = False
    ink: ClassVar[Literal["as_is", "light"]] = "as_is"
    resize: ClassVar[Literal["fit", "crop", "stretch"]] = "crop"

    def describe(self, root: Path | None = None) -> Facts:
        """What is known before a picture is read.

        Raises
        ------
        DataError
            When only a folder tells, and it can't be read.
        """
        return Facts(self.title, self.classes, self.size, self.source, self.ink, self.resize)

    def must_download(self, root: Path | None = None) -> bool:
        """Whether the pictures aren't here yet, and would be downloaded to be read."""
        return False

    def load(self, root: Path | None = None) -> Loading:
        """Read, draw or download the pictures, saying how far it is; closing it stops it.

        Parameters
        ----------
        root : Path, optional
            A folder with a copy. It is only read. Without it, a dataset that isn't made by the
            program is taken from the studio's cache, or downloaded into it.

        Raises
        ------
        DataError
            When the pictures are missing, damaged, or can't be downloaded.
        """
        raise NotImplementedError

    def open(self, root: Path | None = None) -> Opening:
        """The pictures as they are, files not yet read; else as `load`."""
        arrays = yield from self.load(root)
        arrays.check(len(self.classes))
        parts: dict[PartName, Listed] = {
            "train": Listed(ArrayPictures(arrays.train_pictures), arrays.train_labels),
            "test": Listed(ArrayPictures(arrays.test_pictures), arrays.test_labels),
        }
        return Collection(self.classes, parts)


DIGITS = tuple("0123456789")
