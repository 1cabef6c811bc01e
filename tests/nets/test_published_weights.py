"""Weights of torchvision: from the cache, downloaded from a server here, and refused."""

import dataclasses
import hashlib
import http.server
import os
import pickle
import threading
import time

import numpy as np
import pytest
import torch
from torchvision.models import get_model, squeezenet1_1

from studio.errors import ModelError, NetworkError
from studio.nets import published_offers, published_weights
from studio.nets.model import load_model
from studio.nets.published import PUBLISHED, published
from studio.nets.published_offers import offer, offers
from studio.nets.published_state import settled
from studio.nets.published_weights import fetch_published, load_published

NAME = "squeezenet1_1"
BLOCK = 2**16


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(1)
    return squeezenet1_1().eval()


@pytest.fixture(scope="module")
def data(module, tmp_path_factory):
    return packed(module.state_dict(), tmp_path_factory)


def packed(state, folder):
    path = folder.mktemp("packed") / "file.pth"
    torch.save(state, path)
    return path.read_bytes()


class Server:
    """Serves some bytes at every address: all of them, too few, or slowly."""

    def __init__(self):
        self.data, self.short, self.slow, self.requests = b"", 0, False, 0
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.requests += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(server.data)))
                self.end_headers()
                sent = server.data[: len(server.data) - server.short]
                for start in range(0, len(sent), BLOCK):
                    self.wfile.write(sent[start : start + BLOCK])
                    if server.slow and server.ended.wait(0.05):
                        return

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        self.ended = threading.Event()
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._http.server_port}"

    def close(self):
        self.ended.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def offered(monkeypatch):
    """Make torchvision's offer one of these bytes at that address."""
    real = offer(NAME)

    def make(data, address="https://nowhere.invalid", digest=None):
        digest = digest or hashlib.sha256(data).hexdigest()
        changed = dataclasses.replace(
            real, url=f"{address}/net-{digest[:8]}.pth", megabytes=len(data) / 2**20
        )
        monkeypatch.setattr(published_offers, "offers", lambda _: (changed,))
        return changed

    return make


def put(cache, chosen, data):
    cache.mkdir(parents=True)
    chosen.path.write_bytes(data)
    assert chosen.is_cached


def refused(message, name=NAME):
    with pytest.raises(ModelError, match=message) as caught:
        load_published(name)
    return caught.value


def left(cache):
    return sorted(path.name for path in cache.iterdir()) if cache.exists() else []


def test_a_file_in_the_cache_needs_no_network(cache, data, module, offered):
    put(cache, offered(data), data)
    model = load_published(NAME)
    values = torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        assert torch.equal(model.module()(values), module(values))
    assert (len(model.card.classes), model.card.classes[0]) == (1000, "tench")
    assert model.card.preprocessing.share == 224 / 256
    assert model.card.test_accuracy == pytest.approx(0.58178)
    assert "github.com/pytorch" in model.card.trained.text


def test_a_download_is_kept_for_the_next_time(cache, data, offered, server):
    chosen = offered(data, server.address)
    server.data = data
    fractions = []
    model = load_published(NAME, progress=fractions.append)
    assert fractions[-1] is None
    assert all(fraction is None or 0 <= fraction <= 1 for fraction in fractions)
    assert left(cache) == [chosen.path.name]
    again = load_model(f"torchvision:{NAME}")
    assert server.requests == 1
    name = "features.0.weight"
    np.testing.assert_array_equal(again.weights[name], model.weights[name])


@pytest.mark.parametrize("how", ["cancelled", "closed"])
def test_a_stop_in_the_middle_leaves_nothing(how, cache, data, offered, server):
    offered(data, server.address)
    server.data, server.slow = data, True
    last = []

    def is_enough():
        return bool(last and last[-1] and last[-1] > 0.1)

    begun = time.monotonic()
    if how == "cancelled":
        with pytest.raises(ModelError, match="was cancelled"):
            load_published(NAME, progress=last.append, cancelled=is_enough)
    else:
        fetching = fetch_published(NAME)
        for fraction in fetching:
            last.append(fraction)
            if is_enough() or time.monotonic() > begun + 20:
                break
        fetching.close()
    assert last[-1] < 1
    assert left(cache) == []


def test_a_wrong_hash(cache, data, offered, server):
    offered(data, server.address, digest="0" * 64)
    server.data = data
    refused("its SHA-256 begins with .*, not 00000000")
    assert left(cache) == []


def test_a_wrong_file_in_the_cache_is_named(cache, data, offered):
    chosen = offered(data)
    put(cache, chosen, data[:-1] + b"x")
    assert str(chosen.path) in refused("damaged or another file").remedy


def test_offline_is_said_with_a_way_out(cache, data, offered, monkeypatch):
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")  # nobody listens there
    chosen = offered(data)
    error = refused("no connection")
    assert chosen.url in error.remedy
    assert str(cache) in error.remedy
    assert left(cache) == []


def test_a_connection_that_ends_early(cache, data, offered, server):
    offered(data, server.address)
    server.data, server.short = data, 1000
    refused("no connection")
    assert left(cache) == []


def test_more_than_declared_is_not_taken(cache, data, offered, server):
    offered(data, server.address)
    server.data = data + bytes(2**21)
    refused("larger than the .* bytes it should have")
    assert left(cache) == []


def test_a_folder_that_cannot_be_made(tmp_path, data, offered):
    (tmp_path / "torch").write_bytes(b"a file")
    offered(data)
    assert "TORCH_HOME" in refused("can't be kept in").remedy


class Hostile:
    def __reduce__(self):
        return os.system, ("touch executed",)


def test_what_is_not_its_weights_is_refused(
    cache, module, offered, tmp_path, tmp_path_factory, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    state = module.state_dict()
    key = "features.0.bias"
    wrong = {
        "values that are not finite": state | {key: torch.full_like(state[key], torch.nan)},
        f"{key} is 3, not 64": state | {key: torch.zeros(3)},
        "more is missing|is missing": {name: state[name] for name in list(state)[:-1]},
        "extra belongs to no layer": state | {"extra": torch.zeros(1)},
        "holds code": state | {key: Hostile()},
    }
    cache.mkdir(parents=True)
    for message, content in wrong.items():
        data = packed(content, tmp_path_factory)
        chosen = offered(data)
        chosen.path.write_bytes(data)
        refused(message)
    plain = pickle.dumps(Hostile())
    chosen = offered(plain)
    chosen.path.write_bytes(plain)
    refused("pickle")
    assert not (tmp_path / "executed").exists()


def test_unknown_weights_are_named():
    with pytest.raises(ModelError, match="no weights 'V9' for resnet50") as caught:
        load_model("torchvision:resnet50:V9")
    assert "IMAGENET1K_V1" in caught.value.remedy
    with pytest.raises(ModelError, match="no classifier 'resnet5'"):
        load_model("torchvision:resnet5")
    with pytest.raises(NetworkError, match="no classifier"):
        offers("nothing")


def test_untrained_needs_no_file():
    model = load_model(f"torchvision:{NAME}:untrained")
    assert len(model.card.classes) == 1000
    assert model.card.network.state() == published(NAME).state()


def test_all_offers_are_complete():
    for name in PUBLISHED:
        found = offers(name)
        assert [one.is_default for one in found] == [True] + [False] * (len(found) - 1)
        for one in found:
            assert len(one.classes) == 1000
            assert 0.5 < one.accuracy < 0.9
            assert published_weights._HASH.search(one.url)
            assert one.url.startswith("https://")
            assert one.preprocessing.size[0] <= round(
                one.preprocessing.size[0] / one.preprocessing.share
            )


def test_large_vision_transformers_have_a_licence():
    assert "SWAG" in offer("vit_h_14").licence


def test_earlier_names_are_todays():
    old = ["features.denseblock1.denselayer1.norm.1.weight", "features.norm0.weight"]
    assert list(settled(dict.fromkeys(old), "densenet121")) == [
        "features.denseblock1.denselayer1.norm1.weight",
        "features.norm0.weight",
    ]
    old = ["encoder.layers.encoder_layer_0.mlp.linear_2.bias"]
    assert list(settled(dict.fromkeys(old), "vit_b_16")) == [
        "encoder.layers.encoder_layer_0.mlp.3.bias"
    ]


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_auxiliary_classifiers_are_left_out(name):
    """And the network then says the same: torch's own one maps the range by itself."""
    torch.manual_seed(2)
    own = get_model(name, aux_logits=True, transform_input=True, init_weights=False).eval()
    state = settled(own.state_dict(), name)
    network = published(name)
    assert list(state) == list(network.state())
    chosen = offer(name)
    module = network.module().eval()
    module.load_state_dict(state)
    picture = torch.rand(1, 3, *chosen.preprocessing.size)
    mean, std = (
        torch.tensor(each).view(1, 3, 1, 1)
        for each in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    )
    ours = torch.tensor(chosen.preprocessing.mean).view(1, 3, 1, 1)
    with torch.inference_mode():
        torch.testing.assert_close(
            module((picture - ours) / ours), own((picture - mean) / std), rtol=1e-3, atol=1e-4
        )
