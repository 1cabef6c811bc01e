"""The datasets: one class in one file each, found by its `kind`."""

import sys

from studio.data.dataset import Dataset
from studio.declare import find_kinds

DATASETS: dict[str, type[Dataset]] = find_kinds(sys.modules[__name__], Dataset)
