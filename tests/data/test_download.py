"""Downloads: by torchvision's own downloader, and what can go wrong."""

import gzip
import hashlib
import json
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from studio import paths
from studio.data import download, load_data
from studio.errors import DataError


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "cache", lambda: tmp_path / "cache")


@pytest.fixture
def served(tmp_path):
    """The address of the folder ``server``."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "server"))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def left():
    return sorted(path.name for path in download.folder().iterdir())


def test_torchvision_fetches_unpacks_and_the_files_are_kept(
    contents, write_idx, tmp_path, served, monkeypatch, load, capfd
):
    write_idx(tmp_path / "server", contents)
    files = [
        (path.name, hashlib.md5(path.read_bytes()).hexdigest())
        for path in sorted((tmp_path / "server").iterdir())
    ]
    setting = (
        "import torchvision; one = torchvision.datasets.MNIST; "
        f"one.mirrors = ['{served}/']; one.resources = {files!r}; "
    )
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "_FETCH", setting + download._FETCH)
    arrays, said = load(load_data("mnist"))
    assert np.array_equal(arrays.test_pictures[..., 0], contents["t10k-images-idx3-ubyte"])
    assert "Downloading MNIST" in {word.what for word in said}
    assert left() == ["MNIST"]
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(download, "_FETCH", "raise SystemExit('not again')")
    again, _ = load(load_data("mnist"))
    assert np.array_equal(arrays.train_pictures, again.train_pictures)


def test_offline_is_said_with_a_way_out(monkeypatch, load, capfd):
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(DataError, match="can't be downloaded: no connection") as caught:
        load(load_data("mnist"))
    assert "--data-root" in caught.value.remedy
    assert "glyphs" in caught.value.remedy
    assert left() == []
    assert capfd.readouterr() == ("", "")


_SLOW = """
import pathlib, sys, time
path = pathlib.Path(sys.argv[2], "part.gz")
with path.open("wb") as file:
    while True:
        file.write(b"x" * 1000); file.flush(); time.sleep(0.01)
"""


def test_progress_and_a_stop_that_leaves_nothing(monkeypatch):
    monkeypatch.setattr(download, "_FETCH", _SLOW)
    fetching = download.download("Set", "Set", "Set", 10_000)
    begun = time.monotonic()
    fractions = []
    for word in fetching:
        fractions.append(word.fraction)
        if word.fraction == 1 or time.monotonic() > begun + 20:
            break
    fetching.close()
    assert fractions[-1] == 1
    assert left() == []


def test_a_stalled_download_ends(monkeypatch, load):
    monkeypatch.setattr(download, "_FETCH", "import time; time.sleep(60)")
    monkeypatch.setattr(download, "_STALLED_AFTER", 0.2)
    with pytest.raises(DataError, match="no connection"):
        load(download.download("Set", "Set", "Set", 1))
    assert left() == []


def test_any_other_reason_is_given_in_its_own_words(monkeypatch, load):
    monkeypatch.setattr(download, "_FETCH", "raise OSError(28, 'No space left on device')")
    with pytest.raises(DataError, match="No space left on device"):
        load(download.download("Set", "Set", "Set", 1))


def test_a_cache_that_cannot_be_written_is_named(tmp_path, load):
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(DataError, match=r"MNIST can't be kept in .*datasets"):
        load(load_data("mnist"))


def test_a_damaged_file_in_the_cache_is_named(contents, write_idx, load):
    raw = download.folder() / "MNIST" / "raw"
    write_idx(raw, contents)
    (raw / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(json.dumps([1]).encode()))
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is damaged"):
        load(load_data("mnist"))


_SIGNS = """
import pathlib, sys
assert sys.argv[1] == "GTSRB"
top = pathlib.Path(sys.argv[2], "gtsrb")
for split in sys.argv[3:]:
    (top / split).mkdir(parents=True)
    (top / f"{split}.zip").write_bytes(b"x" * 500)
"""


def test_parts_are_fetched_one_by_one_and_archives_are_not_kept(monkeypatch, load):
    monkeypatch.setattr(download, "_FETCH", _SIGNS)
    fetching = download.download(
        "Signs", "GTSRB", "gtsrb", 1000, splits=("train", "test"), archives="*.zip"
    )
    load(fetching)
    kept = {path.name for path in (download.folder() / "gtsrb").iterdir()}
    assert kept == {"train", "test"}


def test_every_split_is_asked_of_torchvision():
    class_ = "lambda root, **given: print(root, given)"
    setting = f"import torchvision; torchvision.datasets.Fake = {class_}; "
    code = setting + download._FETCH
    for splits, expected in (
        ([], ["r {'download': True}"]),
        (
            ["train", "test"],
            ["r {'download': True, 'split': 'train'}", "r {'download': True, 'split': 'test'}"],
        ),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, "Fake", "r", *splits],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == expected
