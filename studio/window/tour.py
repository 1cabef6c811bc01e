"""The whole main job without a person: every workspace at work, photographed and measured."""

import json
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QEventLoop,
    QMessageLogContext,
    QPoint,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.errors import StudioError
from studio.image.whole_file import write_bytes
from studio.window.app import create_app
from studio.window.assembly import Studio, first_document
from studio.window.chrome import theme
from studio.window.job import leave, running_jobs
from studio.window.lateness import TimerLateness
from studio.window.session import Session

SIZES = ((1024, 700), (1280, 800), (1920, 1080))
SCHEMES: tuple[theme.Choice, ...] = ("light", "dark")
EPOCHS = 5
LEARNING_RATES = (0.005, 0.05)  # the better one last: it is what the pictures show
_PATIENCE = 150.0  # seconds for one part
_LIBRARIES = ("PySide6-Essentials", "pyqtgraph", "numpy", "opencv-python-headless", "torch")


def run_tour(folder: Path) -> int:
    """Do the main job in the real window, and leave pictures and ``report.json`` in a folder.

    Returns
    -------
    int
        The exit status: 0 when every part came to its end.

    Raises
    ------
    StudioError
        When a part doesn't end, or the folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise StudioError(f"the folder {folder} can't be made: {refusal.strerror}") from None
    with tempfile.TemporaryDirectory() as settings:
        # A person's own window keeps its size, its theme and its folders.
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        status = _Tour(folder).run()
    return leave(status)


def _quiet(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on, but for the one that a platform without windows says at every turn."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


class _Tour:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures: list[str] = []
        self._began = perf_counter()
        qInstallMessageHandler(_quiet)
        self._app = create_app()
        self._studio = Studio(Session(first_document()))
        self._window = self._studio.window
        self._window.show()
        QApplication.processEvents()
        self._opened = perf_counter() - self._began

    def run(self) -> int:
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "filter": self._filter,
            "network": self._network,
            "train": self._train,
            "classify": self._classify,
        }
        report: dict[str, Any] = {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "studio": __version__,
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in _LIBRARIES},
            "window_seconds": round(self._opened, 3),
        }
        for name, work in parts.items():
            print(f"{name} …", flush=True)
            self._window.show_space(name)
            report[name] = work()
            self._photograph(name)
        report["device"] = self._studio.session.compute_device
        report["seconds"] = round(perf_counter() - self._began, 1)
        report["pictures"] = self._pictures
        text = json.dumps(report, indent=2, ensure_ascii=False)
        write_bytes(f"{text}\n".encode(), self._folder / "report.json")
        print(f"{self._folder}: {len(self._pictures)} pictures and report.json")
        self._window.close()
        return 0

    # The parts

    def _filter(self) -> dict[str, Any]:
        space = self._studio.filter
        self._wait("the filtered picture", lambda: space.renderer.is_filled and self._is_quiet())
        assert space.result is not None
        result = space.result
        facts, pixels = result.survey.facts(), result.evaluation.whole()
        return {
            "picture": self._studio.session.picture.words,
            "chain": [step.filter.title for step in result.chain.steps],
            "milliseconds": facts.milliseconds and round(facts.milliseconds, 2),
            "lowest": float(pixels.min()),
            "highest": float(pixels.max()),
        }

    def _network(self) -> dict[str, Any]:
        session, space = self._studio.session, self._studio.network
        session.edit("Tour", session.document.change(model="convnet-cifar10", picture="cat"))
        self._wait("the feature maps", self._is_quiet)
        look = space.look
        if look is None:
            raise StudioError("the tour found no feature maps in the Network workspace")
        names = [row.name for row in look.rows]
        space.sight.choose_row(names.index("relu2"))
        maps = look.maps["relu2"]
        strongest = np.unravel_index(maps.argmax(), maps.shape)
        space.sight.choose_unit(*(int(place) for place in strongest))
        return {
            "model": look.reference,
            "layers": len(look.rows) - 1,
            "weights": sum(row.weights for row in look.rows),
            "milliseconds": round(look.milliseconds, 1),
        }

    def _train(self) -> dict[str, Any]:
        """Two runs that differ in their learning rate; the window's timer runs beside both."""
        late = TimerLateness()
        runs = [self._train_once(rate, late) for rate in LEARNING_RATES]
        return {
            "runs": runs,
            "window_ticks": len(late),
            "window_late_ms_99th": round(late.percentile(99), 2),
            "window_late_ms_most": round(late.maximum, 2),
        }

    def _train_once(self, rate: float, late: TimerLateness) -> dict[str, Any]:
        session, space = self._studio.session, self._studio.train
        settings = session.document.training.change(
            data="glyphs", network="lenet5", epochs=EPOCHS, learning_rate=rate, seed=0
        )
        session.edit("Tour", session.document.change(training=settings))
        space.start()
        run = space.run
        run.started.connect(late.resume)
        self._wait("the end of the training", lambda: space.active is None)
        late.stop()
        if run.error is not None:
            raise run.error
        history = run.history
        assert history.started is not None
        return {
            "settings": history.started.settings,
            "device": history.started.device,
            "test_accuracy": history.test_accuracy,
            "seconds": round(history.seconds, 2),
            "pictures_per_second": round(history.speed),
        }

    def _classify(self) -> dict[str, Any]:
        self._wait("the answers", self._is_quiet)
        self._draw_three()
        self._wait("the digit that was drawn", self._is_quiet)
        return {
            row.source.name: [
                {"class": answer.class_name, "probability": round(answer.probability, 4)}
                for answer in row.answers
            ]
            for row in self._studio.classify.rows.rows
        }

    def _draw_three(self) -> None:
        """Draw a digit as the mouse would: two open bows."""
        paper = self._studio.classify.pad.paper
        side = paper.width()
        turn = np.linspace(-2.6, 1.57, 24)
        upper = np.stack([0.48 + 0.18 * np.cos(turn), 0.34 + 0.17 * np.sin(turn)], axis=1)
        lower = np.stack([0.48 + 0.21 * np.cos(-turn), 0.68 + 0.19 * np.sin(-turn)], axis=1)
        places = [QPoint(round(x * side), round(y * side)) for x, y in [*upper, *lower[::-1]]]
        QTest.mousePress(paper, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(paper, place)
        QTest.mouseRelease(paper, Qt.MouseButton.LeftButton, pos=places[-1])

    # Waiting and photographing

    def _is_quiet(self) -> bool:
        return not running_jobs()

    def _wait(self, what: str, is_there: Callable[[], bool]) -> None:
        """Let the window live until something is there."""
        loop = QEventLoop()
        look = QTimer(interval=20, timerType=Qt.TimerType.PreciseTimer)
        look.timeout.connect(lambda: loop.quit() if is_there() else None)
        end = QTimer(singleShot=True, interval=int(_PATIENCE * 1000))
        end.timeout.connect(loop.quit)
        look.start()
        end.start()
        loop.exec()
        if not is_there():
            raise StudioError(f"the tour waited {_PATIENCE:.0f} s for {what} in vain")

    def _photograph(self, name: str) -> None:
        for width, height in SIZES:
            self._window.resize(width, height)
            for scheme in SCHEMES:
                theme.theme().choose(scheme)
                self._wait("the window to come to rest", self._is_quiet)
                self._rest()
                target = self._folder / f"{name}-{width}x{height}-{scheme}.png"
                image = self._window.grab().toImage()
                if not image.save(str(target)):
                    raise StudioError(f"{target} can't be written")
                self._pictures.append(target.name)

    def _rest(self) -> None:
        """Let sections slide, charts lay themselves out, and what is delayed arrive."""
        loop = QEventLoop()
        QTimer.singleShot(250, loop.quit)
        loop.exec()
