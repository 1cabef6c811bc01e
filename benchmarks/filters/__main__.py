"""Filters side by side with what a user would pick instead, in one run.

python -m benchmarks.filters [opencv] [peers] [preview] [memory] [--quick] [--json FILE]
"""

import sys
from typing import Any

from benchmarks import machine

LIBRARIES = ("numpy", "scipy", "opencv-python-headless", "scikit-image", "PySide6-Essentials")
PARTS = ("opencv", "peers", "preview", "memory")


def main() -> int:
    parser = machine.parser("filters", __doc__, PARTS)
    parser.add_argument("--quick", action="store_true", help="small pictures, one round")
    given = parser.parse_args()
    rounds = 1 if given.quick else 5
    large = ("2 Mpx",) if given.quick else ("24 Mpx", "100 Mpx")

    def opencv() -> Any:
        from benchmarks.filters import opencv

        print(f"{large[0]} RGB, 8 bits; ms, ratio to one direct call of OpenCV, limit,")
        print("values in a million that differ")
        return opencv.measure(large[0], rounds)

    def peers() -> Any:
        from benchmarks.filters import peers

        print("0.5 Mpx; ms, theirs, ratio, limit, whether the results are the same")
        return peers.compare("0.5 Mpx", max(1, rounds - 3))

    def preview() -> Any:
        from benchmarks.filters import preview

        print("in the window; ms to the first piece (median, most), to all that is seen,")
        print("and the longest that the window's thread was blocked")
        return [row for size in large for row in preview.measure(size, rounds)]

    def memory() -> Any:
        from benchmarks.filters import memory

        print("studio filter; MB of pixels, most MB of the process, limit")
        return [row for size in large for row in memory.measure(size)]

    ways = {"opencv": opencv, "peers": peers, "preview": preview, "memory": memory}
    named = machine.chosen(parser, given, PARTS) or list(PARTS)
    return machine.run(LIBRARIES, ways, named, given.json)


if __name__ == "__main__":
    sys.exit(main())
