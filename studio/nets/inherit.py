"""A changed network begins with the weights of the one that it was made from."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from studio.errors import NetworkError
from studio.nets.layer import Layer, Part, number_layers
from studio.nets.layers.convolution import Conv
from studio.nets.layers.fixed import Permute
from studio.nets.model import Model, Trained
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.untrained import untrained

MOST_WEIGHTS = 500_000_000
MOST_MEMORY = 4 * 2**30  # bytes of what all layers give for one picture

_SAME, _FITS = 2, 1


class _Learner(NamedTuple):
    """A layer with weights: its place in the network, its name and its arrays."""

    place: int
    name: str
    layer: Layer
    arrays: Mapping[str, Part]


def inherit(network: Network, origin: Model, seed: int = 0) -> Model:
    """The network with the weights of `origin` wherever they fit, and random ones elsewhere.

    Raises
    ------
    NetworkError
        When the network has a problem, takes no pictures, or is too large to be computed.
    """
    check_computable(network)
    fresh = untrained(network, seed)
    before = origin.card.network
    kept = _pairs(network, before) if isinstance(before, Network) else ()
    weights = dict(fresh.weights)
    for new, old in kept:
        for array in _shared(new, old):
            name = f"{new.name}.{array}"
            weights[name] = origin.weights[f"{old.name}.{array}"]
            if filters := _newly_made(new.layer, old.layer):
                weights[name] = weights[name].copy()
                weights[name][filters] = fresh.weights[name][filters]
    changes: dict[str, object] = {
        "preprocessing": _fitted(origin.card.preprocessing, fresh.card.preprocessing)
    }
    if kept and isinstance(before, Network):
        left = new_layers(network, before)
        rest = f"; those of {', '.join(left)} are random, from seed {seed}" if left else ""
        changes["trained"] = Trained(
            data=origin.card.trained.data,
            text=f"Made from {origin.card.title}, with its weights{rest}",
        )
    return Model(fresh.card.change(**changes), weights)


def new_layers(network: Network, origin: Network) -> tuple[str, ...]:
    """The names of the layers whose weights, or some of them, `inherit` leaves random.

    Raises
    ------
    NetworkError
        When either network has a problem.
    """
    whole = {
        new.place
        for new, old in _pairs(network, origin)
        if len(_shared(new, old)) == len(new.arrays)
    }
    return tuple(one.name for one in _learners(network) if one.place not in whole)


def check_computable(network: Network) -> None:
    """Refuse a network that takes no pictures, or that no usual computer holds in memory.

    Raises
    ------
    NetworkError
        Saying what is wrong or too much of it.
    """
    if network.input.channels not in (1, 3):
        raise NetworkError(
            f"{network.title} takes {network.input.channels} channels, but pictures have 1 or 3",
            "Change its input",
        )
    rows = network.table()
    weights = sum(row.weights for row in rows)
    memory = sum(row.memory for row in rows)
    if weights > MOST_WEIGHTS:
        raise NetworkError(
            f"{network.title} has {weights:,} weights, too many to be computed here",
            f"At most {MOST_WEIGHTS:,} can be",
        )
    if memory > MOST_MEMORY:
        raise NetworkError(
            f"{network.title} gives maps of {memory / 2**30:,.1f} GB for one picture, "
            "too many to be computed here",
            f"At most {MOST_MEMORY / 2**30:g} GB can be",
        )


@lru_cache(maxsize=16)
def _pairs(network: Network, origin: Network) -> tuple[tuple[_Learner, _Learner], ...]:
    """Layers of a network with those of another that they continue, in the order of both.

    Names say nothing here, since they count layers: of all ways to pair without crossing, the one
    that pairs the most, and of those the one that pairs the first layers.
    """
    new, old = _learners(network), _learners(origin)
    begun = 0
    while begun < min(len(new), len(old)) and _score(new[begun], old[begun]) == _SAME:
        begun += 1
    pairs = list(zip(new[:begun], old[:begun], strict=True))
    new, old = new[begun:], old[begun:]
    end = 0  # those that are the same at the end are paired below
    while end < min(len(new), len(old)) and _score(new[-1 - end], old[-1 - end]) == _SAME:
        end += 1
    ends = zip(new[len(new) - end :], old[len(old) - end :], strict=True)
    new, old = new[: len(new) - end], old[: len(old) - end]
    best = [[0] * (len(old) + 1) for _ in range(len(new) + 1)]  # from there to the ends
    for i in reversed(range(len(new))):
        for j in reversed(range(len(old))):
            score = _score(new[i], old[j])
            paired = score + best[i + 1][j + 1] if score else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(new) and j < len(old):
        score = _score(new[i], old[j])
        if score and best[i][j] == score + best[i + 1][j + 1]:
            pairs.append((new[i], old[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return (*pairs, *ends)


@lru_cache(maxsize=16)
def _learners(network: Network) -> tuple[_Learner, ...]:
    arrays: dict[str, dict[str, Part]] = {}
    for path, part in network.state().items():
        name, _, rest = path.partition(".")
        arrays.setdefault(name, {})[rest] = part
    named = zip(network.layers, number_layers(network.layers), strict=True)
    return tuple(
        _Learner(place, name, layer, arrays[name])
        for place, (layer, (name, _)) in enumerate(named)
        if name in arrays
    )


def _newly_made(new: Layer, old: Layer) -> list[int]:
    """The filters that have hand-made kernels now, and had none or others before."""
    if not isinstance(new, Conv) or not isinstance(old, Conv):
        return []
    return [each.filter for each in new.hand_made if each not in old.hand_made]


def _shared(new: _Learner, old: _Learner) -> list[str]:
    """The arrays that both have."""
    return [name for name in new.arrays if name in old.arrays]


def _score(new: _Learner, old: _Learner) -> int:
    """How well the arrays of one layer suit another; 0 where they don't."""
    if new.layer.kind != old.layer.kind:
        return 0
    if isinstance(new.layer, Permute) and new.layer != old.layer:
        return 0  # its seed says another order
    shared = _shared(new, old)
    if not shared or any(new.arrays[name] != old.arrays[name] for name in shared):
        return 0
    return _SAME if new.layer == old.layer else _FITS


def _fitted(old: Preprocessing, fresh: Preprocessing) -> Preprocessing:
    """What pictures went through before, for another size or another number of channels."""
    changes: dict[str, object] = {"size": fresh.size}
    if old.channels != fresh.channels:
        changes |= {"channels": fresh.channels, "mean": fresh.mean, "std": fresh.std}
    return old.change(**changes)
