"""The floors of the house: imports go down only, and only the window knows Qt."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import studio

PACKAGE = Path(studio.__file__).parent

# What each part may import from the studio, besides itself.
GROUND = {"errors", "declare", "paths", "faults", "fetching"}
ALLOWED = {
    "errors": set(),
    "paths": set(),
    "fetching": set(),
    "faults": {"errors", "paths"},
    "declare": {"errors"},
    "launch": set(),
    "image": GROUND,
    "json_file": GROUND | {"image"},
    "filters": GROUND | {"image", "json_file"},
    "nets": GROUND | {"image", "json_file"},
    "data": GROUND | {"image", "nets"},
    "training": GROUND | {"json_file", "image", "nets", "data"},
    "insight": GROUND | {"image", "filters", "nets", "data", "training"},
    "report": GROUND | {"image", "nets", "data", "training", "insight"},
    "document": GROUND | {"json_file", "image", "filters", "nets", "data", "training", "insight"},
    "console": {"data", "training"},
    "commands": GROUND
    | {"console", "image", "filters", "nets", "data", "training", "insight", "report", "document"},
    "cli": {"errors", "declare", "faults", "commands", "console"},
    "window": GROUND
    | {"image", "filters", "nets", "data", "training", "insight", "report", "document"}
    | {"launch"},
    "__main__": {"errors", "launch", "cli", "window"},
}


def _modules():
    return sorted(PACKAGE.rglob("*.py"))


def _imports(path):
    """Every studio module that a file imports, at any depth of its code, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield node.module
            if node.module == "studio":
                yield from (f"studio.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path):
    relative = path.relative_to(PACKAGE)
    part = relative.parts[0].removesuffix(".py")
    if part == "__init__":
        return
    for name in _imports(path):
        top, _, rest = name.partition(".")
        if top in ("PySide6", "pyqtgraph", "shiboken6"):
            assert part == "window", f"{relative} imports Qt"
        if top == "studio" and rest and rest != "__version__":
            target = rest.split(".")[0]
            allowed = ALLOWED[part]
            assert (
                target == part or target in allowed or rest in allowed or _below(rest, allowed)
            ), f"{relative} may not import {name}"


def _below(rest, allowed):
    return any(rest.startswith(f"{entry}.") for entry in allowed)


LIGHT = ["studio.filters", "studio.image.read", "studio.nets.zoo", "studio.document", "studio.cli"]


@pytest.mark.parametrize("module", LIGHT)
def test_light_parts_load_neither_qt_nor_torch(module):
    heavy = "[m for m in ('PySide6', 'torch', 'torchvision') if m in sys.modules]"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print({heavy})"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("arguments", ["--help", "explain --help", "list filters", "list methods"])
def test_what_needs_no_network_starts_without_torch(arguments):
    heavy = ("PySide6", "torch", "torchvision", "captum", "matplotlib", "onnx")
    code = f"""
import sys
from studio.__main__ import main
try:
    main({arguments.split()!r})
except SystemExit:
    pass
print([m for m in {heavy!r} if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_window_is_there_before_torch():
    code = "import sys, studio.window.app; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
