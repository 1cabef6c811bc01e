"""Filters side by side with what a user would pick instead, in one run.

python -m benchmarks.filters [--only opencv|peers|preview|memory] [--quick] [--json FILE]
"""

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIBRARIES = ("numpy", "scipy", "opencv-python-headless", "scikit-image", "PySide6-Essentials")
PARTS = ("opencv", "peers", "preview", "memory")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.filters", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be repeated")
    parser.add_argument("--quick", action="store_true", help="small pictures, one round")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    rounds = 1 if given.quick else 5
    large = ("2 Mpx",) if given.quick else ("24 Mpx", "100 Mpx")
    found: dict[str, Any] = {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    for part in given.only or PARTS:
        if part == "opencv":
            from benchmarks.filters import opencv

            print(f"\n{large[0]} RGB, 8 bits; ms, ratio to one direct call of OpenCV, limit,")
            print("values in a million that differ")
            found[part] = opencv.measure(large[0], rounds)
        elif part == "peers":
            from benchmarks.filters import peers

            print("\n0.5 Mpx; ms, theirs, ratio, limit, whether the results are the same")
            found[part] = peers.compare("0.5 Mpx", max(1, rounds - 3))
        elif part == "preview":
            from benchmarks.filters import preview

            print("\nin the window; ms to the first piece (median, most), to all that is seen,")
            print("and the longest that the window's thread was blocked")
            found[part] = [row for size in large for row in preview.measure(size, rounds)]
        else:
            from benchmarks.filters import memory

            print("\nstudio filter; MB of pixels, most MB of the process, limit")
            found[part] = [row for size in large for row in memory.measure(size)]
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
