"""Dense layers turned into convolutions, and networks on pictures of another size."""

import numpy as np
import pytest
import torch

from studio.errors import NetworkError
from studio.nets import Size
from studio.nets.dense_to_conv import as_convolutions, at_size
from studio.nets.layers.activation import ReLU, Softmax, Tanh
from studio.nets.layers.block import Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, DenseConv, Flatten
from studio.nets.layers.pooling import AveragePool, GlobalPool, MaxPool
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.network import Network
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS

# No padding, and strides of 2 in all.
PLAIN = Network(
    title="Plain",
    input=Size(3, 10, 12),
    layers=(
        *(Conv(filters=3, kernel=3), BatchNorm(), ReLU(), MaxPool()),
        *(Flatten(), Dense(units=7), BatchNorm(), Tanh(), Dropout()),
        *(Dense(units=4, bias=False), Softmax()),
    ),
)


def shaken(network, seed=3):
    """A model whose batch normalisation has seen something."""
    model = untrained(network, seed)
    rng = np.random.default_rng(seed)
    weights = {
        name: (array + 0.2 * rng.random(array.shape)).astype(array.dtype)
        if "norm" in name and array.dtype.kind == "f"
        else array
        for name, array in model.weights.items()
    }
    return type(model)(model.card, weights)


def answers(model, pictures):
    with torch.no_grad():
        return model.module()(torch.from_numpy(pictures))


def pictures(size, count=2):
    return np.random.default_rng(1).random((count, *size), np.float32)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_answers_stay_what_they_were(name):
    model = shaken(NETWORKS[name])
    changed = as_convolutions(model)
    given = pictures(model.card.network.input)
    expected = answers(model, given)
    found = answers(changed, given)
    assert found.shape == (*expected.shape, 1, 1)
    torch.testing.assert_close(found.flatten(1), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_dense_layer_is_left_and_the_table_agrees(name):
    network = NETWORKS[name]
    changed = network.as_convolutions()
    assert not {"flatten", "dense"} & {layer.kind for layer in changed.layers}
    rows = {row.name: row for row in network.table() if row.kind != "flatten"}
    others = {row.name: row for row in changed.table()}
    assert list(rows) == list(others)
    for key, row in rows.items():
        other = others[key]
        assert (row.weights, row.multiply_adds) == (other.weights, other.multiply_adds)
        assert row.output == other.output
        assert row.field.size == other.field.size
    assert Network.build(changed.model_dump(mode="json")) == changed


def test_layers_in_between():
    changed = PLAIN.as_convolutions()
    assert changed.layers[4:] == (
        *(DenseConv(units=7, height=4, width=5), BatchNorm(), Tanh(), Dropout()),
        *(DenseConv(units=4, bias=False), Softmax()),
    )
    rows = changed.table()
    assert [row.words for row in rows if row.kind == "dense_conv"] == ["as 4 × 5", "as 1 × 1"]
    assert [row.title for row in rows if row.kind == "dense_conv"] == ["Dense 1", "Dense 2"]
    assert as_convolutions(shaken(PLAIN)).weights.keys() == changed.state().keys()


def test_a_frozen_layer_stays_frozen():
    network = Network(input=Size(1, 4, 4), layers=(Flatten(), Dense(frozen=True)))
    assert network.as_convolutions().layers == (DenseConv(height=4, width=4, frozen=True),)


def test_a_larger_picture_gives_the_answer_of_every_crop():
    model = shaken(PLAIN)
    large = pictures(Size(3, 17, 21))
    found = answers(at_size(as_convolutions(model), 17, 21), large)
    assert found.shape == (2, 4, 4, 5)
    for y in range(4):
        for x in range(5):
            crop = large[:, :, 2 * y : 2 * y + 10, 2 * x : 2 * x + 12].copy()
            torch.testing.assert_close(found[:, :, y, x], answers(model, crop), atol=1e-6, rtol=0)


def test_a_network_of_dense_layers_only_slides_over_the_picture():
    layers = (Flatten(), Dense(units=6), ReLU(), Dense(units=2))
    model = shaken(Network(input=Size(1, 5, 4), layers=layers))
    large = pictures(Size(1, 7, 9))
    found = answers(at_size(as_convolutions(model), 7, 9), large)
    assert found.shape == (2, 2, 3, 6)
    crop = large[:, :, 2:7, 5:9].copy()
    torch.testing.assert_close(found[:, :, 2, 5], answers(model, crop), atol=1e-6, rtol=0)


def test_the_card_says_what_is_known():
    model = shaken(PLAIN)
    card = model.card.change(sha256="ab", test_accuracy=0.5, test_data="some pictures")
    model = type(model)(card, model.weights)
    changed = as_convolutions(model).card
    assert changed == card.change(network=PLAIN.as_convolutions(), sha256="")
    larger = at_size(as_convolutions(model), 20, 22).card
    assert larger.network.input == (3, 20, 22)
    assert larger.preprocessing == card.preprocessing.change(size=(20, 22))
    assert (larger.test_accuracy, larger.test_data) == (None, "")


def test_nothing_to_do():
    model = shaken(PLAIN)
    assert at_size(model, 10, 12) is model
    layers = (Conv(filters=2), GlobalPool())
    sliding = untrained(Network(input=Size(1, 6, 6), layers=layers))
    assert as_convolutions(sliding) is sliding


def test_global_pooling_lets_dense_layers_take_any_size():
    layers = (Residual(filters=4), GlobalPool(), Flatten(), Dense(units=3))
    model = shaken(Network(input=Size(1, 6, 6), layers=layers))
    larger = at_size(model, 11, 8)
    assert answers(larger, pictures(Size(1, 11, 8))).shape == (2, 3)


def test_a_dense_layer_in_the_way():
    with pytest.raises(NetworkError) as caught:
        at_size(shaken(PLAIN), 20, 22)
    assert caught.value.message == (
        "Plain can't take 3 × 20 × 22: dense1 has weights for 60 values and would be given 270"
    )
    assert caught.value.remedy == "Turn the dense layers into convolutions first"


def test_a_picture_that_is_too_small():
    with pytest.raises(NetworkError, match="dense1, a 4 × 5 kernel doesn't fit in 3 × 5"):
        at_size(as_convolutions(shaken(PLAIN)), 8, 12)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            (Conv(filters=2), Flatten(), BatchNorm(), Dense()),
            "norm1 treats all values of the flattened maps as channels of their own",
        ),
        ((Conv(filters=2), Flatten(), Softmax()), "softmax1 treats all values"),
        ((Conv(filters=2), Flatten(), ReLU()), "no dense layer takes the flattened maps"),
        ((AveragePool(window_size=9), Flatten(), Dense()), "a 9 × 9 window doesn't fit"),
    ],
)
def test_what_only_a_vector_can_do(layers, message):
    with pytest.raises(NetworkError, match=message) as caught:
        Network(title="Odd", input=Size(1, 6, 6), layers=layers).as_convolutions()
    assert str(caught.value).startswith("Odd")


def test_one_pixel_of_maps_is_as_good_as_a_vector():
    layers = (GlobalPool(), Flatten(), BatchNorm(), Flatten(), Softmax())
    changed = Network(input=Size(3, 6, 6), layers=layers).as_convolutions()
    assert changed.layers == (GlobalPool(), BatchNorm(), Softmax())
