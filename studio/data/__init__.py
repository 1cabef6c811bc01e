"""Pictures with known answers, to learn from and to test on."""

from pathlib import Path

from studio.data.dataset import Arrays, Dataset, Loading
from studio.data.preparing import prepare
from studio.data.progress import Preparing
from studio.data.sets import DATASETS
from studio.errors import DataError
from studio.nets.preprocess import Preprocessing


def load_data(name: str, root: Path | None = None) -> Loading:
    """All pictures of the dataset of that name, at its own size; see `Dataset.load`.

    Raises
    ------
    DataError
        Also when there is no dataset of that name, or `root` is no folder.
    """
    if name not in DATASETS:
        raise DataError(f"there is no dataset '{name}'", f"The datasets are: {', '.join(DATASETS)}")
    if root is not None and not root.is_dir():
        raise DataError(f"{root} is not a folder", "Name the folder that holds the data")
    dataset = DATASETS[name]()
    parts = (yield from dataset.open(root)).parts
    if "test" not in parts:
        raise DataError(f"{dataset.title} has no test part", "Let `open_data` split it")
    channels, height, width = dataset.size
    recipe = Preprocessing(
        size=(height, width),
        channels=channels,
        resize=dataset.resize,
        mean=(0.0,) * channels,
        std=(1.0,) * channels,
    )
    done = yield from prepare(parts, recipe, dataset.title, centred=False, keep="resident")
    train, test = done.parts["train"], done.parts["test"]
    return Arrays(train.pictures, train.labels, test.pictures, test.labels)


__all__ = ["DATASETS", "Arrays", "Dataset", "Loading", "Preparing", "load_data"]
