"""From settings to the pictures of a run: chosen, split and prepared."""

from collections.abc import Generator
from pathlib import Path

import numpy as np

from studio.data.dataset import Dataset
from studio.data.parts import Data, Facts, Part, Skipped
from studio.data.preparing import Keep, Listing, prepare
from studio.data.progress import Preparing
from studio.data.sets import DATASETS
from studio.data.settings import FOLDER, DataSettings
from studio.data.splitting import check_classes, choose_classes, split
from studio.errors import DataError
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing


def facts(settings: DataSettings, root: Path | None = None) -> Facts:
    """What is known before a picture is read: of a folder, the names of the folders in it.

    Parameters
    ----------
    root : Path, optional
        A folder with copies of datasets. The folder of one's own pictures is looked for in it
        where its name doesn't begin at the top.

    Raises
    ------
    DataError
        When the folder can't be read, or there is no class of a chosen name.
    """
    found, _ = _facts(settings, root)
    return found


def _facts(settings: DataSettings, root: Path | None) -> tuple[Facts, tuple[int, ...]]:
    """The facts, and which of the dataset's classes are chosen."""
    dataset, place = _place(settings, root)
    own = dataset.describe(place)
    chosen = choose_classes(own.title, own.classes, settings.chosen_classes)
    side = settings.picture_size
    height, width = (side, side) if side else own.size[1:]
    return Facts(
        own.title,
        tuple(own.classes[number] for number in chosen),
        Size(1 if settings.grey else own.size.channels, height, width),
        own.source,
        own.ink,
        own.resize if settings.fit == "own" else settings.fit,
    ), chosen


def _place(settings: DataSettings, root: Path | None) -> tuple[Dataset, Path | None]:
    if root is not None and not root.is_dir():
        raise DataError(f"{root} is not a folder", "Name the folder that holds the data")
    if settings.data == FOLDER and settings.folder:
        named = Path(settings.folder).expanduser()
        root = named if root is None else root / named
    return DATASETS[settings.data](), root


def open_data(
    settings: DataSettings, root: Path | None = None, keep: Keep = "auto"
) -> Generator[Preparing, None, Data]:
    """Read the pictures, split them into parts and prepare them; closing it stops it.

    Whitening and permutation are left to layers of the network.

    Parameters
    ----------
    root : Path, optional
        As for `facts`.
    keep : "auto", "resident" or "lazy"
        In memory, in a file of the cache, or in memory where they take at most half of what is
        available.

    Raises
    ------
    DataError
        When pictures are missing or damaged, a class has too few, or there is no room for them.
    """
    known, listing = yield from _list(settings, root)
    preprocessing, recipe = _recipe(known, listing)
    centred = settings.normalise != "none"
    prepared = yield from prepare(listing, recipe, known.title, centred=centred, keep=keep)
    check_classes(prepared.parts, known.classes, _because(prepared.skipped))
    if centred:
        preprocessing = preprocessing.change(mean=prepared.mean, std=prepared.std)
    validation = prepared.parts.get("validation")
    return Data(
        known,
        prepared.parts["train"],
        prepared.parts["test"],
        validation if validation is not None and len(validation) else None,
        prepared.skipped,
        preprocessing,
    )


def open_samples(
    settings: DataSettings, count: int, root: Path | None = None
) -> Generator[Preparing, None, tuple[Facts, Part]]:
    """Some training pictures as `open_data` gives them, without reading all of them.

    Parameters
    ----------
    count : int
        How many there are at most; drawn at random with the seed of the settings.
    root : Path, optional
        As for `facts`.

    Raises
    ------
    DataError
        As `open_data`.
    """
    known, listing = yield from _list(settings, root)
    train = listing["train"]
    places = np.random.default_rng(settings.seed).permutation(len(train))[:count]
    some: Listing = {"train": train.take(np.sort(places))}
    _, recipe = _recipe(known, some)
    centred = settings.normalise != "none"
    prepared = yield from prepare(some, recipe, known.title, centred=centred, keep="resident")
    return known, prepared.parts["train"]


def _list(
    settings: DataSettings, root: Path | None
) -> Generator[Preparing, None, tuple[Facts, Listing]]:
    """The facts, and which pictures each part has."""
    known, chosen = _facts(settings, root)
    dataset, place = _place(settings, root)
    collection = yield from dataset.open(place)
    if len(collection.classes) <= max(chosen):
        raise DataError(f"the classes of {known.title} changed while they were read", "Start again")
    return known, split(collection, chosen, settings)


def _recipe(known: Facts, listing: Listing) -> tuple[Preprocessing, Preprocessing]:
    """How pictures from elsewhere are prepared, and how these are; not yet centred."""
    channels, height, width = known.size
    preprocessing = Preprocessing(
        size=(height, width),
        channels=channels,
        resize=known.resize,
        ink=known.ink,
        mean=(0.0,) * channels,
        std=(1.0,) * channels,
    )
    has_right_ink = all(listed.pictures.has_right_ink for listed in listing.values())
    return preprocessing, preprocessing.change(ink="as_is") if has_right_ink else preprocessing


def _because(skipped: tuple[Skipped, ...]) -> str:
    """What to say besides when a class has no picture."""
    return f" that can be used ({len(skipped):,} were skipped)" if skipped else ""
