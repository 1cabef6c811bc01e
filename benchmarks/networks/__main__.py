"""Networks: tables, maps, fields and the window, beside what they are measured against.

python -m benchmarks.networks [--only table|passes|window] [--quick] [--json FILE]
"""

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIBRARIES = ("torch", "torchvision", "captum", "numpy", "PySide6-Essentials")
PARTS = ("table", "passes", "window")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.networks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be repeated")
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    rounds = 1 if given.quick else 5
    found: dict[str, Any] = {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    for part in given.only or PARTS:
        if part == "table":
            from benchmarks.networks import table

            print("\ntables, after torch is imported")
            found[part] = table.measure(min(rounds, 3))
        elif part == "passes":
            from benchmarks.networks import passes

            print("\nall maps against a bare pass; a unit's field against a pass and back")
            found[part] = passes.measure(rounds)
        else:
            from benchmarks.networks import window

            print("\nin the window")
            found[part] = window.measure(rounds)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
