"""The kinds of layers that can be added, by family."""

import functools
from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from studio.nets.layer import Layer
from studio.nets.layers import LAYERS
from studio.window.chrome.controls import make_action
from studio.window.chrome.menus import family
from studio.window.translate import tr

# The module of `studio.nets.layers` that holds a family, its name and what it is for.
FAMILIES: Mapping[str, tuple[str, str]] = {
    "convolution": ("Convolution", "Kernels slide over the maps; each set gives a new map."),
    "activation": ("Activation", "The same function for every value."),
    "pooling": ("Pooling", "One value for each window of a map, or for all of it."),
    "regularisation": (
        "Normalisation and dropout",
        "Act differently while training and afterwards.",
    ),
    "dense": ("Dense", "From maps to a vector, in which every value sees every other."),
    "fixed": ("Fixed", "Learn nothing; made for the front of a network."),
    "block": ("Block", "Layers in branches beside each other."),
}


def family_of(kind: type[Layer]) -> str:
    """The family of a kind of layer, as in `FAMILIES`."""
    return kind.__module__.rpartition(".")[2]


def menu_entries(parent: QWidget, add: Callable[[type[Layer]], None]) -> list[QAction]:
    """An entry for each kind, in a submenu for each family; a family of one needs none."""
    entries: list[QAction] = []
    for name, (title, summary) in FAMILIES.items():
        own = [_action(parent, kind, add) for kind in LAYERS.values() if family_of(kind) == name]
        entries += family(parent, title, summary, own)
    return entries


def _action(parent: QWidget, kind: type[Layer], add: Callable[[type[Layer]], None]) -> QAction:
    action = make_action(parent, kind.title, slot=functools.partial(add, kind))
    action.setToolTip(tr(kind.summary))
    return action
