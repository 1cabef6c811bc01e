"""From settings to the pictures of a run."""

import io
import shutil
import threading

import cv2
import numpy as np
import pytest
from PIL import Image

from studio import paths
from studio.data import decoding, opening
from studio.data.collection import FilePictures
from studio.data.opening import facts, open_data, open_samples
from studio.data.settings import DataSettings
from studio.data.statistics import channel_statistics
from studio.errors import DataError, PictureError
from studio.image.picture import Picture
from studio.image.read import read_picture


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "cache", lambda: tmp_path / "cache")


def pets(root, **settings):
    return DataSettings(data="folder", folder=str(root), **settings)


def test_arrays_that_fit_are_not_copied(digits, load):
    data, _ = load(open_data(DataSettings(data="mnist")))
    assert data.train.pictures is digits.train_pictures
    assert data.validation is None
    assert data.checked is data.test
    mean, std = channel_statistics(digits.train_pictures)
    assert (data.preprocessing.mean, data.preprocessing.std) == (mean, std)
    assert data.facts == facts(DataSettings(data="mnist"))
    assert (data.preprocessing.ink, data.preprocessing.resize) == ("light", "fit")


def test_chosen_classes_get_new_labels_and_statistics(digits, load):
    settings = DataSettings(data="mnist", classes="7, 3", validation_share=0.34, normalise="none")
    data, _ = load(open_data(settings))
    assert data.facts.classes == ("7", "3")
    assert data.test.labels.tolist() == [1, 0]
    assert np.array_equal(data.test.pictures, digits.test_pictures[[3, 7]])
    assert len(data.train) == 4
    assert len(data.checked) == 2
    assert (data.preprocessing.mean, data.preprocessing.std) == ((0.0,), (1.0,))
    centred, _ = load(open_data(settings.change(normalise="zca")))
    assert centred.preprocessing.mean == channel_statistics(centred.train.pictures)[0]


def test_fixed_pictures_are_brought_to_another_size_as_new_ones_are(digits, load):
    settings = DataSettings(data="mnist", picture_size=12, normalise="none")
    data, _ = load(open_data(settings))
    assert facts(settings).size == data.facts.size == (1, 12, 12)
    for place in range(5):
        new = data.preprocessing.apply(Picture(digits.train_pictures[place]))
        assert np.abs(255 * new[0] - data.train.pictures[place, ..., 0]).max() <= 0.501


@pytest.mark.parametrize("fit", ["own", "crop", "fit", "stretch"])
@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("normalise", ["none", "channels"])
def test_new_pictures_are_prepared_as_the_training_pictures(
    fit, grey, normalise, picture_folder, load
):
    root = picture_folder({"a": 3, "b": 3}, size=(30, 17))
    settings = pets(root, fit=fit, grey=grey, picture_size=10, normalise=normalise)
    data, _ = load(open_data(settings))
    assert data.facts.size == (1 if grey else 3, 10, 10)
    prepared = data.preprocessing.batch_from_bytes(data.train.pictures)
    level = 1 / 255 / min(data.preprocessing.std)
    for name, expected in zip(data.train.names, prepared, strict=True):
        found = data.preprocessing.apply(read_picture(name))
        assert np.abs(found - expected).max() <= 0.501 * level


def test_the_border_does_not_count_in_the_statistics(picture_folder, load):
    root = picture_folder({"a": 2, "b": 2}, size=(20, 5))
    data, _ = load(open_data(pets(root, fit="fit", picture_size=20)))
    inner = data.train.pictures[:, :, 7:12]
    assert (data.preprocessing.mean, data.preprocessing.std) == channel_statistics(inner)
    border = np.rint(255 * np.array(data.preprocessing.mean))
    assert (data.train.pictures[:, :, :7] == border).all()
    assert (data.train.pictures[:, :, 12:] == border).all()


def test_corrupt_pictures_are_listed_and_the_others_used(picture_folder, load):
    root = picture_folder({"train/a": 40, "train/b": 40, "test/a": 1, "test/b": 1}, ".jpg")
    whole, _ = load(open_data(pets(root, picture_size=6)))
    broken = {0: b"", 17: b"no picture", 39: None}
    for number, content in broken.items():
        path = root / "train" / "a" / f"{number:03}.jpg"
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if content is None else content)
    found, _ = load(open_data(pets(root, picture_size=6)))
    reasons = ("is empty", "is not a picture that the studio knows", "is damaged")
    assert [each.path.rpartition("/")[2] for each in found.skipped] == [
        "000.jpg",
        "017.jpg",
        "039.jpg",
    ]
    for each, reason in zip(found.skipped, reasons, strict=True):
        assert each.reason.startswith(reason)
    kept = [number for number in range(80) if number not in broken]
    assert np.array_equal(found.train.pictures, whole.train.pictures[kept])
    assert found.train.names == tuple(whole.train.names[number] for number in kept)
    assert np.bincount(found.train.labels).tolist() == [37, 40]


def test_a_class_whose_pictures_are_all_corrupt_is_named(picture_folder, load):
    root = picture_folder({"train/a": 2, "train/b": 2, "test/a": 1, "test/b": 1})
    for path in (root / "test" / "b").iterdir():
        path.write_bytes(b"\x89PNG\r\n\x1a\n")
    message = r"class b has no picture in the test part that can be used \(1 were skipped\)"
    with pytest.raises(DataError, match=message):
        load(open_data(pets(root)))
    for path in root.glob("train/*/*"):
        path.write_bytes(b"")
    with pytest.raises(DataError, match="none of the training pictures of pets can be used"):
        load(open_data(pets(root)))


def test_pictures_are_turned_upright(tmp_path, load):
    """EXIF's orientation 6: the top row of the file belongs on the right."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=100, exif=exif)
    for name in ("train/a", "train/b", "test/a", "test/b"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.jpg").write_bytes(buffer.getvalue())
    data, _ = load(open_data(pets(tmp_path, picture_size=8)))
    assert (data.train.pictures[0, :, 4:] > 250).all()
    assert (data.train.pictures[0, :, :4] < 5).all()


@pytest.mark.parametrize("gone", [".", "train/b"])
def test_a_folder_that_goes_away_is_named(gone, picture_folder, load, monkeypatch):
    root = picture_folder({"train/a": 40, "train/b": 40, "test/a": 1, "test/b": 1})
    split = opening.split

    def lose(*given):
        found = split(*given)
        shutil.rmtree(root / gone)
        return found

    monkeypatch.setattr(opening, "split", lose)
    with pytest.raises(DataError, match=rf"the folder .*{(root / gone).name} is gone"):
        load(open_data(pets(root)))


def test_a_file_that_goes_away_is_skipped(picture_folder, load, monkeypatch):
    root = picture_folder({"train/a": 2, "train/b": 2, "test/a": 1, "test/b": 1})
    split = opening.split

    def lose(*given):
        found = split(*given)
        (root / "train" / "a" / "000.png").unlink()
        return found

    monkeypatch.setattr(opening, "split", lose)
    data, _ = load(open_data(pets(root)))
    assert len(data.train) == 3
    assert data.skipped[0].reason.startswith("there is no file")


def test_progress_rises_to_the_end_and_closing_stops_the_threads(picture_folder, monkeypatch):
    root = picture_folder({"a": 60, "b": 60})
    monkeypatch.setattr("studio.data.preparing._SAY_EVERY", 0)
    said = [word.fraction for word in open_data(pets(root)) if word.what == "Decoding pets"]
    assert said == sorted(said)
    assert said[-1] == 1
    read = []

    def refuse(path):
        read.append(path)
        raise PictureError(f"{path} is damaged")

    monkeypatch.setattr("studio.data.collection.read_file", refuse)
    monkeypatch.setattr(decoding, "_BLOCK", 4)
    monkeypatch.setattr(decoding, "_AHEAD", 1)
    monkeypatch.setattr(decoding, "_cores", lambda: 2)
    reading = open_data(pets(root))
    while next(reading).what != "Decoding pets":
        pass
    reading.close()
    assert 4 <= len(read) <= 12  # the block that was taken, and two that may wait
    assert not [each for each in threading.enumerate() if each.name.startswith("studio-decode")]


def test_any_number_of_threads_gives_the_same(picture_folder, load, monkeypatch):
    root = picture_folder({"a": 70, "b": 70}, ".jpg")
    first, _ = load(open_data(pets(root, picture_size=5)))
    monkeypatch.setattr(decoding, "_cores", lambda: 7)
    other, _ = load(open_data(pets(root, picture_size=5)))
    assert np.array_equal(first.train.pictures, other.train.pictures)
    assert first.preprocessing == other.preprocessing
    assert first.train.names == other.train.names


def test_plain_and_unusual_pictures_are_read_as_everywhere(tmp_path, load):
    """Grey, transparent, 16-bit and CMYK ones beside each other."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    for name in ("train/a", "train/b", "test/a", "test/b"):
        place = tmp_path / name
        place.mkdir(parents=True)
        cv2.imwrite(str(place / "1.png"), pixels.astype(np.uint16) * 257)
        Image.fromarray(pixels[..., 0]).save(place / "2.jpg")
        Image.fromarray(pixels).convert("CMYK").save(place / "3.jpg")
        Image.fromarray(np.dstack([pixels, pixels[..., 0]])).save(place / "4.png")
        Image.fromarray(pixels).save(place / "5.webp", lossless=True)
    data, _ = load(open_data(pets(tmp_path, picture_size=16)))
    assert not data.skipped
    for name, found in zip(data.train.names, data.train.pictures, strict=True):
        expected = data.preprocessing.to_bytes(read_picture(name))
        assert np.array_equal(found, expected), name
        new = data.preprocessing.apply(read_picture(name))
        prepared = data.preprocessing.batch_from_bytes(found[None])[0]
        assert np.abs(new - prepared).max() <= 0.501 / 255 / min(data.preprocessing.std), name
    assert np.array_equal(data.train.pictures[0], pixels[..., ::-1])
    assert np.array_equal(data.train.pictures[4], pixels)


def test_a_root_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="is not a folder"):
        facts(DataSettings(), tmp_path / "no")


def test_samples_are_training_pictures_and_no_other_is_read(tmp_path, load, monkeypatch):
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(30):
            pixels = rng.integers(0, 256, (8, 8, 3), np.uint8)
            cv2.imwrite(str(tmp_path / "pets" / name / f"{number}.png"), pixels)
    settings = pets(tmp_path / "pets", picture_size=8, seed=3)
    whole, _ = load(open_data(settings))
    read = []
    monkeypatch.setattr(FilePictures, "read", _counted(FilePictures.read, read))
    (known, part), _ = load(open_samples(settings, 7))
    assert known == whole.facts
    assert len(part) == len(read) == 7
    trained = {pixels.tobytes() for pixels in whole.train.pictures}
    assert all(pixels.tobytes() in trained for pixels in part.pictures)


def _counted(function, calls):
    def read(self, place):
        calls.append(place)
        return function(self, place)

    return read
