"""From a changed setting to the first correct pixels in the window, and how long it is blocked."""

import os
import sys
import tempfile
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.filters.pictures import SIZES, photo

# The filter, and the field that a slider changes.
SLIDERS = (
    ("median", "radius", (1, 2)),
    ("median", "radius", (3, 7)),
    ("median", "radius", (15, 30)),
    ("convolution", "scale", (0.9, 1.0)),
    ("convolution kernel='gaussian size=15 sigma=3'", "scale", (0.9, 1.0)),
    ("convolution kernel='gabor size=31'", "scale", (0.9, 1.0)),
    ("sobel output=magnitude", "output", ("x", "magnitude")),
    ("threshold method=fixed", "level", (40, 50)),
    ("gamma", "gamma", (0.8, 1.2)),
)
# What the window's thread does may last so long.
BLOCK_LIMIT, FIRST_LIMIT = 16.0, 50.0


class Preview:
    """The Filter workspace in a window without a display, with the clock beside it."""

    def __init__(self, folder: str) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from PySide6.QtCore import QEventLoop, QSettings, QTimer
        from PySide6.QtWidgets import QApplication

        from studio.document import Document
        from studio.window.app import create_app
        from studio.window.assembly import Studio
        from studio.window.lateness import TimerLateness
        from studio.window.session import Session

        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        self.app = QApplication.instance() or create_app([sys.argv[0]])
        self.session = Session(Document())
        self.studio = Studio(self.session)
        self.studio.window.resize(1280, 800)
        self.studio.window.show()
        self.space = self.studio.filter
        self._wait = QEventLoop()
        self._look = QTimer(interval=20)
        self._look.timeout.connect(self._quit_when_quiet)
        self._late = TimerLateness()
        self._first = self._seen = 0.0
        self.space.renderer.piece_shown.connect(self._note_piece)
        self.space.renderer.filled.connect(self._note_filled)
        self.settle()

    def _note_piece(self, which: str) -> None:
        if which == "after" and not self._first:
            self._first = perf_counter()

    def _note_filled(self) -> None:
        self._seen = perf_counter()

    def _quit_when_quiet(self) -> None:
        from studio.window.job import running_jobs

        if not running_jobs() and self.space.renderer.is_filled:
            self._wait.quit()

    def settle(self) -> None:
        """Let everything come to its end."""
        self._look.start()
        self._wait.exec()
        self._look.stop()

    def change(self, spec: str, field: str, value: object) -> tuple[float, float, float]:
        """Change a setting; milliseconds to the first piece, to all that is seen, and late."""
        from studio.filters.chain import Chain, Step, parse_step

        filter = parse_step(spec).filter.change(**{field: value})
        chain = Chain(steps=(Step(filter=filter),))
        self._first = self._seen = 0.0
        self._late.start()
        began = perf_counter()
        self.session.edit("change", self.session.document.change(chain=chain))
        self.settle()
        self._late.stop()
        return 1000 * (self._first - began), 1000 * (self._seen - began), self._late.maximum


def measure(size: str, rounds: int) -> list[dict[str, Any]]:
    """A row for each slider and zoom."""
    from studio.image.picture import Picture
    from studio.window.job import stop_all

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        preview = Preview(folder)
        preview.session.paste_picture(Picture(photo(*SIZES[size]), name=f"{size}.png"))
        preview.settle()
        for spec, field, values in SLIDERS:
            for zoom in ("whole picture", "actual size"):
                compare = preview.space.compare
                compare.fit() if zoom == "whole picture" else compare.actual_size()
                preview.settle()
                preview.change(spec, field, values[0])
                preview.settle()
                found = [preview.change(spec, field, values[n % 2]) for n in range(1, rounds + 1)]
                first, seen, blocked = (np.array(part) for part in zip(*found, strict=True))
                row = {
                    "picture": size,
                    "filter": f"{spec.split(' kernel=')[0]} {field}={values}",
                    "zoom": zoom,
                    "first_ms": round(float(np.median(first)), 1),
                    "first_ms_most": round(float(first.max()), 1),
                    "all_seen_ms": round(float(np.median(seen)), 1),
                    "window_blocked_ms_most": round(float(blocked.max()), 1),
                }
                rows.append(row)
                print(
                    f"{size:8} {spec[:32]:32} {zoom:14} {row['first_ms']:>8.1f} "
                    f"{row['first_ms_most']:>8.1f} {row['all_seen_ms']:>9.1f} "
                    f"{row['window_blocked_ms_most']:>8.1f}",
                    flush=True,
                )
        preview.studio.window.close()
        stop_all(10)
    return rows
