"""Maps of all layers against a bare forward pass, and a unit's field against a pass and back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models.feature_extraction import create_feature_extractor, get_graph_node_names

from benchmarks.timing import in_turn, milliseconds, ratio
from studio.insight.effective_field import effective_field
from studio.insight.maps import feature_maps, for_looking
from studio.nets.model import Model
from studio.nets.published import published
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS

MAPS_LIMIT, FIELD_LIMIT = 1.2, 3.0
REPEATS = {"lenet5": 400, "convnet": 200, "vgg16": 1}  # so that a measurement is not too short


def models() -> dict[str, Model]:
    """The networks of the limits, with random weights."""
    networks = [NETWORKS["lenet5"], NETWORKS["convnet"], published("vgg16")]
    return {network.name.split(":")[-1]: untrained(network) for network in networks}


def measure_maps(name: str, model: Model, rounds: int) -> dict[str, Any]:
    """Milliseconds of a bare pass, of all maps, and of torchvision's way to the same maps."""
    values = _values(model)
    module, steps = model.module(), model.steps()
    for_looking(module, training=False)
    for_looking(steps.module, training=False)
    extractor = _extractor(model)

    def bare() -> Any:
        with torch.inference_mode():
            return module(torch.from_numpy(values[None])).numpy()

    def theirs() -> dict[str, Any]:
        with torch.inference_mode():
            given = torch.from_numpy(values[None])
            return {key: found.numpy() for key, found in extractor(given).items()}

    ways = {
        "bare": bare,
        "maps": lambda: feature_maps(model, values, steps),
        "torchvision": theirs,
    }
    seconds = _timed(name, ways, rounds)
    row = {
        "network": name,
        "layers": len(model.card.network.table()),
        "bare_ms": round(milliseconds(seconds["bare"]), 3),
        "maps_ms": round(milliseconds(seconds["maps"]), 3),
        "torchvision_ms": round(milliseconds(seconds["torchvision"]), 3),
        "ratio": round(ratio(seconds["maps"], seconds["bare"]), 3),
        "torchvision_ratio": round(ratio(seconds["torchvision"], seconds["bare"]), 3),
        "limit": MAPS_LIMIT,
    }
    print(
        f"{name:8} {row['layers']:>3} layers  bare {row['bare_ms']:>8.3f} ms, all maps "
        f"{row['ratio']:.2f} times that (limit {MAPS_LIMIT}), "
        f"torchvision's extractor {row['torchvision_ratio']:.2f}",
        flush=True,
    )
    return row


def measure_field(name: str, model: Model, rounds: int) -> dict[str, Any]:
    """A unit in the middle of the last maps: its field against a pass and back of the same part."""
    values = _values(model)
    steps = model.steps()
    for_looking(steps.module, training=False)
    rows = model.card.network.table()
    row = [one for one in rows if one.kind == "conv"][-1]
    unit = (0, row.output.height // 2, row.output.width // 2)

    def theirs() -> Tensor:
        given = torch.from_numpy(values[None]).requires_grad_()
        found = steps.run(given, until=row.name, keep=(row.name,))[row.name]
        (slope,) = torch.autograd.grad(found[0, unit[0], unit[1], unit[2]], given)
        return slope

    ways = {
        "pass and back": theirs,
        "field": lambda: effective_field(steps, rows, row.name, unit, values),
    }
    seconds = _timed(name, ways, rounds)
    found = {
        "network": name,
        "layer": row.name,
        "pass_and_back_ms": round(milliseconds(seconds["pass and back"]), 3),
        "field_ms": round(milliseconds(seconds["field"]), 3),
        "ratio": round(ratio(seconds["field"], seconds["pass and back"]), 3),
        "limit": FIELD_LIMIT,
    }
    print(
        f"{name:8} {row.name:12} pass and back {found['pass_and_back_ms']:>8.3f} ms, field "
        f"{found['ratio']:.2f} times that (limit {FIELD_LIMIT})",
        flush=True,
    )
    return found


def measure(rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Both for every network."""
    made = models()
    return {
        "maps": [measure_maps(name, model, rounds) for name, model in made.items()],
        "field": [measure_field(name, model, rounds) for name, model in made.items()],
    }


def _values(model: Model) -> np.ndarray:
    random = np.random.default_rng(0)
    return random.normal(size=model.card.network.input).astype(np.float32)


def _extractor(model: Model) -> nn.Module:
    """Torchvision's own way to all intermediate values."""
    module = model.module()
    for_looking(module, training=False)
    names = [name for name in get_graph_node_names(module)[1] if name != "input"]
    return create_feature_extractor(module, names)


def _timed(name: str, ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    repeats = REPEATS.get(name, 1)

    def many(way: Callable[[], Any]) -> Callable[[], None]:
        def repeated() -> None:
            for _ in range(repeats):
                way()

        return repeated

    found = in_turn({key: many(way) for key, way in ways.items()}, rounds)
    return {key: [seconds / repeats for seconds in taken] for key, taken in found.items()}
