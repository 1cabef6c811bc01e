"""Dropout and batch normalisation put into networks."""

import pytest

from studio.errors import NetworkError
from studio.nets import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.block import Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import GlobalPool
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.network import Network
from studio.nets.published import published
from studio.nets.regularised import with_batch_norm, with_dropout
from studio.nets.zoo import NETWORKS


def kinds(network):
    return [layer.kind for layer in network.layers]


def dropped(network):
    return [layer.probability for layer in network.layers if isinstance(layer, Dropout)]


def test_dropout_stands_before_the_last_dense_layer():
    plain, found = NETWORKS["convnet"], with_dropout(NETWORKS["convnet"], 0.25)
    assert found.layers == NETWORKS["convnet-dropout"].layers
    assert found.name == plain.name
    assert found.weights == plain.weights
    assert with_dropout(plain, 0) == plain
    converted = with_dropout(plain.as_convolutions(), 0.5)
    assert kinds(converted)[-2:] == ["dropout", "dense_conv"]


@pytest.mark.parametrize("name", ["convnet-dropout", "mlp-300"])
def test_dropout_that_is_there_gets_the_share(name):
    network = NETWORKS[name]
    found = with_dropout(network, 0.75)
    assert kinds(found) == kinds(network)
    assert dropped(found) == [0.75]


def test_dropout_further_up_is_left_alone():
    found = with_dropout(NETWORKS["cifar-conv4"], 0.6)
    assert dropped(found) == [0.25, 0.6]  # that before the flatten layer acts on the last one
    layers = (Flatten(), Dense(units=4), Dropout(probability=0.1), Dense(units=4), ReLU())
    network = Network(input=Size(1, 4, 4), layers=(*layers, Dense(units=2)))
    assert dropped(with_dropout(network, 0.6)) == [0.1, 0.6]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_takes_both_and_works(name):
    network = with_dropout(with_batch_norm(NETWORKS[name]), 0.5)
    assert network.problems() == ()
    assert 0.5 in dropped(network)
    assert with_batch_norm(network) == network
    assert with_dropout(network, 0.5) == network


def test_batch_norm_stands_after_every_convolution_that_has_none():
    found = with_batch_norm(NETWORKS["convnet-dropout"])
    assert found.layers == NETWORKS["convnet-bn"].layers
    assert with_batch_norm(NETWORKS["convnet-bn"]) == NETWORKS["convnet-bn"]
    assert with_batch_norm(NETWORKS["mlp"]) == NETWORKS["mlp"]


def test_batch_norm_goes_into_residual_blocks():
    layers = (Conv(filters=4), Residual(filters=4, norm=False), GlobalPool(), Flatten())
    network = Network(input=Size(3, 8, 8), layers=(*layers, Dense(units=2)))
    found = with_batch_norm(network)
    assert isinstance(found.layers[1], BatchNorm)
    assert found.layers[2] == Residual(filters=4)


def test_networks_that_cannot_take_them_say_so():
    network = published("resnet18")
    with pytest.raises(NetworkError, match="dropout can't be put"):
        with_dropout(network, 0.5)
    with pytest.raises(NetworkError, match="batch normalisation can't be put"):
        with_batch_norm(network)
    bare = Network(input=Size(3, 8, 8), layers=(Conv(filters=4), GlobalPool(), Flatten()))
    with pytest.raises(NetworkError, match="no dense layer"):
        with_dropout(bare, 0.5)
