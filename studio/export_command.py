"""``studio export``: a model written for other programs."""

import argparse
from pathlib import Path

from studio.commands import open_model
from studio.nets.export import FORMATS, export_model

DESCRIPTION = """\
Writes a model for other programs.

  studio export lenet5-mnist --to onnx -o lenet5.onnx
  studio export lenet5-mnist --to python -o lenet5.py

onnx: one file that ONNX Runtime and others run; its properties hold the classes and the \
preprocessing. safetensors: the weights, and beside them a JSON card that the studio reads again. \
python: a module of plain torch layers, its weights beside it, that needs no studio."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments, but for ``MODEL`` and ``-o``."""
    command.add_argument(
        "--to",
        choices=tuple(FORMATS),
        metavar="FORMAT",
        required=True,
        help=f"one of {', '.join(FORMATS)}",
    )
    command.set_defaults(run=run_export)


def run_export(given: argparse.Namespace) -> int:
    """Write the files, and print their names."""
    model = open_model(given.model, given.architecture)
    for path in export_model(model, given.to, Path(given.out)):
        print(path)
    return 0
