"""What the commands print: tables, JSON, progress, and one line for what went wrong."""

import codecs
import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from studio.data.progress import Preparing
from studio.training.events import Epoch, Event, Started, Step

_NAMED = 5  # files that a run can't use
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f]")


def accept_any_text() -> None:
    """Let stdout take every character: escaped where its encoding lacks it.

    Bytes of file names that aren't text go out as they came in.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        unicode = codecs.lookup(sys.stdout.encoding).name.startswith("utf-8")
        sys.stdout.reconfigure(errors="surrogateescape" if unicode else "backslashreplace")


def plain(text: str) -> str:
    """Text from a file, for a terminal: what would steer it, or break the line, is replaced."""
    return _STEERING.sub("\ufffd", text)


def complain(message: str) -> None:
    """One line on stderr, where there is one that can be written to."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            line = plain(" ".join(message.split()))
            print(f"studio: {line}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print a value as indented JSON; in ASCII where stdout, or UTF-8, lacks a character of it."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    print(text)


def print_table(rows: list[list[str]], left: int) -> None:
    """Print columns; the first `left` of them start at the left, the others end at the right."""
    rows = [[plain(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


class MovingLine:
    """A line on a terminal that changes while something goes on; nothing on any other stream."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._moves = stream is not None and stream.isatty()
        self._is_shown = False

    def move(self, text: str) -> None:
        """Show another text in the line."""
        if self._moves:
            self._print(f"\r\x1b[K{plain(text)}", end="")
            self._is_shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._print("\r\x1b[K", end="")
            self._is_shown = False

    def line(self, text: str) -> None:
        """Print a line that stays, on any stream, in place of the moving one."""
        self.clear()
        self._print(plain(text), end="\n")

    def _print(self, text: str, end: str) -> None:
        # A run goes on when whoever watched it has gone.
        if self._stream is not None:
            with contextlib.suppress(OSError):
                print(text, end=end, file=self._stream, flush=True)


class Progress:
    """Prints a line an epoch and, on a terminal, a line that moves in between."""

    def __init__(self, stream: TextIO | None) -> None:
        self._line = MovingLine(stream)
        self._steps = 0
        self._checked_on = "test"

    def __call__(self, event: Event) -> None:
        match event:
            case Preparing(what=what, fraction=fraction):
                self._line.move(what if fraction is None else f"{what} {100 * fraction:.0f} %")
            case Started():
                self._steps = event.steps
                self._checked_on = event.checked_on
                for line in _started_lines(event):
                    self._line.line(line)
            case Step():
                self._line.move(
                    f"step {event.step:,} of {self._steps:,}, loss {event.loss:.3f}, "
                    f"{event.pictures_per_second:,.0f} pictures/s"
                )
            case Epoch():
                train = _figures("train", event.train_loss, event.train_accuracy)
                checked = _figures(
                    self._checked_on, event.validation_loss, event.validation_accuracy
                )
                self._line.line(f"epoch {event.epoch}: {train}; {checked}; {event.seconds:.1f} s")


def _started_lines(started: Started) -> Iterator[str]:
    """What a run begins with, and the pictures that it can't use."""
    parts = [f"{started.train_count:,} pictures to train"]
    if started.validation_count:
        parts.append(f"{started.validation_count:,} for validation")
    parts += [f"{started.test_count:,} to test", f"{started.weights:,} weights"]
    yield f"{', '.join(parts)}, on {started.device}"
    count = len(started.skipped)
    if count:
        yield f"{count:,} {'file was' if count == 1 else 'files were'} skipped:"
    for one in started.skipped[:_NAMED]:
        yield f"  {one.path}: {one.reason}"
    if count > _NAMED:
        yield f"  and {count - _NAMED:,} more, named in the run's report"


def _figures(part: str, loss: float, accuracy: float) -> str:
    return f"{part} loss {loss:.4f}, accuracy {100 * accuracy:.2f} %"
