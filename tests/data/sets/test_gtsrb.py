"""Traffic signs: PPM files of many sizes, and a file of answers for the test part."""

import cv2
import numpy as np
import pytest

from studio.data import load_data
from studio.data.opening import open_data
from studio.data.settings import DataSettings
from studio.errors import DataError

HEAD = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n"


def write(path, shade, size):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((*size, 3), (10, 20, shade), np.uint8))


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "gtsrb"
    for number in range(43):
        place = root / "GTSRB" / "Training" / f"{number:05}"
        write(place / "00000_00000.ppm", number, (15 + number, 20))
        (place / f"GT-{number:05}.csv").write_text(HEAD)
    rows = [f"{number:05}.ppm;20;20;5;5;15;15;{number % 43}\n" for number in range(50)]
    (root / "GT-final_test.csv").write_text(HEAD + "".join(rows))
    for number in range(50):
        write(root / "GTSRB" / "Final_Test" / "Images" / f"{number:05}.ppm", number, (40, 30))
    return root


@pytest.mark.parametrize("below", [True, False])
def test_pictures_get_one_size_and_the_labels_of_their_folder_or_file(folder, below, load):
    arrays, _ = load(load_data("gtsrb", folder.parent if below else folder))
    assert arrays.train_pictures.shape == (43, 32, 32, 3)
    assert arrays.train_labels.tolist() == list(range(43))
    assert (arrays.train_pictures[7] == (7, 20, 10)).all()
    assert arrays.test_labels.tolist() == [number % 43 for number in range(50)]
    assert (arrays.test_pictures[49] == (49, 20, 10)).all()


def test_classes_have_names(folder, load):
    settings = DataSettings(data="gtsrb", classes="stop, yield", picture_size=8)
    data, _ = load(open_data(settings, folder))
    assert data.facts.classes == ("stop", "yield")
    assert data.train.pictures[:, 0, 0, 0].tolist() == [13, 14]
    assert data.train.labels.tolist() == [1, 0]
    assert data.train.names[0].endswith("00013/00000_00000.ppm")


@pytest.mark.parametrize("answers", ["", HEAD, HEAD + "a.ppm;1;1;1;1;1;1;43\n", "a;b\n1;2\n"])
def test_wrong_answers_are_refused_by_name(answers, folder, load):
    (folder / "GT-final_test.csv").write_text(answers)
    with pytest.raises(DataError, match=r"GT-final_test\.csv is damaged"):
        load(load_data("gtsrb", folder))


def test_what_is_missing_is_named(folder, tmp_path, load):
    (folder / "GT-final_test.csv").unlink()
    with pytest.raises(DataError, match=r"GT-final_test\.csv can't be read"):
        load(load_data("gtsrb", folder))
    (tmp_path / "other").mkdir()
    with pytest.raises(DataError, match=r"traffic signs isn't in .*other"):
        load(load_data("gtsrb", tmp_path / "other"))
