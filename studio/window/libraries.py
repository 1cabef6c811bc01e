"""Loads large libraries of C++ beside the window, where importing them would stop it.

While Python imports such a library, no other thread goes on with Python. Those of torch have
hundreds of megabytes, which are read and linked then: 0.3 to 0.7 s on a computer that has just
read them, seconds on one that has not. A function that is called through ctypes lets others go on.
"""

import ctypes
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

# By package, in the order in which it loads them itself: file, and whether its symbols are for all.
_LARGE = {
    "torch": (
        ("lib/libtorch_global_deps.so", True),
        ("lib/libtorch_cpu.so", False),
        ("lib/libtorch_python.so", False),
    ),
    "triton": (("_C/libtriton.so", False),),  # torch's optimisers import it
}


class LibraryLoading:
    """A finder of modules that finds none: it links a package's libraries when it is imported.

    Parameters
    ----------
    libraries : mapping of package to (file, bool)
        Paths in the package's folder; whether other libraries may use what is in it.
    """

    def __init__(self, libraries: Mapping[str, Sequence[tuple[str, bool]]]) -> None:
        self._waiting = dict(libraries)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        files = self._waiting.pop(name, ())
        spec = PathFinder.find_spec(name) if files else None
        if spec is not None and spec.submodule_search_locations:
            folder = Path(next(iter(spec.submodule_search_locations)))
            for file, is_for_all in files:
                link(folder / file, is_for_all)
        return None


def link(file: Path, is_for_all: bool = False) -> bool:
    """Link a library into the process; whether that could be done.

    What can't be linked is left to who imports it, and says why.
    """
    mode = os.RTLD_NOW | (os.RTLD_GLOBAL if is_for_all else os.RTLD_LOCAL)
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    return file.is_file() and dlopen(os.fsencode(file), mode) is not None


def install() -> None:
    """Link what is large before it is imported, on systems where it is known how."""
    waiting = {name: files for name, files in _LARGE.items() if name not in sys.modules}
    if sys.platform == "linux":
        sys.meta_path.insert(0, LibraryLoading(waiting))
