"""A model as a Python module and its weights, for use without the studio."""

import io
import re
from pathlib import Path

import torch

from studio.image.whole_file import write_together
from studio.nets.export.python_classes import Classes
from studio.nets.export.python_layers import quoted
from studio.nets.export.python_name import WEIGHTS_SUFFIX, module_files
from studio.nets.export.python_preprocess import preprocess_text
from studio.nets.model import Model
from studio.nets.published import Published, make_settings

_QUOTE = '"""'

_HEAD = '''\
"""{title}

    import {stem}
    net = {stem}.load()
    scores = net({stem}.preprocess({stem}.read("picture.png")))
    print({stem}.CLASSES[scores.argmax()])

Needs {needs}. The weights are in {weights}, a state_dict.
"""

{imports}

CLASSES = {classes}
{preprocess}

def read(path):
    """The pixels of a picture of 8 bits, height x width x 3, RGB; profiles are not applied."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"{{path}} can't be read as a picture")
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


'''
_LOAD = '''\
def load(path=Path(__file__).with_name({weights})):
    """The network with its weights, ready to answer."""
    net = {make}
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return net.eval()
'''
_IMPORTS = {
    "OrderedDict(": "from collections import OrderedDict",
    "Path(": "from pathlib import Path",
    "Image.": "from PIL import Image",
    "cv2.": "import cv2",
    "math.": "import math",
    "np.": "import numpy as np",
    "torch.": "import torch",
    "torchvision.": "import torchvision",
    "F.": "import torch.nn.functional as F",
    "nn.": "from torch import nn",
}
_STANDARD = ("OrderedDict(", "Path(", "math.")


def write_python(model: Model, path: str | Path) -> tuple[Path, Path]:
    """Write a model as ``NAME.py`` and, beside it, its weights as ``NAME.pt``.

    The module gives the very numbers of the studio: its layers are the same torch layers, and its
    preprocessing takes the same steps.

    Returns
    -------
    tuple of Path
        The module and the weights.

    Raises
    ------
    ModelError
        When a module can't have that name.
    NetworkError
        When a step of the network can't be written as plain Python.
    StudioError
        When a file can't be written.
    """
    path, weights = module_files(Path(path))
    text = python_text(model, path.stem)
    state = {name: torch.tensor(array) for name, array in model.weights.items()}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_together({weights: buffer.getbuffer(), path: text.encode()})
    return path, weights


def python_text(model: Model, stem: str) -> str:
    """The source of the module that will be called `stem`."""
    card = model.card
    if isinstance(card.network, Published):
        classes, make = "", _published_call(card.network)
    else:
        name = _class_name(card.network.name)
        with torch.device("meta"):
            module = card.network.module().eval()
        classes, make = Classes(module, name, _plain(card.network.title)).text, f"{name}()"
    load = _LOAD.format(make=make, weights=quoted(f"{stem}{WEIGHTS_SUFFIX}"))
    body = {
        "title": _plain(card.title).rstrip(".") + ".",
        "stem": stem,
        "weights": f"{stem}{WEIGHTS_SUFFIX}",
        "classes": _listed(card.classes),
        "preprocess": preprocess_text(card.preprocessing),
    }
    text = body["preprocess"] + load
    named = ("torchvision.", "torchvision"), ("Image.", "Pillow")
    needs = ["torch", "NumPy", *(package for word, package in named if word in text)]
    body["needs"] = f"{', '.join(needs)} and OpenCV"
    rest = _HEAD.format(imports="", **body) + classes + load
    return _HEAD.format(imports=_imports(rest), **body) + classes + load


def _class_name(name: str) -> str:
    joined = "".join(part[0].upper() + part[1:] for part in _words(name)) or "Network"
    return joined if joined[0].isalpha() else f"Net{joined}"


def _published_call(network: Published) -> str:
    """The call that makes a network of torchvision without weights."""
    settings = make_settings(network)
    settings["init_weights"] = False if "init_weights" in settings else None
    given = [quoted(network.architecture), "weights=None"]
    given += [f"{key}={value!r}" for key, value in settings.items() if value is not None]
    return f"torchvision.models.get_model({', '.join(given)})"


def _imports(text: str) -> str:
    """The imports that the text needs: Python's own, then the others."""
    needed = [word for word in _IMPORTS if re.search(rf"(?<![\w.]){re.escape(word)}", text)]
    own = [_IMPORTS[word] for word in needed if word in _STANDARD]
    others = [_IMPORTS[word] for word in needed if word not in _STANDARD]
    return "\n".join([*sorted(own), "", *others])


def _listed(classes: tuple[str, ...], width: int = 96) -> str:
    lines, line = [], "   "
    for name in classes:
        word = f" {quoted(name)},"
        if len(line) + len(word) > width:
            lines.append(line)
            line = "   "
        line += word
    return "\n".join(["(", *lines, *([line] if line.strip() else []), ")"])


def _words(name: str) -> list[str]:
    return "".join(c if c.isascii() and c.isalnum() else " " for c in name).split()


def _plain(text: str) -> str:
    """Text that can stand in a docstring."""
    return " ".join(text.replace("\\", "/").replace(_QUOTE, "'''").split())
