"""Class and loss of every picture of a part, against the formula in NumPy."""

import numpy as np
import pytest

from studio.data.parts import Part
from studio.errors import PictureError
from studio.nets.layers import LAYERS
from studio.nets.model import Card, Model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.training.part_answers import answer_part


@pytest.fixture
def part():
    numbers = np.random.default_rng(0)
    pictures = numbers.integers(0, 256, (1100, 2, 2, 1), np.uint8)
    return Part(pictures, numbers.integers(0, 3, 1100))


def model(softmax):
    layers = [LAYERS["flatten"].build(), LAYERS["dense"].build({"units": 3})]
    if softmax:
        layers.append(LAYERS["softmax"].build())
    network = Network(layers=tuple(layers), input=(1, 2, 2), classes=("a", "b", "c"))
    preprocessing = Preprocessing(size=(2, 2), channels=1, mean=(0.5,), std=(0.25,))
    numbers = np.random.default_rng(1)
    weights = {
        name: numbers.normal(size=one.shape).astype(np.float32)
        for name, one in network.state().items()
    }
    card = Card.build({"network": network, "preprocessing": preprocessing})
    return Model(card, weights)


def run(work):
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return shares, end.value


@pytest.mark.parametrize("softmax", [False, True])
def test_losses_are_cross_entropies(part, softmax):
    made = model(softmax)
    shares, answers = run(answer_part(made, part))
    weight, bias = (made.weights[f"dense1.{name}"].astype(float) for name in ("weight", "bias"))
    values = (part.pictures.reshape(1100, 4) / 255 - 0.5) / 0.25
    scores = values @ weight.T + bias
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    assert answers.losses == pytest.approx(-logs[np.arange(1100), part.labels], rel=1e-4, abs=1e-5)
    assert np.array_equal(answers.answered, scores.argmax(axis=1))
    assert np.array_equal(answers.labels, part.labels)
    assert shares == sorted(shares)
    assert len(shares) > 1  # there is a chance to stop
    assert shares[-1] == 1


def test_pictures_of_another_size_are_refused(part):
    other = Part(part.pictures.reshape(1100, 1, 4, 1), part.labels)
    with pytest.raises(PictureError):
        run(answer_part(model(False), other))
