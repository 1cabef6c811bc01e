"""Choosing published networks, and files of weights that don't say what they are for."""

import threading

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from shiboken6 import isValid

from studio.document import Document, file_of, weights_as
from studio.errors import ModelError
from studio.nets import published_weights
from studio.nets.published_names import KNOWN
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS
from studio.window.job import running_jobs
from studio.window.network.foreign.choosing import ArchitectureDialog, ModelOpening
from studio.window.network.models import entries
from studio.window.network.published import dialog as published_dialog
from studio.window.network.published.dialog import PublishedDialog
from studio.window.network.published.offers import ACCURACY, FILE, WEIGHTS, Published
from studio.window.session import Session

OFFERS = {
    "resnet18": Published(0.69758, 44.7, True, "As in the paper."),
    "resnet50": Published(0.80858, 97.8, False, "A new recipe."),
}


class Download:
    """Stands for a download: it halts at every step until it is let go."""

    def __init__(self):
        self.asked, self.steps, self.closed = [], threading.Semaphore(0), False
        self.error = None

    def __call__(self, name):
        self.asked.append(name)
        try:
            for fraction in (None, 0.5, 1.0):
                yield fraction
                assert self.steps.acquire(timeout=10)
            if self.error:
                raise self.error
        finally:
            self.closed = True


@pytest.fixture
def download(monkeypatch):
    made = Download()
    monkeypatch.setattr(published_weights, "fetch_published", made)
    yield made
    for _ in range(5):
        made.steps.release()


@pytest.fixture
def parent(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(qtbot, monkeypatch, download, parent):
    monkeypatch.setattr(published_dialog, "find_offers", lambda: OFFERS)
    made = PublishedDialog(parent)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    qtbot.waitUntil(lambda: bool(made.offers.offers))
    yield made
    if isValid(made):
        made.close()


def titles(dialog):
    return [dialog.shown.index(row, 0).data() for row in range(dialog.shown.rowCount())]


def line(dialog, name):
    row = dialog.shown.row_of(name)
    return [dialog.shown.index(row, column).data() for column in range(5)]


def test_all_are_listed_with_what_is_known(dialog):
    assert len(titles(dialog)) == len(KNOWN) == 80
    assert line(dialog, "resnet18") == ["ResNet-18", "11.7 M", "224 × 224", "69.8 %", "downloaded"]
    assert line(dialog, "resnet50")[FILE] == "98 MB"
    assert line(dialog, "vgg16")[ACCURACY] == ""  # nothing is offered for it here


def test_numbers_are_sorted_as_numbers(dialog):
    found = [title for title in titles(dialog) if title.startswith("ResNet-")]
    assert found == ["ResNet-18", "ResNet-34", "ResNet-50", "ResNet-101", "ResNet-152"]
    dialog.view.sortByColumn(WEIGHTS, Qt.SortOrder.DescendingOrder)
    assert titles(dialog)[0] == "RegNetY 128 GF"


@pytest.mark.parametrize(
    ("text", "count"),
    [("resnet", 7), ("res net 50", 2), ("ResNet-18", 1), ("vgg16_bn", 1), ("?", 0)],
)
def test_search_looks_at_titles_and_names(dialog, text, count):
    dialog.search.setText(text)
    assert len(titles(dialog)) == count
    assert dialog.button.isEnabled() == (count > 0)


def test_what_is_downloaded_is_used_and_the_rest_says_how_large_it_is(dialog):
    dialog.choose("resnet18")
    assert dialog.button.text() == "Use"
    dialog.choose("resnet50")
    assert dialog.button.text() == "Download 98 MB and use"
    assert "A new recipe." in dialog.words.text()


def test_a_download_shows_its_progress_and_then_gives_the_model(dialog, download, qtbot):
    dialog.choose("resnet50")
    dialog.button.click()
    assert dialog.is_busy
    assert not dialog.button.isEnabled()
    download.steps.release()
    qtbot.waitUntil(lambda: dialog.progress.value() == 500)
    said = []
    dialog.chosen.connect(said.append)
    with qtbot.waitSignal(dialog.accepted):
        download.steps.release()
        download.steps.release()
    assert download.asked == ["resnet50"]
    assert said == ["torchvision:resnet50"]


def test_cancel_stops_the_download_and_keeps_the_dialog(dialog, download, qtbot):
    dialog.choose("resnet50")
    dialog.button.click()
    qtbot.waitUntil(lambda: bool(download.asked))
    dialog.cancel.click()
    download.steps.release()
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert download.closed
    assert dialog.isVisible()
    assert dialog.button.isEnabled()
    with qtbot.waitSignal(dialog.rejected):
        dialog.cancel.click()


def test_closing_stops_the_download(dialog, download, qtbot):
    dialog.choose("resnet50")
    dialog.button.click()
    qtbot.waitUntil(lambda: bool(download.asked))
    dialog.reject()
    download.steps.release()
    qtbot.waitUntil(lambda: download.closed)


def test_no_connection_is_said_and_can_be_tried_again(dialog, download, qtbot):
    download.error = ModelError("the weights can't be downloaded: no connection", "Put it there")
    for _ in range(3):
        download.steps.release()
    dialog.choose("resnet50")
    dialog.button.click()
    qtbot.waitUntil(lambda: not dialog.error.isHidden())
    assert dialog.error.text() == "The weights can't be downloaded: no connection. Put it there."
    assert dialog.button.isEnabled()
    assert dialog.isVisible()


def test_random_weights_need_no_download(dialog, download, qtbot):
    dialog.choose("vgg16")
    with qtbot.waitSignal(dialog.chosen) as said:
        dialog.random.click()
    assert said.args == ["torchvision:vgg16:untrained"]
    assert not download.asked


@pytest.mark.parametrize(
    ("reference", "words", "is_trained"),
    [
        ("torchvision:resnet18", "torchvision", True),
        ("torchvision:resnet18:untrained", "torchvision, untrained", False),
    ],
)
def test_the_list_names_a_published_network(qtbot, reference, words, is_trained):
    session = Session(Document(model=reference))
    found = {entry.reference: entry for group in entries(session, ()) for entry in group}
    entry = found[reference]
    assert (entry.title, entry.words, entry.is_trained) == ("ResNet-18", words, is_trained)


# Files


@pytest.fixture
def weights(tmp_path):
    """Writes the weights of networks of the zoo, without anything that says what they are."""

    def write(*names):
        state = {
            key: torch.tensor(array)
            for name in names
            for key, array in untrained(NETWORKS[name]).weights.items()
        }
        torch.save(state, tmp_path / "w.pt")
        return tmp_path / "w.pt"

    return write


@pytest.fixture
def opening(parent, qtbot):
    yield ModelOpening(parent)
    qtbot.waitUntil(lambda: not running_jobs())


def test_weights_that_fit_one_network_are_opened_at_once(opening, weights, qtbot):
    path = weights("mlp")
    with qtbot.waitSignal(opening.chosen) as said:
        opening.open(path)
    assert said.args == [str(path)]
    assert opening.dialog is None


def test_weights_that_fit_none_ask_for_one(opening, tmp_path, qtbot):
    torch.save({"a.weight": torch.zeros(2, 2)}, tmp_path / "w.pt")
    opening.open(tmp_path / "w.pt")
    qtbot.waitUntil(lambda: opening.dialog is not None)
    dialog = opening.dialog
    assert any("fit no known network" in one.text() for one in dialog.findChildren(QLabel))
    dialog.search.setText("lenet-5")
    with qtbot.waitSignal(opening.chosen) as said:
        dialog._use()
    assert file_of(said.args[0]) == (str(tmp_path / "w.pt"), "lenet5")


def test_several_that_fit_are_listed(qtbot, parent):
    dialog = ArchitectureDialog(parent, "w.pt", ("mlp", "lenet5"))
    assert [dialog.list.item(n).text().split()[-1] for n in range(2)] == ["mlp", "lenet5"]
    dialog.list.setCurrentRow(1)
    with qtbot.waitSignal(dialog.chosen) as said:
        dialog._use()
    assert said.args == ["lenet5"]


def test_a_file_that_is_no_model_is_explained(opening, tmp_path, qtbot):
    (tmp_path / "x.pt").write_bytes(b"nothing of the kind")
    with qtbot.waitSignal(opening.failed) as said:
        opening.open(tmp_path / "x.pt")
    assert "x.pt is not a model" in str(said.args[0])


def test_the_session_reads_weights_as_the_architecture_that_was_chosen(weights, qtbot):
    reference = weights_as("mlp", weights("mlp"))
    session = Session(Document(model=reference))
    assert session.find_model(reference).card.network.layers == NETWORKS["mlp"].layers
    found = {entry.reference: entry for group in entries(session, ()) for entry in group}
    assert (found[reference].title, found[reference].words) == ("w.pt", "mlp")
