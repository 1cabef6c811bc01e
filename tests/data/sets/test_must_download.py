"""What has to be downloaded before it can be read; asking downloads nothing."""

import pytest

from studio.data import published
from studio.data.sets import DATASETS

FIRST = {
    "mnist": "MNIST/raw/train-images-idx3-ubyte.gz",
    "fashion-mnist": "FashionMNIST/raw/train-images-idx3-ubyte.gz",
    "cifar10": "cifar-10-batches-py/data_batch_1",
    "cifar100": "cifar-100-python/train",
    "gtsrb": "gtsrb/GTSRB/Training/00000/00000.ppm",
}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", FIRST)
def test_a_public_dataset_until_it_is_kept(kind, kept):
    dataset = DATASETS[kind]()
    assert dataset.must_download()
    assert not dataset.must_download(kept)  # a copy that was named is read, or is missing
    path = kept / FIRST[kind]
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert not dataset.must_download()


@pytest.mark.parametrize("kind", sorted(set(DATASETS) - set(FIRST)))
def test_others_never_are(kind):
    assert not DATASETS[kind]().must_download()
