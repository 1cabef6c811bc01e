"""The layer kinds, a family in each file; a class with a `kind` in any of them is found."""

import sys

from studio.declare import find_kinds
from studio.nets.layer import Layer

LAYERS: dict[str, type[Layer]] = find_kinds(sys.modules[__name__], Layer)
