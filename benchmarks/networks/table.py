"""The table of a large network, in a process of its own: torch is imported before the clock."""

import json
import subprocess
import sys
from typing import Any

LIMIT = 1.0  # second
_MEASURE = """
import json, resource, sys
from time import perf_counter
import torch, torchvision
from studio.nets.published import published
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, started = memory(), perf_counter()
rows = published(sys.argv[1]).table()
seconds = perf_counter() - started
print(json.dumps({
    "seconds": seconds, "more_kb": memory() - before, "rows": len(rows),
    "weights": sum(row.weights for row in rows),
    "multiply_adds": sum(row.multiply_adds for row in rows),
}))
"""


def measure(rounds: int) -> list[dict[str, Any]]:
    """A row for each network: seconds, and megabytes more than before."""
    found = []
    for name in ("resnet152", "vgg16", "efficientnet_v2_l"):
        runs = []
        for _ in range(rounds):
            command = [sys.executable, "-c", _MEASURE, name]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            runs.append(json.loads(said))
        median = sorted(run["seconds"] for run in runs)[len(runs) // 2]
        weights_mb = runs[0]["weights"] * 4 / 1e6
        row = {
            "network": name,
            "rows": runs[0]["rows"],
            "weights": runs[0]["weights"],
            "seconds": round(median, 3),
            "limit": LIMIT if name == "resnet152" else None,
            "more_mb": round(max(run["more_kb"] for run in runs) / 1e3, 1),
            "weights_would_take_mb": round(weights_mb, 1),
        }
        found.append(row)
        print(
            f"{name:18} {row['rows']:>4} rows {row['seconds']:>6.2f} s"
            f" (limit {row['limit'] or '-'}), {row['more_mb']:>6.1f} MB more;"
            f" its weights would take {weights_mb:.0f} MB",
            flush=True,
        )
    return found
