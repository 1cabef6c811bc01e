"""A run in the Train workspace, beside the same one of the command line, by turns."""

import statistics
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from benchmarks.studio_window import StudioWindow
from benchmarks.timing import rates_in_turn, ratio
from benchmarks.training.pace import Clock, Pace
from benchmarks.training.pictures import own_cache, settings, write_folder
from studio.training.events import Event
from studio.training.folder import train_into

LIMIT, LATE_LIMIT, LATEST_LIMIT = 0.97, 16.0, 50.0
COUNT = 20_000
_SPELL = 2.0  # seconds in which one of them goes on


def measure(seconds: float) -> dict[str, Any]:
    """Speed of both, and how late a 16 ms timer in the window's thread is meanwhile."""
    from studio.document import Document
    from studio.window.job import stop_all

    with tempfile.TemporaryDirectory() as folder, own_cache(folder):
        place = Path(folder)
        write_folder(place / "pictures", COUNT)
        asked = settings(data="folder", folder=str(place / "pictures"), picture_size=32)
        window = StudioWindow(folder, Document(training=asked), "train")
        command = Pace(train_into(place / "run", asked))
        started = command.begin()
        shown = _Shown(window)
        ways: dict[str, Callable[[], float]] = {
            "window": lambda: shown.rate(_SPELL),
            "command line": lambda: command.rate(_SPELL),
        }
        rates = rates_in_turn(ways, seconds)
        command.close()
        shown.close()
        stop_all(10)
    late = window.late
    row = {
        "window_per_second": round(statistics.median(rates["window"])),
        "command_line_per_second": round(statistics.median(rates["command line"])),
        "ratio": round(ratio(rates["window"], rates["command line"]), 3),
        "limit": LIMIT,
        "rounds": len(rates["window"]),
        "ticks": len(late),
        "late_ms_median": round(late.percentile(50), 2),
        "late_ms_99th": round(late.percentile(99), 2),
        "late_ms_most": round(late.maximum, 2),
        "late_ms_99th_limit": LATE_LIMIT,
        "late_ms_most_limit": LATEST_LIMIT,
        "precision": started.precision,
    }
    print(
        f"window   {row['window_per_second']:>7,} pictures/s, command line "
        f"{row['command_line_per_second']:>6,}: {row['ratio']:.2f} times that (at least {LIMIT}; "
        f"{row['rounds']} rounds)\n"
        f"{row['ticks']} ticks of 16 ms, late by {row['late_ms_median']} ms (median), "
        f"{row['late_ms_99th']} (99th percentile, limit {LATE_LIMIT:.0f}), "
        f"{row['late_ms_most']} at most (limit {LATEST_LIMIT:.0f})",
        flush=True,
    )
    return row


class _Shown:
    """The window's run, which is paused but for the moments in which it is measured."""

    def __init__(self, window: StudioWindow) -> None:
        from studio.window.train import runs

        self._window = window
        self._clock = Clock()
        kept = runs.train_into

        def noted(*given: Any, **named: Any) -> Generator[Event, None, None]:
            events = kept(*given, **named)
            try:
                for event in events:
                    self._clock.note(event)
                    yield event
            finally:
                events.close()

        runs.train_into = noted
        space = window.studio.train
        space.start()
        self._run = space.run
        window.until(lambda: self._clock.steps > 0 or self._run.error is not None)
        runs.train_into = kept
        if self._run.error is not None:
            raise self._run.error
        self._run.pause()
        window.late.start()
        window.late.stop()

    def rate(self, seconds: float) -> float:
        """Pictures a second of the next steps, for so long."""
        self._clock.forget()
        self._run.resume()
        self._window.late.resume()
        self._window.wait(seconds)
        self._window.until(lambda: self._clock.steps > 1)
        self._window.late.stop()
        self._run.pause()
        return self._clock.rate

    def close(self) -> None:
        self._run.stop()
        self._window.settle()
