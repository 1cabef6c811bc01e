"""What a run's network has learned by an epoch, as pictures: made beside the window."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Picture
from studio.insight.kernels import Kernels, in_colours, learned_kernels, row_norms, signed
from studio.insight.map_statistics import MapStatistics, map_statistics
from studio.insight.maps import feature_maps
from studio.nets.row import Row
from studio.nets.weights import Weights
from studio.training import events
from studio.window.train.replay import Replayer, Source

Mode = Literal["kernels", "change", "maps"]
Pixels = NDArray[np.uint8]

_MOST = 1024  # kernels that are drawn


@dataclass(frozen=True, eq=False)
class Asked:
    """What to show.

    Attributes
    ----------
    epoch : int
        After which one; 0 for the weights that the run began with.
    newer : events.Kernels, optional
        Those of the first convolution at a later step.
    layer : str
        A row of the network's table; the first that has something where it has nothing.
    picture : Picture or uint8 array, height x width x channels
        What the maps are of; an array is as the network takes it but for the normalisation.
    """

    source: Source
    epoch: int
    newer: events.Kernels | None
    mode: Mode
    layer: str
    picture: Picture | Pixels


@dataclass(frozen=True, eq=False)
class Learned:
    """Pictures of kernels, of how they changed, or of maps.

    Attributes
    ----------
    layers : tuple of (name, title)
        What there is to choose from.
    row : Row, optional
        The layer; None where no layer has anything to show.
    pictures : list of uint8 RGB, or float32 array, maps x height x width
    statistics : MapStatistics
        Of the pictures, as `MapGrid.set_maps` takes them.
    kernels : Kernels, optional
        As they are, whose weights the pictures show.
    norms : float array
        Of each kernel, or of what was added to it; empty for maps.
    since : int
        The epoch that a change is counted from.
    reach : float
        The scale that all maps are on; 0 where each has its own.
    """

    asked: Asked
    layers: tuple[tuple[str, str], ...]
    row: Row | None
    pictures: list[Pixels] | NDArray[np.float32]
    statistics: MapStatistics
    kernels: Kernels | None = None
    norms: NDArray[np.float64] | None = None
    since: int = 0
    reach: float = 0.0


class Drawing:
    """Makes what is shown. For one job at a time."""

    def __init__(self) -> None:
        self._replayer = Replayer()

    def draw(self, asked: Asked) -> Learned:
        """The pictures that were asked for.

        Raises
        ------
        StudioError
            When the weights of that epoch are not there, or the network can't take the picture.
        """
        weights = self._weights(asked)
        rows = asked.source.network.table()
        if asked.mode == "maps":
            return self._maps(asked, rows, weights)
        names = [row.name for row in rows if _has_kernels(row, weights)]
        row = _chosen(rows, names, asked.layer)
        kernels = learned_kernels(rows, weights, row.name) if row is not None else None
        if kernels is None:
            return Learned(asked, (), None, [], _no_statistics(0))
        since, shown = 0, kernels
        if asked.mode == "change":
            since, before = self._replayer.first(asked.source)
            added = kernels.weights - before[f"{kernels.row.name}.weight"].reshape(
                kernels.weights.shape
            )
            shown = replace(kernels, weights=added)
        pictures = kernel_pictures(shown, shared=asked.mode == "change")
        return Learned(
            asked,
            tuple((one.name, one.title) for one in rows if one.name in names),
            row,
            pictures,
            _no_statistics(len(pictures)),
            kernels,
            row_norms(shown.matrix()),
            since,
        )

    def _weights(self, asked: Asked) -> Weights:
        newer = asked.newer
        is_known = asked.epoch or 0 in asked.source.kept
        weights = self._replayer.weights(asked.source, asked.epoch) if is_known else {}
        if newer is not None and asked.mode != "maps":
            weights = {**weights, f"{newer.layer}.weight": newer.values}
        return weights

    def _maps(self, asked: Asked, rows: tuple[Row, ...], weights: Weights) -> Learned:
        spatial = [row.name for row in rows if not row.output.flat]
        names = spatial or [row.name for row in rows if row.kind != "flatten"]
        row = _chosen(rows, names, asked.layer)
        if row is None or not weights:
            return Learned(asked, (), None, [], _no_statistics(0))
        preprocessing = asked.source.preprocessing
        if isinstance(asked.picture, Picture):
            values = preprocessing.apply(asked.picture)
        else:
            values = preprocessing.batch_from_bytes(asked.picture[None])[0]
        maps = feature_maps(asked.source.model(weights), values)[row.name]
        layers = tuple((one.name, one.title) for one in rows if one.name in names)
        statistics = map_statistics(maps)
        # Single values can only be compared on one scale.
        reach = statistics.largest if maps[0].size == 1 else 0.0
        return Learned(asked, layers, row, maps, statistics, reach=reach)


def kernel_pictures(kernels: Kernels, shared: bool = False) -> list[Pixels]:
    """A picture of each kernel: in colours for a first layer, else the mean over its inputs.

    1 x 1 kernels of several inputs are one picture, a row for each kernel.

    Parameters
    ----------
    shared : bool
        One scale for the layer, not one for each kernel.
    """
    if kernels.size == (1, 1) and kernels.inputs > 1:
        return [signed(kernels.matrix()[:_MOST]).pixels]
    weights = kernels.weights[:_MOST]
    if not kernels.in_colour:
        weights = weights.mean(axis=1, keepdims=True, dtype=np.float32)
    reach = float(np.abs(weights).max(initial=0.0)) if shared else 0.0
    if kernels.in_colour:
        return [in_colours(one, reach=reach).pixels for one in weights]
    return [signed(one[0], reach).pixels for one in weights]


def _has_kernels(row: Row, weights: Weights) -> bool:
    array = weights.get(f"{row.name}.weight")
    return array is not None and array.ndim in (2, 4)


def _chosen(rows: tuple[Row, ...], names: list[str], wanted: str) -> Row | None:
    name = wanted if wanted in names else names[0] if names else ""
    return next((row for row in rows if row.name == name), None)


def _no_statistics(count: int) -> MapStatistics:
    """Of pixels, which have none."""
    zeros: NDArray[Any] = np.zeros(count, np.float32)
    return MapStatistics(zeros, zeros, zeros, zeros)
