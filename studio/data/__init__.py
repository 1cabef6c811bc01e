"""Pictures with known answers, to learn from and to test on."""

import sys
from pathlib import Path

from studio.data.dataset import Arrays, Dataset, Loading
from studio.data.progress import Preparing
from studio.declare import find_kinds
from studio.errors import DataError

DATASETS: dict[str, type[Dataset]] = find_kinds(sys.modules[__name__], Dataset)


def load_data(name: str, root: Path | None = None) -> Loading:
    """Load the dataset of that name; see `Dataset.load`.

    Raises
    ------
    DataError
        Also when there is no dataset of that name, or `root` is no folder.
    """
    if name not in DATASETS:
        raise DataError(f"there is no dataset '{name}'", f"The datasets are: {', '.join(DATASETS)}")
    if root is not None and not root.is_dir():
        raise DataError(f"{root} is not a folder", "Name the folder that holds the data")
    arrays = yield from DATASETS[name]().load(root)
    arrays.check(len(DATASETS[name].classes))
    return arrays


__all__ = ["DATASETS", "Arrays", "Dataset", "Loading", "Preparing", "load_data"]
