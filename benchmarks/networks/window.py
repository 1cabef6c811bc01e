"""The Network workspace in a window: a grid drawn, frames looked at, pictures that follow fast."""

import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import numpy as np

from benchmarks.filters.pictures import photo
from benchmarks.studio_window import StudioWindow

GRID_LIMIT, RATE_LIMIT, BLOCK_LIMIT = 50.0, 25.0, 16.0
_SECONDS = 6.0
_SIZE = (480, 640)


class Workspace(StudioWindow):
    """The Network workspace."""

    def __init__(self, folder: str) -> None:
        from studio.document import Document

        super().__init__(folder, Document(), "network")
        self.space = self.studio.network

    def choose(self, model: str) -> None:
        self.session.edit("model", self.session.document.change(model=model))
        self.settle()
        if self.space.look is None:
            raise RuntimeError(f"there are no maps of {model}")


def measure_grid(rounds: int) -> list[dict[str, Any]]:
    """From arrays to a grid that is painted whole, in as many paintings as that takes."""
    from studio.nets.layer import Size
    from studio.nets.row import Row
    from studio.window.network.maps_panel import MapsPanel

    rows = []
    for count, side in ((512, 14), (512, 28), (64, 224), (2048, 7)):
        panel = MapsPanel()
        panel.resize(500, 560)
        panel.show()
        random = np.random.default_rng(0)
        row = Row("relu", "relu", "ReLU", "", Size(count, side, side), 0, 0, (1, 1), (1, 1), (0, 0))
        taken = []
        for _ in range(rounds + 1):
            maps = np.maximum(random.normal(size=(count, side, side)), 0).astype(np.float32)
            started = perf_counter()
            panel.grid.set_maps(maps)
            panel.show_maps(row, maps)
            panel.grid.grab()
            while not panel.grid.is_painted:
                panel.grid.grab()
            taken.append(1000 * (perf_counter() - started))
        median = float(np.median(taken[1:]))
        rows.append(
            {"maps": count, "side": side, "ms": round(median, 1), "ms_most": round(max(taken), 1)}
        )
        print(
            f"{count:>5} maps of {side:>3}x{side:<3} drawn in {median:>6.1f} ms "
            f"(most {max(taken):.1f}; limit {GRID_LIMIT if count == 512 else '-'})",
            flush=True,
        )
        panel.close()
    return rows


def measure_live(workspace: Workspace, model: str, layer: str, film: str) -> dict[str, Any]:
    """Frames a second that are looked at and drawn, of a film that gives 60."""
    space = workspace.space
    workspace.choose(model)
    space.sight.choose_name(layer)
    shown: list[float] = []
    space.sight.look_changed.connect(lambda: shown.append(perf_counter()))
    space.live.actions.loop.setChecked(True)
    space.open_camera(film)
    workspace.wait(1.0)
    shown.clear()
    workspace.late.start()
    workspace.wait(_SECONDS)
    workspace.late.stop()
    rate = len(shown) / _SECONDS
    space.live.close()
    workspace.settle()
    row = {
        "model": model,
        "layer": layer,
        "frames_per_second": round(rate, 1),
        "limit": RATE_LIMIT,
        "late_ms_99th": round(workspace.late.percentile(99), 1),
        "late_ms_most": round(workspace.late.maximum, 1),
    }
    print(
        f"{model:18} {layer:8} {rate:>5.1f} frames/s (at least {RATE_LIMIT:.0f}), window late by "
        f"{row['late_ms_99th']} ms (99th percentile), {row['late_ms_most']} at most",
        flush=True,
    )
    return row


def measure_changes(workspace: Workspace, model: str, rounds: int) -> dict[str, Any]:
    """Pictures that follow each other before the maps of the last one are there."""
    from studio.image.picture import Picture

    workspace.choose(model)
    pictures = [Picture(photo(*_SIZE) // (1 + n), name=f"{n}.png") for n in range(3)]
    taken = []
    workspace.late.start()
    for _ in range(rounds):
        for picture in pictures:
            workspace.session.paste_picture(picture)
            workspace.wait(0.02)
        asked = perf_counter()
        workspace.settle()
        look = workspace.space.look
        assert look is not None
        assert look.picture is workspace.session.picture
        taken.append(1000 * (perf_counter() - asked))
    for number in range(len(workspace.space.sight.rows)):
        workspace.space.sight.choose_row(number)
        workspace.wait(0.03)
    workspace.settle()
    workspace.late.stop()
    row = {
        "model": model,
        "last_picture_ms": round(float(np.median(taken)), 1),
        "late_ms_99th": round(workspace.late.percentile(99), 1),
        "late_ms_most": round(workspace.late.maximum, 1),
        "limit": BLOCK_LIMIT,
    }
    print(
        f"{model:26} three pictures in a row, then every layer: window late by "
        f"{row['late_ms_99th']} ms (99th percentile), {row['late_ms_most']} at most "
        f"(limit {BLOCK_LIMIT:.0f})",
        flush=True,
    )
    return row


def measure(rounds: int) -> dict[str, Any]:
    """All of it."""
    from studio.window.job import stop_all

    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(folder)
        film = _film(Path(folder))
        found = {
            "grid": measure_grid(rounds),
            "live": [
                measure_live(workspace, model, layer, film)
                for model, layer in (("lenet5-mnist", "relu1"), ("convnet-cifar10", "relu2"))
            ],
            "changes": [
                measure_changes(workspace, model, rounds)
                for model in ("convnet-cifar10", "torchvision:vgg16:untrained")
            ],
        }
        workspace.studio.window.close()
        stop_all(10)
    return found


def _film(folder: Path) -> str:
    """Two seconds of a picture that moves, 60 frames a second."""
    path = folder / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 60.0, (_SIZE[1], _SIZE[0]))
    picture = photo(*_SIZE)
    for number in range(120):
        writer.write(np.ascontiguousarray(np.roll(picture, 4 * number, axis=1)[..., ::-1]))
    writer.release()
    return str(path)
