"""CIFAR-10 as JPEG files, packed and unpacked."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from studio.data import load_data
from studio.data.sets.cifar_jpeg import Cifar10Jpeg
from studio.errors import DataError


def jpeg(seed, size=(32, 32)):
    rng = np.random.default_rng(seed)
    smooth = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize(size)
    file = io.BytesIO()
    smooth.save(file, "JPEG", quality=75)
    return file.getvalue()


@pytest.fixture
def files():
    return {
        f"{part}/{class_name}/{number:04d}.jpg": jpeg((part == "test", place, number))
        for part in ("test", "train")
        for place, class_name in enumerate(reversed(Cifar10Jpeg.classes))
        for number in (1, 0)
    }


def unpacked(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def packed(folder, files):
    with tarfile.open(folder / "cifar10-jpeg.tar.xz", "w:xz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return folder


@pytest.mark.parametrize("form", [packed, unpacked])
def test_pictures_and_labels(form, files, tmp_path, load):
    arrays, said = load(load_data("cifar10-jpeg", form(tmp_path, files)))
    assert arrays.train_labels.tolist() == [label for label in range(10) for _ in range(2)]
    assert list(Cifar10Jpeg.classes) == sorted(Cifar10Jpeg.classes)
    assert said[0].fraction < 1
    for name, picture in (
        ("train/airplane/0001.jpg", arrays.train_pictures[1]),
        ("test/truck/0000.jpg", arrays.test_pictures[18]),
    ):
        expected = np.asarray(Image.open(io.BytesIO(files[name]))).astype(int)
        assert np.abs(picture - expected).max() <= 2  # another build of libjpeg
        assert np.ptp(expected.mean(axis=(0, 1))) > 2  # the channels tell red from blue


def test_packed_and_unpacked_give_the_same(files, tmp_path, load):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, _ = load(load_data("cifar10-jpeg", packed(tmp_path / "a", files)))
    second, _ = load(load_data("cifar10-jpeg", unpacked(tmp_path / "b", files)))
    assert np.array_equal(first.train_pictures, second.train_pictures)
    assert np.array_equal(first.test_labels, second.test_labels)


@pytest.mark.parametrize("form", [packed, unpacked])
@pytest.mark.parametrize(
    "data", [b"", b"no picture", jpeg(0)[:-60], jpeg(0, size=(16, 32)), b"x" * 70_000]
)
def test_a_bad_picture_is_named(form, data, files, tmp_path, load):
    files["train/dog/0001.jpg"] = data
    with pytest.raises(DataError, match=r"dog/0001\.jpg"):
        load(load_data("cifar10-jpeg", form(tmp_path, files)))


def test_a_damaged_archive_is_named(files, tmp_path, load):
    path = packed(tmp_path, files) / "cifar10-jpeg.tar.xz"
    whole = path.read_bytes()
    for content in (b"", b"nothing", whole[: len(whole) // 2], whole[:300] + whole[400:]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"cifar10-jpeg\.tar\.xz"):
            load(load_data("cifar10-jpeg", tmp_path))


def test_what_is_missing_is_named(files, tmp_path, load):
    with pytest.raises(DataError, match="--data-root"):
        load(load_data("cifar10-jpeg"))
    with pytest.raises(DataError, match="isn't in"):
        load(load_data("cifar10-jpeg", tmp_path))
    only_train = {name: data for name, data in files.items() if name.startswith("train/")}
    with pytest.raises(DataError, match="no test/CLASS"):
        load(load_data("cifar10-jpeg", packed(tmp_path, only_train)))
    packed(tmp_path, {"train/zebra/0.jpg": jpeg(0)})
    with pytest.raises(DataError, match="zebra"):
        load(load_data("cifar10-jpeg", tmp_path))
