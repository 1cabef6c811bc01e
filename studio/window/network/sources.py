"""Where pictures are searched: the samples, data sets, and folders of a person's."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.data import DATASETS, load_data
from studio.data.progress import Preparing
from studio.image.picture import Picture
from studio.image.read import picture_paths, read_picture
from studio.image.samples import SAMPLES, sample
from studio.window.translate import tr

_SAMPLES = "samples"


@dataclass(frozen=True)
class Source:
    """A collection of pictures: `key` is the samples', a data set's kind, or a folder's path."""

    key: str
    title: str
    folder: Path | None = None


@dataclass(frozen=True, eq=False)
class Entry:
    """A picture of a collection: how it is read, and how the studio opens it.

    `reference` is empty where only its pixels are known.
    """

    read: Callable[[], Picture]
    reference: str = ""


def sources() -> tuple[Source, ...]:
    """What there is without a folder."""
    sets = (Source(kind, tr(each.title)) for kind, each in DATASETS.items() if not each.needs_root)
    return (Source(_SAMPLES, tr("Sample pictures")), *sets)


def folder_source(folder: Path) -> Source:
    """A folder and all below it."""
    return Source(str(folder), folder.name or str(folder), folder)


class Library:
    """Lists the pictures of a source; keeps the last data set. For one job at a time."""

    def __init__(self) -> None:
        self._kind = ""
        self._entries: tuple[Entry, ...] = ()

    def entries(self, source: Source) -> "Generator[Preparing, None, tuple[Entry, ...]]":
        """The pictures, once a data set is there.

        Raises
        ------
        StudioError
            When a data set can't be had, or a folder can't be read.
        """
        if source.folder is not None:
            paths = picture_paths([source.folder])
            return tuple(Entry(partial(read_picture, path), str(path)) for path in paths)
        if source.key == _SAMPLES:
            return tuple(Entry(partial(sample, each.name), each.name) for each in SAMPLES)
        if source.key != self._kind:
            self._kind, self._entries = "", ()
            arrays = yield from load_data(source.key)
            self._entries = _of_arrays(arrays.test_pictures, arrays.test_labels, source.key)
            self._kind = source.key
        return self._entries


def _of_arrays(
    pictures: NDArray[np.uint8], labels: NDArray[np.int64], kind: str
) -> tuple[Entry, ...]:
    """The test pictures of a data set, count x height x width x channels."""
    classes: Sequence[str] = DATASETS[kind].classes
    return tuple(
        Entry(partial(Picture, pixels, name=f"{kind}-{number}-{classes[label]}"))
        for number, (pixels, label) in enumerate(zip(pictures, labels.tolist(), strict=True))
    )
