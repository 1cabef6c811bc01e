"""A folder of JPEG files: the first epoch beside its parts, and pictures in memory or in a file."""

import os
import shutil
import statistics
import tempfile
from collections.abc import Generator
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.timing import rates_in_turn, ratio
from benchmarks.training.pace import Pace
from benchmarks.training.pictures import own_cache, settings, write_folder
from studio.data.opening import open_data
from studio.data.parts import Data
from studio.training.engine import train
from studio.training.events import Epoch, Event, Started
from studio.training.settings import TrainSettings

LIMIT = 1.15
COUNT, SIDE = 20_000, 96  # the files' side; the network sees 32
_SPELL = 1.5
_LEAST_ROUNDS, _SHARE = 1, 0.7  # of the time, for the first epoch


def measure(seconds: float) -> dict[str, Any]:
    """Both."""
    with tempfile.TemporaryDirectory() as place:
        pictures = Path(place) / "pictures"
        print(f"writing {COUNT:,} JPEG files", flush=True)
        write_folder(pictures, COUNT, side=SIDE)
        asked = settings(data="folder", folder=str(pictures), picture_size=32)
        with own_cache(place) as cache:
            first = measure_first_epoch(asked, cache, _SHARE * seconds)
            lazy = measure_lazy(asked, (1 - _SHARE) * seconds)
            later = _trains_without_files(asked, pictures)
    print(f"later epochs {'do not need' if later else 'NEED'} the files", flush=True)
    return {"first epoch": first, "lazy": lazy, "later epochs without files": later}


def measure_first_epoch(asked: TrainSettings, cache: Path, seconds: float) -> dict[str, Any]:
    """From the settings to the end of the first epoch, against decoding and training alone."""
    _, data = _decoded(asked)
    ready = Pace(train(asked, data=data))  # so that it is known which precision is faster
    ready.begin()
    ready.close()
    ends = perf_counter() + seconds
    rows: list[tuple[float, float, float]] = []
    while len(rows) < _LEAST_ROUNDS or perf_counter() < ends:
        _forget(cache)
        decoding, data = _decoded(asked)
        training = _first_epoch(train(asked, data=data))
        _forget(cache)
        both = _first_epoch(train(asked))
        rows.append((both, decoding, training))
    ratios = [both / (decoding + training) for both, decoding, training in rows]
    both, decoding, training = (statistics.median(column) for column in zip(*rows, strict=True))
    found = {
        "seconds": round(both, 2),
        "decoding_seconds": round(decoding, 2),
        "training_seconds": round(training, 2),
        "ratio": round(statistics.median(ratios), 3),
        "limit": LIMIT,
        "rounds": len(rows),
    }
    print(
        f"first epoch {found['seconds']} s, decoding {found['decoding_seconds']} s and training "
        f"{found['training_seconds']} s: {found['ratio']:.2f} times both (at most {LIMIT}; "
        f"{found['rounds']} rounds)",
        flush=True,
    )
    return found


def measure_lazy(asked: TrainSettings, seconds: float) -> dict[str, Any]:
    """Pictures read from a file while the network learns, against pictures in memory."""
    paces = {memory: Pace(train(asked.change(memory=memory))) for memory in ("lazy", "resident")}
    for pace in paces.values():
        pace.begin()
    rates = rates_in_turn(
        {memory: lambda pace=pace: pace.rate(_SPELL) for memory, pace in paces.items()}, seconds
    )
    for pace in paces.values():
        pace.close()
    found = {
        "lazy_per_second": round(statistics.median(rates["lazy"])),
        "resident_per_second": round(statistics.median(rates["resident"])),
        "ratio": round(ratio(rates["lazy"], rates["resident"]), 3),
        "rounds": len(rates["lazy"]),
    }
    print(
        f"from a file {found['lazy_per_second']:,} pictures/s, from memory "
        f"{found['resident_per_second']:,}: {found['ratio']:.2f} times that",
        flush=True,
    )
    return found


def _trains_without_files(asked: TrainSettings, pictures: Path) -> bool:
    """Whether a run goes on for a whole epoch when the files are gone after its first one."""
    events = train(asked.change(memory="lazy", limit=2_000))
    _until(events, Epoch)
    away = pictures.with_name("away")
    os.rename(pictures, away)
    try:
        _until(events, Epoch)
    finally:
        os.rename(away, pictures)
        events.close()
    return True


def _forget(cache: Path) -> None:
    """What was decoded before."""
    shutil.rmtree(cache / "decoded", ignore_errors=True)


def _decoded(asked: TrainSettings) -> tuple[float, Data]:
    begun = perf_counter()
    opening = open_data(asked, keep=asked.memory)
    while True:
        try:
            next(opening)
        except StopIteration as found:
            return perf_counter() - begun, found.value


def _first_epoch(events: Generator[Event, None, None]) -> float:
    begun = perf_counter()
    _until(events, Epoch)
    taken = perf_counter() - begun
    events.close()
    return taken


def _until(events: Generator[Event, None, None], kind: type[Started] | type[Epoch]) -> None:
    while not isinstance(next(events), kind):
        pass
