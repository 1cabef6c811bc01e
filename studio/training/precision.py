"""Whether mixed precision is faster here: measured once for each network, and remembered."""

import copy
import hashlib
import json
import platform
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio import paths
from studio.errors import StudioError
from studio.image.whole_file import write_bytes
from studio.training.sections import Precision

_WORTH = 1.1  # times as fast as full precision, or it isn't taken
_ROUNDS = 5
_MOST = 500  # networks that are remembered


def pick_precision(asked: Precision, module: nn.Module, batch: Tensor, device: str) -> str:
    """``full`` or ``mixed``; ``auto`` becomes what was measured to be faster on this machine.

    Parameters
    ----------
    batch : Tensor of float32, N x channels x height x width
        Such as the network will learn from, on the device.
    """
    if asked != "auto":
        return asked
    if device == "mps":
        return "full"
    key = _key(module, batch, device)
    known = _read()
    if key not in known:
        known[key] = _is_faster(module, batch, device)
        _write(known)
    return "mixed" if known[key] else "full"


def _is_faster(module: nn.Module, batch: Tensor, device: str) -> bool:
    """Both by turns, so that whatever else the machine does meets both; the least time counts."""
    trial = copy.deepcopy(module).train()
    best = {False: float("inf"), True: float("inf")}
    with torch.random.fork_rng([torch.cuda.current_device()] if device == "cuda" else []):
        for _ in range(_ROUNDS):
            for mixed in best:
                best[mixed] = min(best[mixed], _seconds(trial, batch, device, mixed))
    return best[False] > _WORTH * best[True]


def _seconds(module: nn.Module, batch: Tensor, device: str, mixed: bool) -> float:
    """The time of a step forwards and back, without an update."""
    begun = time.perf_counter()
    with torch.autocast(device, torch.bfloat16, enabled=mixed):
        answer = module(batch).flatten(1)
    target = torch.zeros(len(answer), dtype=torch.long, device=batch.device)
    torch.autograd.backward(functional.cross_entropy(answer.float(), target))
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def _key(module: nn.Module, batch: Tensor, device: str) -> str:
    machine = torch.cuda.get_device_name() if device == "cuda" else platform.processor()
    said = (
        *(torch.__version__, machine, torch.get_num_threads(), tuple(batch.shape)),
        repr(module),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _place() -> Path:
    return paths.cache() / "precision.json"


def _read() -> dict[str, bool]:
    try:
        found = json.loads(_place().read_text("utf-8"))
    except (OSError, ValueError):  # it isn't there yet, or is damaged: it is measured again
        return {}
    return found if isinstance(found, dict) else {}


def _write(known: dict[str, bool]) -> None:
    """Remember it where that is possible; a full disk only costs another measurement."""
    newest = dict(list(known.items())[-_MOST:])
    try:
        _place().parent.mkdir(parents=True, exist_ok=True)
        write_bytes(json.dumps(newest).encode(), _place())
    except (OSError, StudioError):
        return
