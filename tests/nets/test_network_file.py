"""Networks in files of their own, damaged ones and those of cards and documents included."""

import json

import pytest

from studio.document import Document, save_document
from studio.errors import DocumentError
from studio.nets.model import save_model
from studio.nets.network_file import MOST_LAYERS, load_network, save_network
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS


@pytest.fixture
def file(tmp_path):
    """Writes values as a network's file, with some of them changed."""

    def write(**changes):
        values = {"format": 1, **NETWORKS["lenet5"].model_dump(mode="json")} | changes
        path = tmp_path / "net.json"
        path.write_text(json.dumps(values), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", NETWORKS)
def test_saved_and_loaded_is_the_same(tmp_path, name):
    save_network(NETWORKS[name], tmp_path / "n.json")
    assert load_network(tmp_path / "n.json") == NETWORKS[name]


def test_a_card_s_network_is_found(tmp_path):
    save_model(untrained(NETWORKS["lenet5"]), tmp_path / "m")
    assert load_network(tmp_path / "m.json") == NETWORKS["lenet5"]


def test_a_document_s_network_is_found(tmp_path):
    save_document(Document(network=NETWORKS["mlp"]), tmp_path / "d.json")
    assert load_network(tmp_path / "d.json") == NETWORKS["mlp"]


def test_a_document_without_one_is_refused(tmp_path):
    save_document(Document(), tmp_path / "d.json")
    with pytest.raises(DocumentError, match=r"d\.json is a document without a network of its own"):
        load_network(tmp_path / "d.json")


def test_layers_that_do_not_fit_are_kept(file):
    kinds = [{"kind": "dense", "units": 3}]
    assert load_network(file(layers=kinds)).problems()[0].message.startswith("a dense layer needs")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layers": [{"kind": "conv"}, {"kind": "cov"}]}, "layer 2: there is no kind of layer"),
        ({"layers": [{"kind": "conv", "kernel": 0}]}, "layer 1, conv: kernel can't be 0"),
        ({"layers": "conv"}, "must be a list"),
        ({"layers": [{"kind": "relu"}] * (MOST_LAYERS + 1)}, "are too many"),
        ({"input": [3, "x", 32]}, "three whole numbers"),
        ({"input": [3, 0, 32]}, "is no possible size"),
        ({"classes": 3}, "a list of names"),
        ({"depth": 3}, "there is no setting 'depth'"),
        ({"format": 2}, "newer studio"),
    ],
)
def test_what_is_wrong_is_named(file, changes, said):
    with pytest.raises(DocumentError, match=r"net\.json") as caught:
        load_network(file(**changes))
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ['{"format": 1}', '{"format": 1, "network": 3}', "[1]", "{"])
def test_what_is_no_network_is_refused(tmp_path, text):
    (tmp_path / "n.json").write_text(text)
    with pytest.raises(DocumentError, match=r"n\.json"):
        load_network(tmp_path / "n.json")
