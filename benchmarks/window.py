"""How late the window is while it trains: a 16 ms timer in its thread, beside LeNet-5 on glyphs.

python -m benchmarks.window [--epochs N] [--json FILE]
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

EPOCHS = 5
LIBRARIES = ("torch", "PySide6-Essentials", "pyqtgraph", "numpy")


def measure(network: str, epochs: int) -> dict[str, Any]:
    """Train in the real window without a display, from the first step to the end of the run."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEventLoop, QSettings

    from studio.training.settings import TrainSettings
    from studio.window.app import create_app
    from studio.window.assembly import Studio, first_document
    from studio.window.job import stop_all
    from studio.window.lateness import TimerLateness
    from studio.window.session import Session

    with tempfile.TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        app = create_app([sys.argv[0]])
        settings = TrainSettings(data="glyphs", network=network, epochs=epochs)
        studio = Studio(Session(first_document().change(training=settings)))
        studio.window.show()
        studio.window.show_space("train")
        late = TimerLateness()
        studio.train.start()
        run = studio.train.run
        run.started.connect(late.start)
        wait = QEventLoop()
        run.ended.connect(wait.quit)
        wait.exec()
        late.stop()
        stop_all()
        del app
    if run.error is not None:
        raise run.error
    history = run.history
    assert history.started is not None
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
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.window", description=__doc__)
    parser.add_argument("--network", default="lenet5")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
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
