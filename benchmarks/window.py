"""How late the window is while it trains: a 16 ms timer in its thread, beside LeNet-5 on glyphs.

python -m benchmarks.window [--network NAME] [--epochs N] [--json FILE]
"""

import json
import sys
import tempfile
from typing import Any

from benchmarks import machine
from benchmarks.studio_window import StudioWindow

EPOCHS = 5
LIBRARIES = ("torch", "PySide6-Essentials", "pyqtgraph", "numpy")


def measure(network: str, epochs: int) -> dict[str, Any]:
    """Train in the real window without a display, from the first step to the end of the run."""
    from studio.training.settings import TrainSettings
    from studio.window.assembly import first_document
    from studio.window.job import stop_all

    settings = TrainSettings(data="glyphs", network=network, epochs=epochs)
    with tempfile.TemporaryDirectory() as folder:
        window = StudioWindow(folder, first_document().change(training=settings), "train")
        window.studio.train.start()
        run = window.studio.train.run
        run.started.connect(window.late.start)
        ends = []
        run.ended.connect(lambda: ends.append(True))
        window.until(lambda: bool(ends))
        window.late.stop()
        stop_all()
    if run.error is not None:
        raise run.error
    history = run.history
    assert history.started is not None
    late = window.late
    return {
        "ticks": len(late),
        "late_ms_median": round(late.percentile(50), 2),
        "late_ms_99th": round(late.percentile(99), 2),
        "late_ms_most": round(late.maximum, 2),
        "training_seconds": round(history.seconds, 2),
        "pictures_per_second": round(history.started.train_count * epochs / history.seconds),
        "test_accuracy": history.test_accuracy,
        "settings": history.started.settings,
        "device": history.started.device,
        **machine.facts(LIBRARIES),
    }


def main() -> int:
    parser = machine.parser("window", __doc__, ())
    parser.add_argument("--network", default="lenet5")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    given = parser.parse_args()
    machine.chosen(parser, given, ())
    found = measure(given.network, given.epochs)
    print(f"{found['ticks']} ticks of 16 ms in {found['training_seconds']} s of training")
    print(f"late by: median {found['late_ms_median']} ms", end=", ")
    print(f"99th percentile {found['late_ms_99th']} ms, most {found['late_ms_most']} ms")
    print(f"{found['pictures_per_second']:,} pictures/s on {found['device']}, load {found['load']}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
