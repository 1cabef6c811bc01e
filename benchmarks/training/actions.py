"""How late the Train workspace is while a person works in it, one thing after the other."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.studio_window import StudioWindow
from studio.training.experiment import EXPERIMENTS
from studio.training.settings import TrainSettings

LATE_LIMIT, LATEST_LIMIT = 16.0, 50.0
# More epochs than anybody waits for: runs are stopped.
_SETTINGS = TrainSettings(data="glyphs", network="lenet5", epochs=999, limit=4000, batch_size=32)
_EPOCHS = 12  # of the run that was kept
_WHILE = 2.0  # seconds in which a run goes on
_MOMENT = 0.3  # seconds between two clicks


def measure() -> dict[str, Any]:
    """What a 16 ms timer in the window's thread notes during each, and during all of them."""
    from studio.document import Document
    from studio.window.job import stop_all

    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        _train(kept)
        window = StudioWindow(folder, Document(training=_SETTINGS), "filter")
        window.settle()
        visit = _Visit(window)
        for name, work in _things(visit, kept, Path(folder)):
            with visit.noted(name):
                work()
        stop_all(10)
    late = window.late
    row = {
        "ticks": len(late),
        "late_ms_99th": round(late.percentile(99), 2),
        "late_ms_most": round(late.maximum, 2),
        "late_ms_99th_limit": LATE_LIMIT,
        "late_ms_most_limit": LATEST_LIMIT,
        "most_by_action": visit.most,
    }
    print(
        f"{row['ticks']} ticks of 16 ms, late by {row['late_ms_99th']} ms (99th percentile, limit "
        f"{LATE_LIMIT:.0f}), {row['late_ms_most']} at most (limit {LATEST_LIMIT:.0f})",
        flush=True,
    )
    return row


def _train(folder: Path) -> None:
    """A run to open later, by a process of its own: torch is to be new to this one."""
    asked = _SETTINGS.model_dump(include={"data", "network", "limit", "batch_size"})
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    command = [sys.executable, "-m", "studio", "train", "-o", str(folder), *options]
    subprocess.run([*command, f"--epochs={_EPOCHS}"], check=True, capture_output=True)


class _Visit:
    """A person's way through Train, with what the timer noted on each stretch of it."""

    def __init__(self, window: StudioWindow) -> None:
        self.window = window
        self.space = window.studio.train
        self.most: dict[str, float] = {}

    @contextmanager
    def noted(self, name: str) -> Iterator[None]:
        before = len(self.window.late)
        self.window.late.resume()
        yield
        self.window.wait(_MOMENT)
        self.window.late.stop()
        self.most[name] = round(self.window.late.most_since(before), 2)
        print(f"{name:<42} late by {self.most[name]:>6.1f} ms at most", flush=True)

    def train_on(self) -> None:
        """Until the run has taken steps, and for a while."""
        run = self.space.active
        assert run is not None
        self.window.until(lambda: run.error is not None or len(run.history.steps) > 1)
        if run.error is not None:
            raise run.error
        self.window.wait(_WHILE)

    def click_through(self, clicks: list[Callable[[], object]]) -> None:
        for click in clicks:
            click()
            self.window.wait(_MOMENT)


def _things(visit: _Visit, kept: Path, folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    window, space = visit.window, visit.space

    def open_train() -> None:
        window.studio.window.show_space("train")
        window.settle()

    def begin() -> None:
        space.start()
        visit.train_on()

    def second() -> None:
        space.new_run()
        window.wait(_MOMENT)
        space.queue.add(space.run)
        visit.train_on()

    def experiment() -> None:
        losses = EXPERIMENTS["losses"].override({"data": "glyphs", "limit": 2000, "epochs": 2})
        space.start_experiment(losses, "losses.toml")
        window.until(lambda: space.active is None)

    def pause_and_step() -> None:
        run = space.active
        assert run is not None
        visit.click_through([run.pause, space.step, space.step, run.resume])

    def open_kept() -> None:
        space.bringing.kept.open(kept)
        window.until(lambda: space.run.folder == kept)
        window.settle()

    def scrub() -> None:
        epochs = range(1, _EPOCHS + 1)
        visit.click_through([lambda at=at: space.selection.look_at(at) for at in epochs])
        window.settle()

    def cell() -> None:
        space.results.show_cell(_EPOCHS, 0, 0)
        window.settle()
        dialog = space.results.dialog
        assert dialog is not None
        dialog.close()

    def by_hand() -> None:
        space.by_hand.open(space.run, None)
        dialog = space.by_hand.dialog
        assert dialog is not None
        window.until(dialog.isVisible)
        window.settle()
        for part in 3 * ("forward", "backward", "update"):
            dialog.do(part)
            window.until(lambda: not dialog.is_busy)
            window.wait(_MOMENT)
        dialog.draw(1.0)
        window.until(lambda: not dialog.is_busy)
        dialog.close()

    def report() -> None:
        space.reporting.start(space.run, folder / "report.html")
        window.until(lambda: not space.reporting.is_busy)

    def choose_runs() -> None:
        visit.click_through([lambda run=run: space.list.choose(run) for run in space.runs])

    yield "Train is opened, torch is loaded", open_train
    yield "a first run begins", begin
    yield "it is paused, steps twice, goes on", pause_and_step
    yield "a second run waits", second
    yield "the first stops, the second begins", lambda: (space.stop(), visit.train_on())
    yield "an experiment of four runs", lambda: (space.stop(), window.settle(), experiment())
    yield "runs are chosen one after the other", choose_runs
    yield "a kept run is opened", open_kept
    yield "its epochs are looked through", scrub
    yield "pictures of a cell of its matrix", cell
    yield "step by step, with the surface", by_hand
    yield "its report is written", report
