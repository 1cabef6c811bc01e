"""``studio list``: what there is to choose from."""

import argparse
from collections.abc import Callable
from typing import Any

from studio.console import print_json, print_table
from studio.declare import Option, options
from studio.insight.answers import percent


def _list_filters() -> list[dict[str, Any]]:
    from studio.filters import FILTERS

    return [
        {
            "name": kind,
            "title": declared.title,
            "summary": declared.summary,
            "settings": [
                {"name": item.name, "default": default_text(item), "allowed": _allowed(item)}
                for item in options(declared)
            ],
        }
        for kind, declared in FILTERS.items()
    ]


def default_text(item: Option) -> str:
    """The default of an option, as a person would type it."""
    from studio.filters.kernel import kernel_text
    from studio.filters.presets import PRESETS

    match item.kind:
        case "kernel":
            presets = (name for name, one in PRESETS.items() if one.kernel == item.default)
            return next(presets, None) or kernel_text(item.default)
        case "switch":
            return "yes" if item.default else "no"
        case "number":
            return f"{item.default:g}"
    return str(item.default)


def _allowed(item: Option) -> str:
    from studio.filters.kernel import kernel_help

    return kernel_help() if item.kind == "kernel" else item.allowed


def _list_networks() -> list[dict[str, Any]]:
    from studio.nets.zoo import NETWORKS

    return [
        {
            "name": name,
            "title": network.title,
            "summary": f"{network.summary} {network.weights:,} weights.",
            "weights": network.weights,
        }
        for name, network in NETWORKS.items()
    ]


def _list_published() -> list[dict[str, Any]]:
    from studio.nets.published_names import KNOWN

    return [
        {
            "name": name,
            "title": known.title,
            "summary": f"{known.weights:,} weights, pictures of {known.side} × {known.side}",
            "weights": known.weights,
        }
        for name, known in KNOWN.items()
    ]


def _list_models() -> list[dict[str, Any]]:
    from studio.nets.model import bundled

    return [
        {
            "name": card.name,
            "title": card.title,
            "summary": f"{len(card.classes)} classes, test accuracy "
            f"{percent(card.test_accuracy or 0)} on {card.test_data}",
            "classes": list(card.classes),
            "test_accuracy": card.test_accuracy,
        }
        for card in bundled()
    ]


def _list_datasets() -> list[dict[str, Any]]:
    from studio.data import DATASETS

    return [
        {
            "name": kind,
            "title": declared.title,
            "summary": declared.summary,
            "classes": list(declared.classes),
        }
        for kind, declared in DATASETS.items()
    ]


def _list_methods() -> list[dict[str, Any]]:
    from studio.insight.attribution import METHODS

    return [
        {
            "name": kind,
            "title": declared.title,
            "summary": declared.summary,
            "formula": declared.formula,
            "source": declared.source,
        }
        for kind, declared in METHODS.items()
    ]


def _list_experiments() -> list[dict[str, Any]]:
    from studio.training.experiment import EXPERIMENTS

    return [
        {
            "name": name,
            "title": experiment.title,
            "summary": experiment.summary,
            "runs": [run.name for run in experiment.runs()],
        }
        for name, experiment in EXPERIMENTS.items()
    ]


LISTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "filters": _list_filters,
    "networks": _list_networks,
    "published": _list_published,
    "models": _list_models,
    "datasets": _list_datasets,
    "methods": _list_methods,
    "experiments": _list_experiments,
}


def run_list(given: argparse.Namespace) -> int:
    """Print what is registered."""
    found = LISTS[given.what]()
    if given.json:
        print_json(found)
        return 0
    print_table([[item["name"], item["title"], item["summary"]] for item in found], left=3)
    return 0
