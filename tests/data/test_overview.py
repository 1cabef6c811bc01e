"""Counts and samples of each class."""

import numpy as np

from studio.data.overview import class_counts, sample_sheet
from studio.data.parts import Part

LABELS = np.array([2, 0, 0, 2, 2, 0, 2, 2])
PART = Part(np.zeros((8, 1, 1, 1), np.uint8), LABELS)


def test_counts_name_also_the_class_that_is_missing():
    assert class_counts(PART, ("a", "b", "c")) == (3, 0, 5)


def test_a_sheet_has_so_many_of_each_class_as_there_are():
    places = sample_sheet(PART, 4, seed=1)
    assert LABELS[places].tolist() == [0, 0, 0, 2, 2, 2, 2]
    assert len(set(places.tolist())) == 7
    assert places.tolist() == sample_sheet(PART, 4, seed=1).tolist()
    sheets = {tuple(sample_sheet(PART, 2, seed).tolist()) for seed in range(10)}
    assert len(sheets) > 1
    assert sample_sheet(PART, 0).size == 0
