"""What a changed network keeps of the weights of the one that it was made from."""

import numpy as np
import pytest

from studio.errors import NetworkError
from studio.nets.inherit import MOST_WEIGHTS, check_computable, inherit, new_layers
from studio.nets.layer import Size, number_layers
from studio.nets.layers import LAYERS
from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.untrained import untrained


def made(*kinds, size=(1, 12, 12), **settings):
    """A network from names of kinds, or pairs of a kind and its settings."""
    layers = [
        {"kind": one} if isinstance(one, str) else {"kind": one[0], **one[1]} for one in kinds
    ]
    return Network(input=Size(*size), layers=tuple(layers), **settings)


CONV_A, CONV_B = ("conv", {"filters": 4, "padding": 1}), ("conv", {"filters": 4, "kernel": 1})
HEAD = ("flatten", ("dense", {"units": 3}))
BASE = made(CONV_A, "batch_norm", "relu", CONV_B, "max_pool", *HEAD)


@pytest.fixture
def base():
    """A model whose arrays are all different, as learned ones are."""
    model = untrained(BASE, 5)
    chance = np.random.default_rng(0)
    weights = {
        name: chance.normal(size=array.shape).astype(array.dtype) if array.ndim else array
        for name, array in model.weights.items()
    }
    card = model.card.change(
        title="Learned", preprocessing=model.card.preprocessing.change(mean=(0.25,))
    )
    return Model(card, weights)


def kept(network, base):
    """Which layer of the base each layer with weights continues, found by its arrays alone."""
    model = inherit(network, base, seed=1)
    found = {}
    for name in {path.split(".")[0] for path in model.weights}:
        array = model.weights[f"{name}.weight"]
        same = [
            path.removesuffix(".weight")
            for path, other in base.weights.items()
            if array.shape == other.shape and np.array_equal(array, other)
        ]
        found[name] = same[0] if same else None
    return found


def test_the_same_network_keeps_everything(base):
    model = inherit(BASE, base)
    assert all(np.array_equal(model.weights[name], base.weights[name]) for name in base.weights)
    assert new_layers(BASE, BASE) == ()
    assert model.card.preprocessing == base.card.preprocessing
    assert model.card.trained.text == "Made from Learned, with its weights"


def test_layers_below_an_inserted_one_keep_theirs_although_their_names_change(base):
    network = made(CONV_A, "batch_norm", "relu", ("conv", {"filters": 4, "padding": 1}), CONV_B,
                   "max_pool", *HEAD)  # fmt: skip
    assert kept(network, base) == {
        "conv1": "conv1", "norm1": "norm1", "conv2": None, "conv3": "conv2", "dense1": "dense1"
    }  # fmt: skip
    assert new_layers(network, BASE) == ("conv2",)


def test_layers_below_a_removed_one_keep_theirs(base):
    network = made(("conv", {"filters": 4, "kernel": 1}), "max_pool", *HEAD)
    assert kept(network, base) == {"conv1": None, "dense1": "dense1"}  # of other channels
    network = made(CONV_A, "relu", CONV_B, "max_pool", *HEAD)
    assert kept(network, base) == {"conv1": "conv1", "conv2": "conv2", "dense1": "dense1"}


def test_a_copy_is_new_and_the_layer_above_it_keeps_its_weights(base):
    network = made(CONV_A, "batch_norm", "batch_norm", "relu", CONV_B, "max_pool", *HEAD)
    assert kept(network, base)["norm1"] == "norm1"
    assert kept(network, base)["norm2"] is None


def test_settings_that_change_no_shape_change_no_weights(base):
    network = made(("conv", {"filters": 4, "padding": 2, "dilation": 2}), "batch_norm", "sigmoid",
                   CONV_B, ("average_pool", {}), *HEAD)  # fmt: skip
    assert new_layers(network, BASE) == ()


def test_other_shapes_are_random_and_named(base):
    network = made(("conv", {"filters": 5, "padding": 1}), "batch_norm", "relu", CONV_B, "max_pool",
                   *HEAD)  # fmt: skip
    assert kept(network, base) == {"conv1": None, "norm1": None, "conv2": None, "dense1": "dense1"}
    model = inherit(network, base, 7)
    assert model.card.trained.text == (
        "Made from Learned, with its weights; those of conv1, norm1, conv2 are random, from seed 7"
    )
    fresh = untrained(network, 7)
    assert np.array_equal(model.weights["conv1.weight"], fresh.weights["conv1.weight"])


def test_a_bias_that_was_not_there_is_new_and_the_kernels_stay(base):
    without = made(("conv", {"filters": 4, "padding": 1, "bias": False}), "batch_norm", "relu",
                   CONV_B, "max_pool", *HEAD)  # fmt: skip
    model = inherit(without, base)
    assert np.array_equal(model.weights["conv1.weight"], base.weights["conv1.weight"])
    assert new_layers(without, BASE) == ()
    assert new_layers(BASE, without) == ("conv1",)  # its bias is


def test_nothing_that_fits_is_an_untrained_network(base):
    network = made(("conv", {"filters": 2, "kernel": 5}), *HEAD)
    model = inherit(network, base, 3)
    assert "Not trained" in model.card.trained.text
    fresh = untrained(network, 3).weights
    assert all(np.array_equal(model.weights[name], fresh[name]) for name in fresh)


@pytest.mark.parametrize(("size", "mean"), [((1, 16, 20), (0.25,)), ((3, 12, 12), (0.5,) * 3)])
def test_pictures_are_prepared_as_before_where_channels_are_the_same(base, size, mean):
    network = made(CONV_A, "relu", "flatten", ("dense", {"units": 3}), size=size)
    found = inherit(network, base).card.preprocessing
    assert found.mean == mean
    assert found.output == size


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_every_kind_keeps_its_weights_beside_a_new_layer(kind):
    above = (("conv", {"filters": 3}), *(("flatten",) if kind == "dense" else ()))
    network = made(*above, kind, size=(3, 12, 12))
    model = untrained(network, 2)
    changed = made(("conv", {"filters": 3, "padding": 1}), *above, kind, size=(3, 12, 12))
    found = inherit(changed, model, 9)
    old = number_layers(network.layers)[-1][0]
    new = number_layers(changed.layers)[-1][0]
    for name in model.weights:
        if name.startswith(f"{old}."):
            array = found.weights[name.replace(old, new, 1)]
            assert np.array_equal(array, model.weights[name]), name


def test_a_network_that_can_t_work_is_refused(base):
    with pytest.raises(NetworkError, match="doesn't fit"):
        inherit(made(("conv", {"kernel": 31}), *HEAD), base)


def test_networks_that_fill_the_memory_are_refused():
    wide = made("flatten", ("dense", {"units": 65536}), size=(3, 256, 256))
    assert wide.weights > MOST_WEIGHTS
    with pytest.raises(NetworkError, match="weights, too many"):
        check_computable(wide)
    deep = made(("conv", {"filters": 4096, "kernel": 1}), size=(1, 2000, 2000))
    with pytest.raises(NetworkError, match=r"maps of 61\.0 GB for one picture"):
        check_computable(deep)


def test_networks_that_take_no_pictures_are_refused():
    with pytest.raises(NetworkError, match="takes 8 channels, but pictures have 1 or 3"):
        check_computable(made("relu", size=(8, 12, 12)))


def test_long_networks_are_paired_without_delay():
    layers = [("conv", {"filters": 4, "padding": 1}), "batch_norm"] * 150
    network = made(*layers, size=(1, 8, 8))
    changed = made(*layers[:100], ("conv", {"filters": 4, "kernel": 1}), *layers[100:],
                   size=(1, 8, 8))  # fmt: skip
    assert new_layers(changed, network) == ("conv51",)
