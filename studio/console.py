"""What the commands print: tables, JSON, progress, and one line for what went wrong."""

import json
import sys
from typing import Any, TextIO

from studio.data.progress import Preparing
from studio.training.events import Epoch, Event, Started, Step


def complain(message: str) -> None:
    """One line on stderr."""
    print(f"studio: {' '.join(message.split())}", file=sys.stderr)


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def print_table(rows: list[list[str]], left: int) -> None:
    """Print columns; the first `left` of them start at the left, the others end at the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


class Progress:
    """Prints a line an epoch and, on a terminal, a line that moves in between."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.moving = stream.isatty()
        self.steps = 0

    def __call__(self, event: Event) -> None:
        match event:
            case Preparing(what=what, fraction=fraction):
                self._move(what if fraction is None else f"{what} {100 * fraction:.0f} %")
            case Started():
                self.steps = event.steps
                self._line(
                    f"{event.train_count:,} pictures to train, {event.test_count:,} to test, "
                    f"{event.weights:,} weights, on {event.device}"
                )
            case Step():
                self._move(
                    f"step {event.step:,} of {self.steps:,}, loss {event.loss:.3f}, "
                    f"{event.pictures_per_second:,.0f} pictures/s"
                )
            case Epoch():
                train = f"{event.train_loss:.4f}, accuracy {100 * event.train_accuracy:.2f} %"
                test = f"{event.test_loss:.4f}, accuracy {100 * event.test_accuracy:.2f} %"
                self._line(
                    f"epoch {event.epoch}: train loss {train}; test loss {test}; "
                    f"{event.seconds:.1f} s"
                )

    def _move(self, text: str) -> None:
        if self.moving:
            print(f"\r\x1b[K{text}", end="", file=self.stream, flush=True)

    def _line(self, text: str) -> None:
        print(f"\r\x1b[K{text}" if self.moving else text, file=self.stream, flush=True)
