"""Training: the engine, the window and folders beside what they are measured against.

python -m benchmarks.training [loop] [bare] [window] [folder] [actions] [gpu] [fast] [--minutes N]

loop    a student's DataLoader loop with torchvision's transforms
bare    a bare loop over tensors in memory, in the same format; also with a run folder
window  Run in the Train workspace, against the command line, and how late the window is
folder  an epoch from JPEG files against decoding and training alone; from memory and from a file
actions how late the window is while a person works in Train: runs, experiments, kept runs
gpu     the recipe cifar10-fast on a GPU, beside the public script if it is named
fast    the recipe on this machine's cores, with its accuracy; it takes its own time
"""

import sys
from pathlib import Path

from benchmarks import machine

LIBRARIES = ("torch", "torchvision", "numpy", "pillow", "PySide6-Essentials")
PARTS = ("loop", "bare", "window", "folder", "actions", "gpu", "fast")
BY_ITSELF = PARTS[:6]
TIMED = 4  # parts that share the minutes


def main() -> int:
    parser = machine.parser("training", __doc__, PARTS)
    parser.add_argument(
        "--minutes",
        type=float,
        default=10,
        metavar="N",
        help="for the first four, about",
    )
    parser.add_argument("--data-root", type=Path, metavar="DIR", help="with a copy of CIFAR-10")
    parser.add_argument("--data", default="cifar10-jpeg", metavar="NAME", help="for fast and gpu")
    parser.add_argument("--script", type=Path, help="the public airbench94, for gpu")
    given = parser.parse_args()
    named = machine.chosen(parser, given, PARTS) or list(BY_ITSELF)
    seconds = 60 * given.minutes / max(1, sum(part in PARTS[:TIMED] for part in named))

    def loop() -> object:
        from benchmarks.training import loops

        return loops.measure_student(seconds)

    def bare() -> object:
        from benchmarks.training import loops

        return loops.measure_bare(seconds)

    def window() -> object:
        from benchmarks.training import window

        return window.measure(seconds)

    def folder() -> object:
        from benchmarks.training import folder

        return folder.measure(seconds)

    def actions() -> object:
        from benchmarks.training import actions

        return actions.measure()

    def gpu() -> object:
        from benchmarks.training import recipe

        return recipe.measure_gpu(given.data, given.data_root, given.script)

    def fast() -> object:
        from benchmarks.training import recipe

        return recipe.measure(given.data, given.data_root)

    ways = dict(zip(PARTS, (loop, bare, window, folder, actions, gpu, fast), strict=True))
    return machine.run(LIBRARIES, ways, named, given.json)


if __name__ == "__main__":
    sys.exit(main())
