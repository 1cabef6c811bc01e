"""What can be put into a chain, by family."""

import functools
from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from studio.filters import FILTERS
from studio.filters.base import Family
from studio.window.chrome.controls import make_action
from studio.window.chrome.menus import family
from studio.window.translate import tr

FAMILIES: Mapping[Family, str] = {
    "Linear": "Each value becomes a weighted sum of its neighbours.",
    "Gradient": "How steeply brightness changes, and in which direction: edges.",
    "Rank": "The neighbours are put in order, and one of them is taken.",
    "Smoothing": "Noise is averaged away, and edges are spared.",
    "Tone": "Other brightness, contrast or colours; shapes stay.",
    "Noise": "Random changes, to see which filter removes them.",
    "Shape": "Morphology: bright parts grow, shrink, or lose what is small.",
    "Resample": "Padding, stride and pooling as in a CNN: the size changes.",
}


def make_actions(parent: QWidget, append: Callable[[str], None]) -> dict[str, QAction]:
    """An action for each kind of filter, which puts one into the chain."""
    actions = {}
    for kind, declared in FILTERS.items():
        action = make_action(parent, declared.title, slot=functools.partial(append, kind))
        action.setToolTip(tr(declared.summary))
        actions[kind] = action
    return actions


def by_family(parent: QWidget, actions: Mapping[str, QAction]) -> list[QAction]:
    """The actions in a submenu for each family; a family of one needs none."""
    entries: list[QAction] = []
    for name, summary in FAMILIES.items():
        own = [actions[kind] for kind, one in FILTERS.items() if one.family == name]
        entries += family(parent, name, summary, own)
    return entries
