"""The torch module of a network that learns: weights put in, its logits, the layers that learn."""

import numpy as np
import torch
from torch import Tensor, nn

from studio.nets.weights import Weights


def load_weights(module: nn.Module, weights: Weights) -> None:
    """Put weights in where they are named, in float32."""
    state = module.state_dict()
    with torch.no_grad():
        for name, values in weights.items():
            state[name].copy_(torch.from_numpy(np.asarray(values, order="C")))


def without_softmax(module: nn.Module) -> nn.Module:
    """The part that gives logits, which is what the losses take."""
    if isinstance(module, nn.Sequential) and isinstance(module[-1], nn.Softmax):
        return module[:-1]
    return module


def learning_layers(module: nn.Module) -> dict[str, list[Tensor]]:
    """The weights that learn, by the name of their layer, in their order."""
    layers: dict[str, list[Tensor]] = {}
    for name, weight in module.named_parameters():
        if weight.requires_grad:
            layers.setdefault(name.rpartition(".")[0] or name, []).append(weight)
    return layers


def length(parts: list[Tensor], device: str) -> Tensor:
    """L2 over all values of all parts."""
    if not parts:
        return torch.zeros((), device=device)
    lengths = torch.stack([torch.linalg.vector_norm(part) for part in parts])
    return lengths.square().sum().sqrt()
