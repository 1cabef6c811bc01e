"""Cyclic garbage is collected in the window's thread only, while other threads run Python.

Python collects in whichever thread happens to allocate. A widget in a reference cycle that is
collected beside the window is destroyed in the wrong thread, and Qt ends the process.
"""

import atexit
import gc
import sys

# Containers made since the last collection: 5,000 take about 2 ms to look through. A large library
# that was imported since leaves 300,000, which live as long as the process: they are set aside
# instead of looked through, which would stop the window for 0.2 s.
_MANY = 5_000
_ROUNDS = 5
_LIBRARY = 100  # modules

_modules = 0

# What is set aside is let go at the end; or some libraries complain of it.
atexit.register(gc.unfreeze)


def hold() -> None:
    """Stop the automatic collection."""
    global _modules
    if gc.isenabled():
        gc.disable()
        _modules = len(sys.modules)


def collect() -> None:
    """Collect what is due: to be called now and then, in the window's thread, until `free`."""
    global _modules
    young, rounds, _ = gc.get_count()
    if young > _MANY:
        if len(sys.modules) > _modules + _LIBRARY:
            gc.freeze()
        else:
            gc.collect(1 if rounds >= _ROUNDS else 0)
        _modules = len(sys.modules)


def free() -> None:
    """Go back to the automatic collection."""
    collect()
    gc.enable()
