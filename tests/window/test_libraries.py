import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import numpy.fft._pocketfft_umath as library
import pytest

from studio.window.libraries import LibraryLoading, install, link

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux is known to need it")


def mapped():
    return Path("/proc/self/maps").read_text()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An empty package that has a library of C beside it."""
    folder = tmp_path / "largely"
    folder.mkdir()
    (folder / "__init__.py").touch()
    shutil.copy(library.__file__, folder / "large.so")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    sys.modules.pop("largely", None)


@pytest.fixture
def wait_for(monkeypatch):
    """Have a finder look out for packages."""

    def begin(libraries):
        loading = LibraryLoading(libraries)
        monkeypatch.setattr(sys, "meta_path", [loading, *sys.meta_path])
        return loading

    return begin


def test_a_library_is_linked_when_its_package_is_imported(package, wait_for):
    wait_for({"largely": [("large.so", False)]})
    importlib.import_module("colorsys")
    assert str(package) not in mapped()
    importlib.import_module("largely")
    assert str(package / "large.so") in mapped()


def test_it_is_looked_for_once(package, wait_for, monkeypatch):
    linked = []
    monkeypatch.setattr("studio.window.libraries.link", lambda *asked: linked.append(asked))
    wait_for({"largely": [("large.so", True)]})
    for _ in range(2):
        importlib.import_module("largely")
        del sys.modules["largely"]
    assert linked == [(package / "large.so", True)]


@pytest.mark.parametrize("content", [None, b"", b"no library"])
def test_what_cant_be_linked_is_left_to_the_import(package, wait_for, content):
    file = package / "large.so"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert not link(file)
    wait_for({"largely": [("large.so", False)], "missing": [("large.so", False)]})
    importlib.import_module("largely")
    with pytest.raises(ModuleNotFoundError, match="missing"):
        importlib.import_module("missing")


def test_what_is_imported_already_is_not_looked_for(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setitem(sys.modules, "torch", sys)
    install()
    assert isinstance(sys.meta_path[0], LibraryLoading)
    assert "torch" not in sys.meta_path[0]._waiting


_LEARNED = """
from pathlib import Path
from studio.window.libraries import _LARGE, install
install()
import torch
weight = torch.ones(2, requires_grad=True)
rule = torch.optim.SGD([weight], lr=0.5)
(weight ** 2).sum().backward()
rule.step()
maps = Path("/proc/self/maps").read_text()
print(weight.tolist(), [file for file, _ in _LARGE["torch"] if file not in maps])
"""


def test_torch_learns_with_its_libraries_linked_before():
    done = subprocess.run([sys.executable, "-c", _LEARNED], capture_output=True, text=True)
    assert done.stdout == "[0.0, 0.0] []\n", done.stderr
