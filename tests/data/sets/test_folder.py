"""Folders of pictures: what is found in them, and what is left out."""

import os

import pytest

from studio.data.opening import facts, open_data
from studio.data.sets import DATASETS
from studio.data.settings import DataSettings
from studio.errors import DataError


@pytest.fixture
def opened(load):
    def run(root, **settings):
        return load(DATASETS["folder"]().open(root))[0]

    return run


def files(listed):
    return [os.path.relpath(path, listed.pictures.folder) for path in listed.pictures.paths]


def test_class_folders_are_all_training_pictures(picture_folder, opened):
    root = picture_folder({"dog": 2, "Cat": 1, "dog/puppies": 1})
    found = opened(root)
    assert found.classes == ("Cat", "dog")
    assert list(found.parts) == ["train"]
    listed = ["Cat/000.png", "dog/000.png", "dog/001.png", "dog/puppies/000.png"]
    assert files(found.parts["train"]) == listed
    assert found.parts["train"].labels.tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("validation", ["val", "valid", "Validation"])
@pytest.mark.parametrize("train", ["train", "Training"])
def test_folders_of_parts_are_known_by_many_names(train, validation, picture_folder, opened):
    root = picture_folder(
        {f"{train}/a": 2, f"{train}/b": 3, f"{validation}/b": 1, "test/a": 1, "test/b": 2}
    )
    found = opened(root)
    assert {name: part.labels.tolist() for name, part in found.parts.items()} == {
        "train": [0, 0, 1, 1, 1],
        "validation": [1],
        "test": [0, 1, 1],
    }


def test_what_is_hidden_or_no_picture_is_left_out(picture_folder, opened):
    root = picture_folder({"a": 2, "b": 2, ".hidden": 2, "__MACOSX": 2, "a/.thumbnails": 1})
    (root / "a" / "._000.png").write_bytes(b"resource fork")
    (root / "a" / "Thumbs.db").write_bytes(b"a list")
    (root / "notes.txt").write_text("notes")
    found = opened(root)
    assert found.classes == ("a", "b")
    assert files(found.parts["train"]) == ["a/000.png", "a/001.png", "b/000.png", "b/001.png"]


def test_links_that_lead_back_are_left_out_and_a_linked_class_is_not(
    picture_folder, opened, tmp_path
):
    root = picture_folder({"a": 1, "b": 1})
    elsewhere = picture_folder({"owls": 1}, root=tmp_path / "elsewhere")
    (root / "loop").symlink_to(root)
    (root / "above").symlink_to(tmp_path)
    (root / "a" / "self").symlink_to(root / "a")
    (root / "owl").symlink_to(elsewhere / "owls")
    found = opened(root)
    assert found.classes == ("a", "b", "owl")
    assert files(found.parts["train"]) == ["a/000.png", "b/000.png", "owl/000.png"]


def test_facts_need_the_names_of_folders_only(picture_folder):
    root = picture_folder({"cat": 1, "dog": 0})
    (root / "cat" / "000.png").write_bytes(b"no picture")
    found = facts(DataSettings(data="folder", folder=str(root)))
    assert (found.title, found.classes, found.size) == ("pets", ("cat", "dog"), (3, 64, 64))
    assert found.source == "the folder pets"
    below = facts(DataSettings(data="folder", folder="pets"), root.parent)
    assert below == found == facts(DataSettings(data="folder"), root)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"train/a": 1, "train/b": 1, "test/c": 1}, "test/c is of a class that has no training"),
        ({"train/a": 1, "Training/b": 1}, "has two folders of train pictures"),
        ({"a": 0, "b": 0}, "has no pictures in class folders"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(counts, message, picture_folder, opened):
    with pytest.raises(DataError, match=message):
        opened(picture_folder(counts))


def test_a_missing_folder_is_named(tmp_path, load):
    for settings in (DataSettings(data="folder", folder=str(tmp_path / "no")),):
        for ask in (facts, lambda given: load(open_data(given))):
            with pytest.raises(DataError, match=r"there is no folder .*no"):
                ask(settings)
    with pytest.raises(DataError, match="no folder of pictures is named"):
        facts(DataSettings(data="folder"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_that_cannot_be_read_is_named(picture_folder, opened):
    root = picture_folder({"a": 1, "b": 1})
    (root / "a").chmod(0)
    try:
        with pytest.raises(DataError, match=r"the folder .*a can't be read: permission denied"):
            opened(root)
    finally:
        (root / "a").chmod(0o755)
