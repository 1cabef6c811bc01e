"""The engine and the command line beside loops written by hand, by turns."""

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.timing import rates_in_turn, ratio
from benchmarks.training.pace import Pace
from benchmarks.training.peers import BareLoop, StudentLoop
from benchmarks.training.pictures import data, own_cache, settings
from studio.training.engine import train
from studio.training.folder import train_into

STUDENT_LIMIT, BARE_LIMIT = 10.0, 0.97
COUNT = 50_000
_SPELL, _STUDENT_SPELL = 1.5, 3.0  # seconds in which one of them goes on


def measure_student(seconds: float) -> dict[str, Any]:
    """Ours against a student's DataLoader loop."""
    pictures = data(COUNT)
    ours = Pace(train(settings(), data=pictures))
    with tempfile.TemporaryDirectory() as folder, own_cache(folder):
        started = ours.begin()
    student = StudentLoop(pictures)
    ways = {"ours": lambda: ours.rate(_SPELL), "student": lambda: student.rate(_STUDENT_SPELL)}
    rates = rates_in_turn(ways, seconds)
    ours.close()
    found = _row(rates, "ours", "student", STUDENT_LIMIT)
    return {**found, "device": started.device, "precision": started.precision}


def measure_bare(seconds: float) -> dict[str, Any]:
    """Ours, and what the command line does, against a bare loop in the same format."""
    pictures = data(COUNT)
    with tempfile.TemporaryDirectory() as folder, own_cache(folder):
        ours = Pace(train(settings(), data=pictures))
        started = ours.begin()
        kept = Pace(train_into(Path(folder) / "run", settings(), data=pictures))
        kept.begin()
        bare = BareLoop(pictures, started.precision)
        ways = {
            "ours": lambda: ours.rate(_SPELL),
            "bare": lambda: bare.rate(_SPELL),
            "kept": lambda: kept.rate(_SPELL),
        }
        rates = rates_in_turn(ways, seconds)
        ours.close()
        kept.close()
    return {
        "engine": _row(rates, "ours", "bare", BARE_LIMIT),
        "command line": _row(rates, "kept", "bare", BARE_LIMIT),
        "precision": started.precision,
    }


def _row(rates: dict[str, list[float]], ours: str, theirs: str, limit: float) -> dict[str, Any]:
    row = {
        f"{ours}_per_second": round(statistics.median(rates[ours])),
        f"{theirs}_per_second": round(statistics.median(rates[theirs])),
        "ratio": round(ratio(rates[ours], rates[theirs]), 3),
        "limit": limit,
        "rounds": len(rates[ours]),
    }
    print(
        f"{ours:8} {row[f'{ours}_per_second']:>7,} pictures/s, {theirs} "
        f"{row[f'{theirs}_per_second']:>6,}: {row['ratio']:.2f} times that "
        f"(at least {limit}; {row['rounds']} rounds)",
        flush=True,
    )
    return row
