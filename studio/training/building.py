"""The network of a run, as its settings and its data ask for it, and the weights it begins with."""

from dataclasses import dataclass, field

import numpy as np

from studio.data.parts import Data, Facts
from studio.data.settings import DataSettings
from studio.errors import NetworkError, TrainingError
from studio.nets.architecture import Architecture
from studio.nets.layer import Layer
from studio.nets.layers import LAYERS
from studio.nets.model import Model, load_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.regularised import with_batch_norm, with_dropout
from studio.nets.weights import Weights
from studio.nets.zoo import network as network_named
from studio.training.settings import OWN_NETWORK, TrainSettings


@dataclass(frozen=True, eq=False)
class Built:
    """A network fitted to its data.

    `weights` are those it begins with, by their name in the torch module; what isn't named there
    is drawn at random. `origin` is the model that they come from.
    """

    network: Architecture
    weights: Weights = field(default_factory=dict)
    origin: Model | None = None


def build(settings: TrainSettings, facts: Facts, own: Network | None = None) -> Built:
    """The network that is to be trained.

    Parameters
    ----------
    own : Network, optional
        To train instead of ``settings.network``; it has to be given where that is ``own``.

    Raises
    ------
    NetworkError, ModelError
        When there is none, it doesn't fit the data, or its weights can't be read.
    """
    if settings.start:
        origin = load_model(settings.start)
        network: Architecture = origin.card.network.fit(facts.size, facts.classes)
        network = _changed(network, settings)
        return Built(network, _kept(origin, network), origin)
    if settings.network == OWN_NETWORK and own is None:
        raise NetworkError("there is no network of your own to train", "Make one, or name its file")
    chosen = own if own is not None else network_named(settings.network)
    return Built(_changed(chosen.fit(facts.size, facts.classes), settings))


def preprocessing_of(built: Built, data: Data) -> Preprocessing:
    """How pictures become the network's input: a model that is gone on from keeps its own scale."""
    own = data.preprocessing
    if built.origin is None:
        return own
    before = built.origin.card.preprocessing
    if before.channels != own.channels:
        return own
    return own.change(mean=before.mean, std=before.std)


def whitened(built: Built, data: Data, preprocessing: Preprocessing) -> Weights:
    """The weights to begin with, and with them those that whitening has measured on the data.

    Raises
    ------
    DataError
        When the pictures have too many values to be whitened.
    """
    names = [row.name for row in built.network.table() if row.kind == "whiten"]
    if not names or f"{names[0]}.matrix" in built.weights:
        return built.weights
    from studio.data.whitening import zca

    mean, matrix = zca(data.train.pictures, preprocessing)
    parts = {part: np.asarray(values) for part, values in (("mean", mean), ("matrix", matrix))}
    return {**built.weights, **{f"{names[0]}.{part}": values for part, values in parts.items()}}


def measured(
    built: Built, settings: TrainSettings, data: Data, preprocessing: Preprocessing
) -> tuple[Weights, tuple[str, ...]]:
    """The weights to begin with and those measured on the data, and the names of fixed ones.

    Raises
    ------
    DataError
        When the pictures have too many values to be whitened.
    NetworkError
        When whitening kernels are asked for, and the network doesn't begin with a convolution.
    """
    weights = whitened(built, data, preprocessing)
    if settings.first_kernels != "whitening" or settings.start:
        return weights, ()
    first = built.network.table()[0]
    state = built.network.state()
    shape = state[f"{first.name}.weight"].shape if first.kind == "conv" else ()
    channels = built.network.input.channels
    if shape[1:2] != (channels,) or shape[2] != shape[3]:
        raise NetworkError(
            f"{built.network.title} doesn't begin with a convolution of square kernels over whole "
            "pictures, so its first kernels can't be whitening patches",
            "Leave First kernels as they are drawn",
        )
    from studio.data.whitening import patch_kernels

    kernels = patch_kernels(data.train.pictures, preprocessing, shape[2], shape[0])
    if len(kernels) < shape[0]:
        raise NetworkError(
            f"{shape[2]} × {shape[2]} patches of {channels} channels have {len(kernels)} whitening "
            f"kernels, and the first convolution of {built.network.title} {shape[0]} filters",
            f"Give it at most {len(kernels)} filters, or larger kernels",
        )
    name = f"{first.name}.weight"
    return {**weights, name: kernels}, (name,)


def _changed(network: Architecture, settings: TrainSettings) -> Architecture:
    """With the layers that the settings of data and regularisation put in."""
    if settings.batch_norm:
        network = with_batch_norm(_of_layers(network, "batch normalisation"))
    if settings.dropout:
        network = with_dropout(_of_layers(network, "dropout"), settings.dropout)
    first = _first_layers(settings)
    if first:
        network = _of_layers(network, "a layer before the first")
        there = {layer.kind for layer in network.layers}
        missing = tuple(layer for layer in first if layer.kind not in there)
        network = network.change(layers=(*missing, *network.layers))
    network.check()
    return network


def _first_layers(settings: DataSettings) -> tuple[Layer, ...]:
    """What is done to the pictures by layers, so that the model does it too."""
    layers: list[Layer] = []
    if settings.normalise == "zca":
        layers.append(LAYERS["whiten"].build())
    if settings.permute:
        layers.append(LAYERS["permute"].build({"seed": settings.seed}))
    return tuple(layers)


def _of_layers(network: Architecture, what: str) -> Network:
    if isinstance(network, Network):
        return network
    raise NetworkError(
        f"{network.title} is a published network: {what} can't be put in",
        "Leave that setting off, or take a network of the studio",
    )


def _kept(origin: Model, network: Architecture) -> Weights:
    """The weights of a model that fit the network: all of them, or all but the last layer's."""
    if isinstance(network, Network) and isinstance(origin.card.network, Network):
        pairs = _renamed(origin.card.network, network)
    else:
        pairs = {name: name for name in network.state()}
    expected = network.state()
    same_head = origin.card.classes == network.classes
    head = head_of(network)
    kept = {
        name: np.array(origin.weights[pairs[name]])
        for name, part in expected.items()
        if name in pairs
        and pairs[name] in origin.weights
        and origin.weights[pairs[name]].shape == part.shape
        and (same_head or name.rpartition(".")[0] != head)
    }
    if not kept:
        raise TrainingError(
            f"no weights of {origin.card.title} fit {network.title}", "Begin with another model"
        )
    return kept


def _renamed(before: Network, after: Network) -> dict[str, str]:
    """The array's name in `before` by its name in `after`: layers put in shift the numbers."""
    put_in = {"dropout", "batch_norm", "whiten", "permute"}

    def named(network: Network) -> list[tuple[str, str]]:
        rows = [row for row in network.table() if row.layer_index >= 0 and not row.block]
        return [(row.kind, row.name) for row in rows]

    old, new = named(before), named(after)
    pairs, place = {}, 0
    names: dict[str, str] = {}
    for kind, name in new:
        if place < len(old) and old[place][0] == kind:
            names[name] = old[place][1]
            place += 1
        elif kind not in put_in:
            break
    for array in after.state():
        layer, _, rest = array.partition(".")
        if layer in names:
            pairs[array] = f"{names[layer]}.{rest}"
    return pairs


def head_of(network: Architecture) -> str:
    """The name of the last layer that has weights."""
    return next((row.name for row in reversed(network.table()) if row.weights), "")
