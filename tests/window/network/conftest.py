"""A window with the Network workspace, a tiny network and small pictures."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from studio.document import Document
from studio.image.picture import Picture
from studio.insight.maps import feature_maps
from studio.nets.layer import Size
from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.untrained import untrained
from studio.window.chrome.frame import MainWindow, Space
from studio.window.chrome.status import Status
from studio.window.job import running_jobs
from studio.window.network import look as network_look
from studio.window.network.space import NetworkSpace
from studio.window.session import Session

NETWORK = Network(
    name="tiny",
    title="Tiny",
    input=Size(3, 12, 12),
    classes=("cat", "dog", "owl"),
    layers=(
        {"kind": "conv", "filters": 6, "kernel": 3, "padding": 1},
        {"kind": "relu"},
        {"kind": "max_pool"},
        {"kind": "conv", "filters": 8, "kernel": 3},
        {"kind": "flatten"},
        {"kind": "dense", "units": 40},
        {"kind": "dense", "units": 3},
    ),
)
NAMES = ["input", "conv1", "relu1", "pool1", "conv2", "flatten1", "dense1", "dense2"]


def _tiny(seed=0, title="Tiny, letters"):
    model = untrained(NETWORK, seed)
    return Model(model.card.change(title=title), model.weights)


def _picture(seed=0, size=(60, 48)):
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)
    return Picture(pixels, name=f"noise-{seed}.png")


@pytest.fixture
def session():
    made = Session(Document(picture="coins", model="run:1"))
    made.add_model(_tiny())
    made.paste_picture(_picture())
    return made


class Studio:
    """A window with the workspace in it, and another one."""

    names = NAMES

    def __init__(self, qtbot, session, size=(1280, 800)):
        self.qtbot, self.session, self.status = qtbot, session, Status()
        self.space = NetworkSpace(session, self.status)
        self.window = MainWindow(
            session,
            [
                Space("other", "Other", "filter", QWidget(), Status()),
                Space(
                    "network",
                    "Network",
                    "network",
                    self.space,
                    self.status,
                    self.space.menu_actions,
                ),
            ],
        )
        qtbot.addWidget(self.window)
        self.window.resize(*size)
        self.window.show()
        qtbot.waitExposed(self.window)

    def open(self):
        self.window.show_space("network")
        self.settle()
        return self

    def settle(self):
        """Wait until the look is the document's."""
        self.qtbot.waitUntil(self.is_settled)

    def is_settled(self):
        look, entry = self.space.look, self.space.toolbar.entry
        return (
            not self.space._latest.is_busy
            and look is not None
            and look.reference == entry.reference
            and look.picture is self.session.picture
        )

    def choose(self, name):
        self.space.sight.choose_row(NAMES.index(name))
        self.rest()

    def expected(self):
        """The maps, computed by hand."""
        model = self.session.find_model(self.session.document.model)
        values = model.card.preprocessing.apply(self.session.picture)
        return {"input": values, **feature_maps(model, values)}

    @property
    def grid(self):
        return self.space.maps.grid

    @property
    def inspector(self):
        self.rest()
        return self.space.inspector

    @property
    def field(self):
        return self.inspector.page("field")

    def rest(self):
        """Wait until the inspector's words are those of the unit in sight."""
        self.qtbot.waitUntil(lambda: not self.space.sight.is_settling)

    def shown(self):
        """Title and value in the inspector."""
        head = self.inspector.unit.head
        return head.title.text(), head.caption.text()

    def place_of(self, index, y, x):
        box, rows = self.grid.box_of(index), self.space.sight.row.output
        down, across = box.height() / rows.height, box.width() / rows.width
        return QPointF(box.left() + (x + 0.5) * across, box.top() + (y + 0.5) * down).toPoint()

    def press(self, index, y, x):
        """Press the mouse on a unit of a map."""
        place = self.place_of(index, y, x)
        QTest.mousePress(self.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def agrees_on(self, name):
        """Table, blocks, maps and inspector show the same layer."""
        space, row = self.space, NAMES.index(name)
        title = space.sight.rows[row].title
        assert space.sight.number == row
        assert space.editor.table.view.currentIndex().row() == row
        assert space.maps.head.title.text() == title
        assert self.inspector.layer.head.title.text() == title
        with_block = ["input", "conv1", "pool1", "conv2", "dense1", "dense2"]
        above = [one for one in with_block if NAMES.index(one) <= row]
        assert space.body.blocks.strip.current == len(above) - 1


@pytest.fixture
def tiny():
    """Makes the tiny network's model, from a seed."""
    return _tiny


@pytest.fixture
def some_picture():
    """Makes a picture of noise, from a seed."""
    return _picture


def _is_about_unit(job):
    return any(word in job.name for word in ("field", "Adding up", "kernels"))


@pytest.fixture
def make_studio(qtbot, session):
    """Opens a window of some size, at another workspace."""
    made = []

    def make(size=(1280, 800)):
        made.append(Studio(qtbot, session, size))
        return made[-1]

    yield make
    for studio in made:
        if isValid(studio.window):
            studio.window.close()  # nobody waits for what is being found out about a unit
    qtbot.waitUntil(lambda: not [job for job in running_jobs() if _is_about_unit(job)])


@pytest.fixture
def studio(make_studio):
    return make_studio().open()


@pytest.fixture
def held(monkeypatch):
    """Holds the computation of maps until it is let go."""
    gate, began = threading.Event(), threading.Event()
    real = network_look.feature_maps

    def wait(*given, **named):
        began.set()
        assert gate.wait(10)
        return real(*given, **named)

    monkeypatch.setattr(network_look, "feature_maps", wait)
    yield gate, began
    gate.set()
