"""Weights of torchvision's files under the names that its networks have today."""

import re
from collections.abc import Mapping
from typing import TypeVar

Array = TypeVar("Array")

# Auxiliary classifiers, which are only used in training.
_AUXILIARY = {"googlenet": ("aux1.", "aux2."), "inception_v3": ("AuxLogits.",)}
# What files from earlier versions of torchvision call the parts of a layer.
_EARLIER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "densenet": ((r"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.\w+)$", r"\1\2"),),
    "vit_": ((r"(\.mlp)\.linear_1\.", r"\1.0."), (r"(\.mlp)\.linear_2\.", r"\1.3.")),
}


def settled(arrays: Mapping[str, Array], architecture: str) -> dict[str, Array]:
    """The arrays of a torchvision file as the network has them, without auxiliary classifiers.

    Parameters
    ----------
    architecture : str
        The name that torchvision knows it by.
    """
    left_out = _AUXILIARY.get(architecture, ())
    changes = [
        change
        for beginning, changes in _EARLIER.items()
        if architecture.startswith(beginning)
        for change in changes
    ]
    kept = {}
    for name, array in arrays.items():
        if name.startswith(left_out):
            continue
        for earlier, now in changes:
            name = re.sub(earlier, now, name)
        kept[name] = array
    return kept
