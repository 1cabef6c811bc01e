"""A small folder of pictures, and an inspector with a draft in it."""

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from studio.training.settings import TrainSettings
from studio.window.train.inspector import TrainInspector
from studio.window.train.runs import Run

COUNTS = {"ant": 30, "bee": 20, "cow": 10}


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Three classes of plain squares, and a file that is no picture."""
    root = tmp_path_factory.mktemp("animals")
    numbers = np.random.default_rng(0)
    for name, count in COUNTS.items():
        (root / name).mkdir()
        for number in range(count):
            made = np.full((12, 12, 3), numbers.integers(0, 256, 3), np.uint8)
            cv2.imwrite(str(root / name / f"{number}.png"), made)
    (root / "ant" / "torn.png").write_bytes(b"no picture")
    return root


@pytest.fixture
def of_folder(pictures):
    return TrainSettings(data="folder", folder=str(pictures), picture_size=12)


@pytest.fixture
def make_inspector(qtbot):
    """Gives an inspector in a window that edits a draft as the workspace does."""

    def make(settings=None, seen=True):
        window = QMainWindow()
        inspector = TrainInspector(settings or TrainSettings(), QAction("New run", window))
        inspector.kept = window
        window.setCentralWidget(inspector)
        qtbot.addWidget(window)
        inspector.draft = Run(1, settings or TrainSettings())
        inspector.edits, inspector.counts = [], []

        def edit(changed, words):
            inspector.edits.append(words)
            inspector.draft.settings = changed
            inspector.show_run(inspector.draft)

        inspector.changed.connect(edit)
        inspector.sweep_changed.connect(inspector.counts.append)
        inspector.show_run(inspector.draft)
        window.resize(320, 900)
        window.setVisible(seen)
        return inspector

    return make


@pytest.fixture
def inspector(make_inspector):
    return make_inspector()
