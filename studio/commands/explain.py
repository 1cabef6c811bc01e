"""``studio explain``: why a network gives its answer."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from studio.commands.shared import open_model
from studio.console import MovingLine, print_json
from studio.declare import Option, options
from studio.image.whole_file import check_place
from studio.insight.attribution import METHODS, Attribution, class_index, class_logits, explain
from studio.insight.attribution_figure import check_ending, write_attribution

DEFAULT = "integrated_gradients"
DESCRIPTION = """\
Shows which parts of a picture speak for a class, and writes a figure or the numbers.

  studio explain convnet-cifar10 photo.jpg --method grad_cam --class cat -o why.png

The class's logit is explained, the value before softmax. Without --class, it is the likeliest."""

# Seconds before progress is shown, and between two showings of it.
_PATIENCE, _PAUSE = 0.5, 0.1


class _Choose(argparse.Action):
    """Makes the method's declaration the one that the command's options are taken for."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        namespace.declared = METHODS[str(values)]


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's arguments, but for ``MODEL`` and the options of the methods."""
    command.add_argument("picture", metavar="PICTURE", help="a picture file")
    command.add_argument(
        "--method",
        metavar="NAME",
        action=_Choose,
        choices=tuple(METHODS),
        help=f"one of {', '.join(METHODS)}; {DEFAULT} unless told",
    )
    command.add_argument(
        "--class", dest="class_name", metavar="NAME", help="the class; the likeliest unless told"
    )
    command.add_argument(
        "-o",
        dest="out",
        metavar="FILE",
        required=True,
        help="a .png or .pdf file for a figure, or .npy for the numbers, channels x height x width",
    )
    command.add_argument("--json", action="store_true", help="print JSON instead of a sentence")
    command.set_defaults(run=run_explain, declared=METHODS[DEFAULT])


def method_options() -> tuple[tuple[Option, str], ...]:
    """Every setting of the methods once, with the methods that have it."""
    found: dict[str, tuple[Option, list[str]]] = {}
    for kind, method in METHODS.items():
        for item in options(method):
            found.setdefault(item.name, (item, []))[1].append(kind)
    return tuple((item, ", ".join(kinds)) for item, kinds in found.values())


def epilog() -> str:
    """What each method does, for the help."""
    lines = ["methods:"]
    for kind, method in METHODS.items():
        lines.append(f"  {kind}: {method.summary} {method.caveat}")
        lines.append(f"      {method.formula} ({method.source})")
    return "\n".join(lines)


def run_explain(given: argparse.Namespace) -> int:
    """Explain one class for one picture, and write it."""
    from studio.image.read import read_picture
    from studio.insight.overlay import seen_by_network

    check_ending(given.out)
    check_place(given.out)
    model = open_model(given.model, given.architecture)
    if given.class_name is not None or not model.card.classes:
        index = class_index(model.card, given.class_name or "")
    else:
        index = -1
    values = model.card.preprocessing.apply(read_picture(given.picture))
    steps = model.steps()
    if index < 0:
        index = int(class_logits(model, values, steps).argmax())
    result = _watched(explain(model, values, index, given.settings, steps))
    write_attribution(result, seen_by_network(model.card.preprocessing, values), given.out)
    if given.json:
        print_json(_facts(result, Path(given.out)))
    else:
        print(given.out)
    return 0


def _watched(results: Any) -> Attribution:
    """The last result, with progress on a terminal meanwhile."""
    line = MovingLine(sys.stderr)
    show_at = monotonic() + _PATIENCE
    last: Attribution | None = None
    try:
        for result in results:
            last = result
            if monotonic() >= show_at:
                line.move(f"{result.method.title}: {100 * result.share:.0f} %")
                show_at = monotonic() + _PAUSE
    finally:
        line.clear()
    assert last is not None
    return last


def _facts(result: Attribution, path: Path) -> dict[str, Any]:
    return {
        "file": str(path),
        "method": result.method.kind,
        "settings": result.method.model_dump(mode="json"),
        "class": result.class_name,
        "logit": result.logit,
        "probability": result.probability,
        "layer": result.row,
        "shape": list(result.values.shape),
        "sum": float(result.values.sum(dtype="float64")),
        "baseline_logit": result.baseline_logit,
        "residual": result.residual,
        "seconds": round(result.seconds, 3),
    }
