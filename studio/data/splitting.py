"""Which pictures are used, and for what: chosen classes, a share of each, seeded."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.data.collection import Collection, Listed, PartName
from studio.data.parts import Part
from studio.data.settings import DataSettings
from studio.errors import DataError

_LISTED = 40  # classes that a message names

# What is drawn: each use has its own random numbers.
_USES = {"limit": 0, "validation": 1, "test": 2}


def choose_classes(title: str, known: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    """The places of the wanted classes among the known ones; all where none is wanted.

    Capitals and underscores don't matter.

    Raises
    ------
    DataError
        When one isn't known, or there are fewer than two.
    """
    if not wanted:
        if len(known) < 2:
            only = f"only the class {known[0]}" if known else "no classes"
            raise DataError(f"{title} has {only}", "Two or more are needed to tell apart")
        return tuple(range(len(known)))
    places = []
    for name in wanted:
        fitting = [place for place, each in enumerate(known) if each == name]
        fitting += [place for place, each in enumerate(known) if _plain(each) == _plain(name)]
        if not fitting:
            more = len(known) - _LISTED
            listed = ", ".join(known[:_LISTED]) + (f" and {more} more" if more > 0 else "")
            raise DataError(f"{title} has no class '{name}'", f"Its classes are: {listed}")
        places.append(fitting[0])
    chosen = tuple(dict.fromkeys(places))
    if len(chosen) < 2:
        raise DataError(
            f"only the class {known[chosen[0]]} is chosen", "Choose two or more, or leave it empty"
        )
    return chosen


def _plain(name: str) -> str:
    return name.replace("_", " ").casefold()


def shares(counts: NDArray[np.int64], total: int, least: int, spare: int) -> NDArray[np.int64]:
    """How many of each class make up about `total`, in proportion (largest remainders first).

    Parameters
    ----------
    counts : array of int64, classes
        How many there are of each.
    least, spare : int
        How many are taken of each class at least, and left of it at least, where there are so many.
    """
    quotas = counts * (total / max(1, counts.sum()))
    taken = np.floor(quotas).astype(np.int64)
    missing = min(total, int(counts.sum())) - int(taken.sum())
    taken[np.argsort(-(quotas - taken), kind="stable")[:missing]] += 1
    taken = np.minimum(np.maximum(taken, least), counts - spare)
    return np.asarray(np.maximum(taken, 0), np.int64)


def draw(
    labels: NDArray[np.int64], taken: NDArray[np.int64], use: str, seed: int
) -> NDArray[np.bool_]:
    """Which pictures are drawn, so many of each class; the first of a smaller draw are in a larger.

    Returns
    -------
    array of bool, one for each label
    """
    drawn = np.zeros(len(labels), bool)
    for label, count in enumerate(taken.tolist()):
        rng = np.random.default_rng((seed, _USES[use], label))
        drawn[rng.permutation(np.flatnonzero(labels == label))[:count]] = True
    return drawn


def split(
    collection: Collection, chosen: Sequence[int], settings: DataSettings
) -> dict[PartName, Listed]:
    """The parts of a run, in the order train, validation, test.

    The test part is drawn first, where the collection has none; then the limit is applied to the
    training part, and the validation part is drawn from what is left.

    Raises
    ------
    DataError
        Naming the class that has too few pictures.
    """
    names = [collection.classes[place] for place in chosen]
    parts = {part: _only(listed, chosen) for part, listed in collection.parts.items()}
    check_classes(parts, names)
    train = parts["train"]
    if "test" not in parts:
        train, parts["test"] = _parted(train, settings.test_share, "test", settings.seed)
        drawn: dict[PartName, Listed] = {"train": train, "test": parts["test"]}
        check_classes(drawn, names)
    if 0 < settings.limit < len(train):
        if settings.limit < len(names):
            raise DataError(
                f"at most {settings.limit} training pictures are too few for {len(names)} classes",
                "Raise the limit to one of each class, better to many",
            )
        taken = shares(_counts(train, len(names)), settings.limit, least=1, spare=0)
        train = train.take(np.flatnonzero(draw(train.labels, taken, "limit", settings.seed)))
    if "validation" not in parts and settings.validation_share:
        share = settings.validation_share
        train, parts["validation"] = _parted(train, share, "validation", settings.seed)
    parts["train"] = train
    if not len(parts.get("validation", train)):
        del parts["validation"]
    order: tuple[PartName, ...] = ("train", "validation", "test")
    return {part: parts[part] for part in order if part in parts}


def _only(listed: Listed, chosen: Sequence[int]) -> Listed:
    """The pictures of the chosen classes, with new labels in their order."""
    new = np.full(1 + max(int(listed.labels.max(initial=0)), *chosen), -1, np.int64)
    new[list(chosen)] = np.arange(len(chosen))
    labels = new[listed.labels]
    places = np.flatnonzero(labels >= 0)
    return Listed(listed.pictures.take(places), labels[places])


def _parted(listed: Listed, share: float, use: str, seed: int) -> tuple[Listed, Listed]:
    counts = _counts(listed, 1 + int(listed.labels.max(initial=0)))
    taken = shares(counts, round(share * len(listed)), least=1, spare=1)
    drawn = draw(listed.labels, taken, use, seed)
    return listed.take(np.flatnonzero(~drawn)), listed.take(np.flatnonzero(drawn))


def _counts(listed: Listed | Part, classes: int) -> NDArray[np.int64]:
    return np.bincount(listed.labels, minlength=classes)


def check_classes(
    parts: Mapping[PartName, Listed] | Mapping[PartName, Part],
    names: Sequence[str],
    why: str = "",
) -> None:
    """Refuse parts that lack a class, which can't be learned or not be tested.

    Parameters
    ----------
    why : str
        What to say besides.

    Raises
    ------
    DataError
        Naming the class and the part.
    """
    titles: tuple[tuple[PartName, str], ...] = (("train", "training"), ("test", "test"))
    for part, title in titles:
        if part in parts:
            for name, count in zip(names, _counts(parts[part], len(names)), strict=True):
                if not count:
                    raise DataError(
                        f"the class {name} has no picture in the {title} part{why}",
                        "Give every class at least two pictures, or choose other classes",
                    )
