"""How much memory a process may still take."""

import contextlib
from pathlib import Path

import psutil

_GROUP = Path("/sys/fs/cgroup")  # of a container, in version 2 of control groups


def available() -> int:
    """Bytes of memory that can be taken without others being moved to the disk.

    A container may allow less than the machine has.
    """
    free = int(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):
        limit = int((_GROUP / "memory.max").read_text())  # "max" where there is no limit
        free = min(free, limit - int((_GROUP / "memory.current").read_text()))
    return max(0, free)


def in_words(count: int) -> str:
    """So many bytes for people: 12.3 GB."""
    return f"{count / 1e9:.3g} GB" if count >= 1e9 else f"{count / 1e6:.3g} MB"
