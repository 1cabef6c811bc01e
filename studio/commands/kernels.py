"""``studio kernels``: the learned kernels of a model, as pictures and as figures."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.commands.shared import folder_for, open_model
from studio.errors import ModelError, SettingError

if TYPE_CHECKING:
    from studio.insight.kernels import Scaling

DESCRIPTION = """\
Writes the learned kernels of a model: a sheet for each convolution, and kernels.json and \
kernels.csv with the norm of each and how far it is from its initialisation, where the model's \
card names the seed it began from.

  studio kernels lenet5-mnist -o kernels/
  studio kernels lenet5-mnist -o kernels/ --layer dense1

A dead kernel, whose norm is under 1 % of its layer's largest, is crossed out."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments, but for ``MODEL`` and ``-o``."""
    command.add_argument(
        "--layer", metavar="NAME", help="only this layer, such as conv1; a dense one too"
    )
    command.add_argument(
        "--scale",
        choices=("kernel", "layer", "range"),
        default="kernel",
        help="the colours' scale: as far as each kernel needs on both sides of zero; as far as the "
        "layer needs; or, for kernels in colour, from the smallest weight to the largest; kernel "
        "unless told",
    )
    command.set_defaults(run=run_kernels)


def run_kernels(given: argparse.Namespace) -> int:
    """Write the sheets and the figures."""
    from studio.insight.initial import initial_weights
    from studio.insight.kernel_sheet import write_kernels
    from studio.insight.kernels import all_kernels, change_of

    model = open_model(given.model, given.architecture)
    rows = model.card.network.table()
    found = all_kernels(rows, model.weights)
    if given.layer is None:
        chosen = [kernels for kernels in found if not kernels.is_dense]
    else:
        chosen = [kernels for kernels in found if kernels.row.name == given.layer]
    if not chosen and given.layer is not None:
        listed = ", ".join(kernels.row.name for kernels in found) or "none"
        raise SettingError(
            f"{given.model} has no layer '{given.layer}' with kernels",
            f"Those with kernels are: {listed}",
        )
    if not chosen:
        raise ModelError(f"{given.model} has no convolution", "Name a dense layer with --layer")
    before = initial_weights(model)
    was = {} if before is None else {one.row.name: one for one in all_kernels(rows, before)}
    layers = [
        (now, change_of(now, was[now.row.name]) if now.row.name in was else None) for now in chosen
    ]
    out: Path = given.out
    scaling: Scaling = "range" if given.scale == "range" else "symmetric"
    with folder_for(out):
        for target in write_kernels(layers, out, scaling, shared=given.scale == "layer"):
            print(target)
    return 0
