"""Prepared pictures on the disk: whole or not there, and not for ever."""

import errno
import os

import numpy as np
import pytest

from studio import paths
from studio.data import cache, preparing
from studio.data.opening import open_data
from studio.data.settings import DataSettings
from studio.errors import DataError


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "cache", lambda: tmp_path / "cache")


@pytest.fixture
def settings(picture_folder):
    root = picture_folder({"a": 20, "b": 20}, size=(20, 11))
    (root / "a" / "003.png").write_bytes(b"")
    return DataSettings(data="folder", folder=str(root), picture_size=7, fit="fit")


@pytest.fixture
def refuse(monkeypatch):
    def begin():
        def read(path):
            raise AssertionError(f"{path} was read again")

        monkeypatch.setattr("studio.data.collection.read_file", read)

    return begin


def entries():
    return sorted(path.name for path in cache.folder().iterdir())


def same(one, other):
    for first, second in ((one.train, other.train), (one.test, other.test)):
        assert np.array_equal(first.pictures, second.pictures)
        assert np.array_equal(first.labels, second.labels)
        assert first.names == second.names
    assert (one.preprocessing, one.skipped) == (other.preprocessing, other.skipped)


def test_a_file_holds_what_memory_would_and_is_not_decoded_again(settings, load, refuse):
    resident, _ = load(open_data(settings, keep="resident"))
    assert not cache.folder().exists()
    lazy, _ = load(open_data(settings, keep="lazy"))
    assert isinstance(lazy.train.pictures, np.memmap)
    same(resident, lazy)
    assert len(lazy.skipped) == 1
    refuse()
    again, _ = load(open_data(settings, keep="lazy"))
    same(lazy, again)


def test_what_does_not_fit_goes_into_a_file(settings, load, monkeypatch):
    needed = 40 * 7 * 7 * 3
    monkeypatch.setattr(preparing.memory, "available", lambda: 2 * needed)
    data, _ = load(open_data(settings))
    assert not isinstance(data.train.pictures, np.memmap)
    monkeypatch.setattr(preparing.memory, "available", lambda: 2 * needed - 2)
    data, _ = load(open_data(settings))
    assert isinstance(data.train.pictures, np.memmap)


@pytest.mark.parametrize("change", ["picture", "size", "fit", "seed"])
def test_another_picture_or_preparation_is_another_entry(change, settings, load):
    load(open_data(settings, keep="lazy"))
    if change == "picture":
        path = os.path.join(settings.folder, "b", "001.png")
        os.utime(path, ns=(0, 1))
    else:
        value = {"size": {"picture_size": 8}, "fit": {"fit": "crop"}, "seed": {"seed": 1}}
        settings = settings.change(**value[change])
    load(open_data(settings, keep="lazy"))
    assert len(entries()) == 2


def test_fixed_arrays_can_be_in_a_file_too(digits, load):
    settings = DataSettings(data="mnist", limit=20)
    lazy, _ = load(open_data(settings, keep="lazy"))
    resident, _ = load(open_data(settings, keep="resident"))
    same(resident, lazy)
    assert isinstance(lazy.test.pictures, np.memmap)


@pytest.mark.parametrize("damage", ["pixels", "about"])
def test_a_damaged_entry_is_made_again(damage, settings, load):
    first, _ = load(open_data(settings, keep="lazy"))
    expected = first.train.pictures.copy()
    place = cache.folder() / entries()[0]
    (place / {"pixels": "pixels.bin", "about": "about.json"}[damage]).write_bytes(b"{")
    again, _ = load(open_data(settings, keep="lazy"))
    assert np.array_equal(again.train.pictures, expected)
    assert len(entries()) == 1


def test_a_stop_leaves_nothing_behind(settings, monkeypatch):
    monkeypatch.setattr(preparing, "_SAY_EVERY", 0)
    making = open_data(settings, keep="lazy")
    while next(making).what != "Decoding pets":
        pass
    assert len(entries()) == 1
    making.close()
    assert entries() == []


def test_a_full_disk_says_what_to_lower(settings, load, monkeypatch):
    class Full:
        free = 10**15

        def write(self, start, pixels):
            raise OSError(errno.ENOSPC, "No space left on device")

    message = r"the decoded pictures need .* MB, and the disk of .*decoded is full.*Lower Size"
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _: Full())
    draft_file = cache.Draft.append

    def fill(draft, pixels):
        draft._file.close()
        draft._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115 (the draft closes it)
        draft_file(draft, pixels)

    if os.path.exists("/dev/full"):
        monkeypatch.setattr(cache.Draft, "append", fill)
        with pytest.raises(DataError, match=message):
            load(open_data(settings, keep="lazy"))
        assert entries() == []
    Full.free = 10
    with pytest.raises(DataError, match=message):
        load(open_data(settings, keep="lazy"))
    assert entries() == []


def test_a_cache_that_cannot_be_written_is_named(settings, load, tmp_path):
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(DataError, match=r"can't be kept in .*decoded"):
        load(open_data(settings, keep="lazy"))


def test_the_oldest_are_deleted_where_they_take_too_much(settings, load, monkeypatch):
    size = 39 * 7 * 7 * 3
    monkeypatch.setattr(cache, "KEPT", 2 * size)
    made = []
    for seed in range(5):
        load(open_data(settings.change(seed=seed), keep="lazy"))
        made += [name for name in entries() if name not in made]
        os.utime(cache.folder() / made[-1], (seed, seed))
        os.utime(cache.folder() / made[-1] / "pixels.bin", (seed, seed))
    assert set(entries()) == set(made[-3:])  # two, and the newest that came after


def test_a_draft_that_nobody_writes_any_more_is_deleted(settings, load):
    old, new = cache.folder() / ".part-old", cache.folder() / ".part-new"
    for place in (old, new):
        place.mkdir(parents=True)
    os.utime(old, (0, 0))
    load(open_data(settings, keep="lazy"))
    assert ".part-old" not in entries()
    assert ".part-new" in entries()
