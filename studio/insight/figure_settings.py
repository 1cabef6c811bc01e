"""How matplotlib draws every figure of the studio."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib

# TrueType, so that text stays text; and a "$" in a name is a dollar.
_SETTINGS: Any = {"pdf.fonttype": 42, "text.parse_math": False, "text.usetex": False}
_ONE_AT_A_TIME = threading.Lock()  # these settings belong to the whole process


@contextmanager
def drawing() -> Iterator[None]:
    """While a figure is drawn and saved; another one waits."""
    with _ONE_AT_A_TIME, matplotlib.rc_context(_SETTINGS):
        yield
