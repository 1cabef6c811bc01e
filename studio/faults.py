"""Faults of the program itself: written whole to a log file, told in one sentence."""

import traceback
from datetime import UTC, datetime
from pathlib import Path

import platformdirs


def log_file() -> Path:
    """Where the tracebacks go."""
    return Path(platformdirs.user_log_dir("convolution-studio", appauthor=False)) / "faults.log"


def record_fault(error: BaseException) -> str:
    """Append the traceback to the log file and say in a sentence what happened and where to look.

    A log file that can't be written is said too: a fault must never hide another.
    """
    summary = f"Something went wrong inside the studio: {type(error).__name__}: {error}"
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n")
            log.writelines(traceback.format_exception(error))
    except OSError as refusal:
        return f"{summary}. The details could not be written to {path}: {refusal.strerror}"
    return f"{summary}. The details are in {path}"
