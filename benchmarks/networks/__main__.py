"""Networks: tables, maps, fields and the window, beside what they are measured against.

python -m benchmarks.networks [table] [passes] [window] [--quick] [--json FILE]
"""

import sys
from typing import Any

from benchmarks import machine

LIBRARIES = ("torch", "torchvision", "captum", "numpy", "PySide6-Essentials")
PARTS = ("table", "passes", "window")


def main() -> int:
    parser = machine.parser("networks", __doc__, PARTS)
    parser.add_argument("--quick", action="store_true", help="one round")
    given = parser.parse_args()
    rounds = 1 if given.quick else 5

    def table() -> Any:
        from benchmarks.networks import table

        print("tables, after torch is imported")
        return table.measure(min(rounds, 3))

    def passes() -> Any:
        from benchmarks.networks import passes

        print("all maps against a bare pass; a unit's field against a pass and back")
        return passes.measure(rounds)

    def window() -> Any:
        from benchmarks.networks import window

        print("in the window")
        return window.measure(rounds)

    ways = {"table": table, "passes": passes, "window": window}
    named = machine.chosen(parser, given, PARTS) or list(PARTS)
    return machine.run(LIBRARIES, ways, named, given.json)


if __name__ == "__main__":
    sys.exit(main())
