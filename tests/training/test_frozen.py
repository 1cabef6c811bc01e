"""Layers that training leaves alone, and dense layers that are convolutions."""

import numpy as np
import pytest
import torch

from studio.errors import TrainingError
from studio.nets import Size
from studio.nets.hand_made import HandMade
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import MaxPool
from studio.nets.network import Network
from studio.training.engine import train
from studio.training.events import Step
from studio.training.folder import read_run, train_into
from studio.training.history import History

EDGE = HandMade(filter=1, kernel=((-1, 0, 1),) * 3, name="Prewitt x")
LAYERS = (
    *(Conv(filters=4, hand_made=(EDGE,), frozen=True), ReLU(), MaxPool(window_size=4, stride=4)),
    *(Flatten(), Dense(units=8), ReLU(), Dense(units=10, frozen=True)),
)
NETWORK = Network(name="own", title="Own", input=Size(1, 28, 28), layers=LAYERS)


def learned(settings, data, network):
    history, losses = History(), []
    for event in train(settings, data=data, network=network):
        history.add(event)
        if isinstance(event, Step):
            losses.append(event.loss)
    return history.weights, losses


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_only_what_is_not_frozen_changes(settings, data, optimiser):
    settings = settings.change(optimiser=optimiser, weight_decay=0.1)
    torch.manual_seed(settings.seed)
    begun = NETWORK.module().state_dict()
    weights, _ = learned(settings, data, NETWORK)
    same = {name for name, array in weights.items() if np.array_equal(array, begun[name])}
    assert same == {"conv1.weight", "conv1.bias", "dense2.weight", "dense2.bias"}
    assert np.array_equal(weights["conv1.weight"][1, 0], np.array(EDGE.kernel))


def test_a_network_that_is_frozen_whole_is_refused(settings, data):
    layers = (Flatten(), Dense(units=10, frozen=True))
    with pytest.raises(TrainingError, match="nothing to learn"):
        learned(settings, data, NETWORK.change(layers=layers))


def test_dense_layers_as_convolutions_learn_the_same(settings, data):
    network = NETWORK.as_convolutions()
    _, expected = learned(settings, data, NETWORK)
    _, found = learned(settings, data, network)
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_a_run_goes_on_from_one_with_batch_normalisation(settings, data, tmp_path):
    settings = settings.change(network="lenet5", batch_norm=True, epochs=1)
    for _ in train_into(tmp_path / "first", settings, data=data):
        pass
    again = settings.change(batch_norm=False, start=str(tmp_path / "first"), learning_rate=1e-9)
    history = History()
    for event in train(again, data=data):
        history.add(event)
    before = read_run(tmp_path / "first").history().epochs[-1]
    (after,) = history.epochs
    assert after.validation_loss == pytest.approx(before.validation_loss, rel=0.5)
