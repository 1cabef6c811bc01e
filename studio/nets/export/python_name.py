"""What a Python module with a model may be called."""

import keyword
import sys
from pathlib import Path

from studio.errors import ModelError
from studio.image.read import printable

SUFFIX, WEIGHTS_SUFFIX = ".py", ".pt"
_NEEDED = ("torch", "torchvision", "numpy", "cv2", "PIL")


def module_files(path: Path) -> tuple[Path, Path]:
    """The files of the module and of its weights.

    Raises
    ------
    ModelError
        When a module of that name couldn't be imported, or would hide one that is needed.
    """
    name, stem = printable(path.name), path.stem
    if path.suffix != SUFFIX or not stem.isidentifier():
        raise ModelError(
            f"a Python module can't be named {name}",
            f"Give it a name of letters, digits and _ that ends in {SUFFIX}",
        )
    if keyword.iskeyword(stem) or stem in sys.stdlib_module_names or stem in _NEEDED:
        raise ModelError(
            f"a Python module can't be named {name}: {stem} means something else in Python",
            "Give it another name",
        )
    return path, path.with_suffix(WEIGHTS_SUFFIX)
