"""The models that come with the studio: what their cards claim."""

import os
from pathlib import Path

import pytest
import torch

from studio.data import DATASETS, load_data
from studio.data.sets.glyphs import Glyphs
from studio.nets.model import bundled, load_model
from studio.training.settings import TrainSettings

ROOT = os.environ.get("STUDIO_DATA_ROOT")
LEAST = {"lenet5-mnist": 0.990, "convnet-cifar10": 0.81}


def end_of(loading):
    while True:
        try:
            next(loading)
        except StopIteration as end:
            return end.value


def accuracy(model, arrays):
    module = model.module()
    right = 0
    for start in range(0, len(arrays.test_labels), 500):
        part = slice(start, start + 500)
        batch = model.card.preprocessing.batch_from_bytes(arrays.test_pictures[part])
        with torch.inference_mode():
            answered = module(torch.from_numpy(batch)).argmax(1).numpy()
        right += int((answered == arrays.test_labels[part]).sum())
    return right / len(arrays.test_labels)


def test_they_are_the_ones_that_are_promised():
    assert {card.name for card in bundled()} == set(LEAST)


@pytest.mark.parametrize("name", LEAST)
def test_the_card_is_complete(name):
    card = load_model(name).card
    assert card.test_accuracy >= LEAST[name]
    settings = TrainSettings.build(card.trained.settings)
    assert card.trained.command == settings.command
    dataset = DATASETS[settings.data]
    assert card.classes == dataset.classes
    assert dataset.source in card.trained.data
    assert dataset.source in card.test_data
    assert card.network.input == dataset.size


def test_the_digit_network_reads_digits_it_never_saw():
    glyphs = end_of(Glyphs(train=10, test=500).load())
    assert accuracy(load_model("lenet5-mnist"), glyphs) > 0.9


@pytest.mark.skipif(not ROOT, reason="STUDIO_DATA_ROOT names no folder with real data")
@pytest.mark.parametrize("name", LEAST)
def test_the_accuracy_is_what_the_card_says(name):
    model = load_model(name)
    arrays = end_of(load_data(model.card.trained.settings["data"], Path(ROOT)))
    assert accuracy(model, arrays) == pytest.approx(model.card.test_accuracy, abs=5e-4)
