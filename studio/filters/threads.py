"""Pieces of work on all cores."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import islice
from threading import get_native_id
from typing import TypeVar

Work = TypeVar("Work")
Done = TypeVar("Done")

# How far the threads stand back behind others on Linux, where 19 is the most; see `stand_back`.
_nice = 0


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def stand_back(nice: int = 15) -> None:
    """Let the threads that are started from now on come after a window's, which has to be smooth.

    With 5, a window on two busy cores is late by up to 20 ms; with 15, by 10.
    """
    global _nice
    _nice = nice


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(workers, "studio-pool", _begin)


def _begin() -> None:
    if sys.platform == "linux" and _nice:
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _nice)


def each(
    function: Callable[[Work], Done], items: Iterable[Work], workers: int = 0
) -> Iterator[tuple[Work, Done]]:
    """Each item with what the function makes of it, as they get ready.

    Items are begun in their order; closing the iterator waits for those that were begun, and begins
    no other.

    Parameters
    ----------
    workers : int
        How many at once; 0 for one on each core. With 1, all is done in the caller's thread.
    """
    workers = workers or cores()
    if workers == 1:
        for item in items:
            yield item, function(item)
        return
    waiting = iter(items)
    running: dict[Future[Done], Work] = {}
    try:
        while True:
            # Twice as many as there are workers, so that none has to wait for the caller.
            for item in islice(waiting, 2 * workers - len(running)):
                running[_pool(workers).submit(function, item)] = item
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                item = running.pop(done)
                yield item, done.result()
    finally:
        for future in running:
            future.cancel()
        wait(running)
