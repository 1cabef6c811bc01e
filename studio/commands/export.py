"""``studio export``: a model written for other programs."""

import argparse
import os
from pathlib import Path

from studio.commands.shared import open_model
from studio.errors import ModelError
from studio.image.read import printable
from studio.nets.export import FORMATS, export_files, export_model

DESCRIPTION = """\
Writes a model for other programs.

  studio export lenet5-mnist --to onnx -o lenet5.onnx
  studio export lenet5-mnist --to python -o lenet5.py

onnx: one file that ONNX Runtime and others run; its properties hold the classes and the \
preprocessing. safetensors: the weights, and beside them a JSON card that the studio reads again. \
python: a module of plain torch layers, its weights beside it in a .pt file, that needs no \
studio."""


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
    for file in export_files(given.to, given.out):
        if _is_same(given.model, file):
            raise ModelError(
                f"{printable(file.name)} is the model itself, and would be replaced",
                "Choose another name",
            )
    model = open_model(given.model, given.architecture)
    for path in export_model(model, given.to, given.out):
        print(path)
    return 0


def _is_same(source: str, target: Path) -> bool:
    return os.path.exists(source) and os.path.exists(target) and os.path.samefile(source, target)
