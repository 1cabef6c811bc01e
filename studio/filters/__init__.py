"""Everything that turns a picture into a picture, one file per family."""

import sys

from studio.declare import find_kinds
from studio.filters.base import Filter

_FOUND = find_kinds(sys.modules[__name__], Filter)
FILTERS: dict[str, type[Filter]] = dict(sorted(_FOUND.items()))

__all__ = ["FILTERS", "Filter"]
