"""What of a network learns, and how fast: frozen layers, and rates for its parts."""

from dataclasses import dataclass, field
from typing import Any

from torch import nn

from studio.errors import TrainingError
from studio.training.sections import ALL_BUT_LAST


@dataclass
class _LearnedLayer:
    """A convolution or dense layer, with the normalisations and other weights up to the next."""

    matrices: list[nn.Parameter] = field(default_factory=list)
    others: list[nn.Parameter] = field(default_factory=list)

    @property
    def weights(self) -> list[nn.Parameter]:
        return self.matrices + self.others


def learned_groups(
    module: nn.Module, frozen: int = 0, body_rate: float = 1.0, bias_rate: float = 1.0
) -> list[dict[str, Any]]:
    """Freeze the first layers, and sort the weights of the others for an optimiser.

    Layers are counted as people count those of a network: convolutions, dense layers and attention,
    in the order of the table. Normalisations and all else that has weights belong to the one
    before.

    Parameters
    ----------
    module : nn.Module
        Any network for whole pictures; what is frozen in it already stays so.
    frozen : int
        How many of the first layers don't learn (`requires_grad` becomes False); −1 for all but the
        last.
    body_rate : float
        The learning rate of all layers but the last, as a share of that of the run.
    bias_rate : float
        The learning rate of normalisations' shifts, as a multiple of that of their layer.

    Returns
    -------
    list of dict
        With ``params``, ``scale``, ``hidden``: whether they are matrices and kernels of layers
        between the first and the last, and ``pull``: their L2, as a share of that of the run.

    Raises
    ------
    TrainingError
        When nothing would learn.
    """
    freeze(module, frozen)
    layers, shifts = _layers(module), _shifts(module)
    sorted_weights: dict[tuple[float, bool, float], list[nn.Parameter]] = {}
    for place, layer in enumerate(layers):
        is_last = place == len(layers) - 1
        is_hidden = place > 0 and not is_last
        scale = 1.0 if is_last else body_rate
        for weights, hidden in ((layer.matrices, is_hidden), (layer.others, False)):
            for weight in weights:
                faster = bias_rate if id(weight) in shifts else 1.0
                place_in = (scale * faster, hidden, 1 / faster)
                if weight.requires_grad:
                    sorted_weights.setdefault(place_in, []).append(weight)
    groups = [
        {"params": weights, "scale": scale, "hidden": hidden, "pull": pull}
        for (scale, hidden, pull), weights in sorted_weights.items()
        if weights
    ]
    if not groups:
        raise TrainingError("the network has nothing to learn", _remedy(len(layers)))
    return groups


def freeze(module: nn.Module, frozen: int) -> None:
    """Let the first layers learn no more, counted as in `learned_groups`."""
    layers = _layers(module)
    for layer in layers[:-1] if frozen == ALL_BUT_LAST else layers[:frozen]:
        for weight in layer.weights:
            weight.requires_grad_(False)
            weight.grad = None


def keep_frozen_still(module: nn.Module) -> None:
    """Put frozen batch normalisation into evaluation mode, so that its statistics stay too.

    To be called after ``module.train()``, which would let them move.
    """
    for part in module.modules():
        is_norm = isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d)
        if is_norm and part.affine and not any(w.requires_grad for w in part.parameters()):
            part.eval()


def _shifts(module: nn.Module) -> set[int]:
    """Which weights are shifts of normalisations, by their identity."""
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.SyncBatchNorm, nn.GroupNorm, nn.LayerNorm)
    return {id(part.bias) for part in module.modules() if isinstance(part, kinds)}


def _layers(module: nn.Module) -> list[_LearnedLayer]:
    layers = [_LearnedLayer()]
    named = dict(module.named_parameters())
    for name, weight in named.items():
        if not (name.endswith("weight") and weight.ndim > 1):
            layers[-1].others.append(weight)
            continue
        attention, is_last_part, _ = name.partition("out_proj.weight")
        continues = is_last_part and f"{attention}in_proj_weight" in named
        if layers[-1].matrices and not continues:  # what stands before the first belongs to it
            layers.append(_LearnedLayer())
        layers[-1].matrices.append(weight)
    return layers if named else []


def _remedy(layers: int) -> str:
    if layers < 2:
        return "Let a layer that is frozen learn"
    return f"Freeze fewer of its {layers} layers with weights, or let one that is frozen learn"
