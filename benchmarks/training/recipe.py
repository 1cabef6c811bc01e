"""The recipe cifar10-fast: its accuracy, and its time beside that of the public script."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from studio.data.progress import Preparing
from studio.training.engine import train
from studio.training.events import Epoch, Finished, Started, Step
from studio.training.experiment import find_experiment
from studio.training.settings import TrainSettings

ACCURACY, MINUTES = 0.895, 10.0  # on the JPEG copy of CIFAR-10, on two cores
GPU_LIMIT = 1.1  # of the time that the public script needs on the same GPU


def settings(data: str, **values: Any) -> TrainSettings:
    """Of the recipe, on a copy of CIFAR-10."""
    (run,) = find_experiment("cifar10-fast").runs()
    return run.settings.change(data=data, **values)


def measure(data: str, root: Path | None) -> dict[str, Any]:
    """One whole run on the CPU."""
    found = _run(settings(data, device="cpu"), root)
    found |= {"accuracy_limit": ACCURACY, "minutes_limit": MINUTES}
    print(
        f"{100 * found['accuracy']:.2f} % (at least {100 * ACCURACY:.1f}; in one view "
        f"{100 * found['last_epoch_accuracy']:.2f} % of the validation part) in "
        f"{found['seconds'] / 60:.1f} minutes (at most {MINUTES:.0f}), of which "
        f"{found['training_seconds'] / 60:.1f} in steps",
        flush=True,
    )
    return found


def measure_gpu(data: str, root: Path | None, script: Path | None) -> dict[str, Any] | None:
    """A warm run on a GPU, plain and compiled, and the public script's own time."""
    if not torch.cuda.is_available():
        print("there is no GPU: left out")
        return None
    found: dict[str, Any] = {"device": torch.cuda.get_device_name()}
    for name, compiled in (("plain", False), ("compiled", True)):
        asked = settings(data, device="cuda", compiled=compiled)
        _run(asked.change(epochs=1), root)
        found[name] = row = _run(asked, root)
        print(
            f"{name:9} {100 * row['accuracy']:.2f} % in {row['seconds_after_ready']:.2f} s, of "
            f"which {row['training_seconds']:.2f} s in steps",
            flush=True,
        )
    if script is None:
        print("name the public script with --script to have it timed beside")
        return found
    theirs = _public(script)
    best = min(found[name]["seconds_after_ready"] for name in ("plain", "compiled"))
    found |= {"public_seconds": theirs, "ratio": round(best / theirs, 3), "limit": GPU_LIMIT}
    print(
        f"public    {theirs:.2f} s: {found['ratio']} times that (at most {GPU_LIMIT})", flush=True
    )
    return found


def _run(asked: TrainSettings, root: Path | None) -> dict[str, Any]:
    begun = ready = perf_counter()
    spent, accuracy, last, precision = 0.0, 0.0, 0.0, ""
    mark: float | None = None
    for event in train(asked, root):
        now = perf_counter()
        match event:
            case Preparing():
                continue
            case Started():
                ready = mark = now
                precision = event.precision
            case Step():
                spent += now - mark if mark else 0.0
                mark = now
            case Epoch():
                last, mark = event.validation_accuracy, None
                print(
                    f"epoch {event.epoch:2}: {100 * last:.2f} %, {event.seconds:.1f} s", flush=True
                )
            case Finished():
                accuracy = event.test_accuracy
    ended = perf_counter()
    return {
        "accuracy": accuracy,
        "last_epoch_accuracy": last,
        "seconds": round(ended - begun, 2),
        "seconds_after_ready": round(ended - ready, 2),
        "training_seconds": round(spent, 2),
        "precision": precision,
        "settings": asked.model_dump(mode="json"),
    }


def _public(script: Path) -> float:
    """Seconds of the last run that the script prints in the last column of its table."""
    command = [sys.executable, str(script)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = []
    for line in said.splitlines():
        last = line.strip().strip("|").rpartition("|")[2].strip()
        if line.startswith("|") and last.replace(".", "", 1).isdigit():
            times.append(float(last))
    if not times:
        raise RuntimeError(f"{script} printed no table with times")
    return times[-1]
