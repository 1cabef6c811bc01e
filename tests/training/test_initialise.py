"""How weights begin, by their variance."""

import numpy as np
import pytest
import torch
from torch import nn

from studio.nets import Size
from studio.nets.hand_made import HandMade
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.network import Network
from studio.nets.published import published
from studio.training.initialise import initialise
from studio.training.sections import NetworkSettings

EDGE = HandMade(filter=1, kernel=((-1, 0, 1),) * 3, name="Prewitt x")
NETWORK = Network(
    input=Size(3, 8, 8),
    layers=(
        *(Conv(filters=24, kernel=3, hand_made=(EDGE,)), BatchNorm(), ReLU()),
        *(Conv(filters=40, kernel=3, frozen=True), ReLU()),
        *(Flatten(), Dense(units=200), ReLU(), Dense(units=100)),
    ),
)


def begun(way):
    torch.manual_seed(0)
    module = NETWORK.module()
    before = {name: array.clone() for name, array in module.state_dict().items()}
    initialise(module, NetworkSettings(initialisation=way), NETWORK)
    return before, module.state_dict()


def sizes(weight):
    """How many values lead into a unit, and how many units a value leads to."""
    window = int(np.prod(weight.shape[2:]))
    return weight.shape[1] * window, weight.shape[0] * window


@pytest.mark.parametrize("way", ["he", "glorot", "normal"])
@pytest.mark.parametrize("name", ["dense1", "dense2"])
def test_variances(way, name):
    _, after = begun(way)
    weight = after[f"{name}.weight"]
    into, out = sizes(weight)
    expected = {"he": 2 / into, "glorot": 2 / (into + out), "normal": 1e-4}[way]
    assert float(weight.var()) == pytest.approx(expected, rel=0.05)
    assert float(weight.mean()) == pytest.approx(0, abs=4 * (expected / weight.numel()) ** 0.5)
    assert not after[f"{name}.bias"].any()


@pytest.mark.parametrize("way", ["he", "glorot", "normal", "orthogonal"])
def test_of_a_convolution_all_but_the_hand_made_filter_is_drawn(way):
    before, after = begun(way)
    kernels = after["conv1.weight"]
    np.testing.assert_array_equal(kernels[1], np.array([EDGE.kernel] * 3, np.float32) / 3)
    others = kernels[[0, *range(2, 24)]]
    assert not torch.equal(others, before["conv1.weight"][[0, *range(2, 24)]])
    into, out = sizes(kernels)
    variances = {"he": 2 / into, "glorot": 2 / (into + out), "normal": 1e-4, "orthogonal": 1 / into}
    assert float(others.var()) == pytest.approx(variances[way], rel=0.2)


def test_orthogonal_rows_or_columns():
    _, after = begun("orthogonal")
    for name in ("dense1", "dense2"):
        weight = after[f"{name}.weight"].double()
        short = weight if weight.shape[0] <= weight.shape[1] else weight.T
        np.testing.assert_allclose(short @ short.T, np.eye(len(short)), atol=1e-5)


@pytest.mark.parametrize("way", ["torch", "he", "glorot", "normal", "orthogonal"])
def test_frozen_layers_and_normalisations_stay(way):
    before, after = begun(way)
    same = {name for name in after if torch.equal(before[name], after[name])}
    kept = {name for name in after if name.startswith(("conv2.", "norm1."))}
    assert kept <= same
    if way == "torch":
        assert same == set(after)
    else:
        assert not {"conv1.weight", "dense1.weight", "dense1.bias", "dense2.weight"} & same


def test_a_seed_means_the_same_again():
    _, first = begun("he")
    _, second = begun("he")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_published_networks_too():
    network = published("squeezenet1_1").change(classes=("cat", "dog"))
    module = network.module()
    initialise(module, NetworkSettings(initialisation="normal"), network)
    kernels = [part.weight for part in module.modules() if isinstance(part, nn.Conv2d)]
    together = torch.cat([kernel.detach().flatten() for kernel in kernels])
    assert float(together.std()) == pytest.approx(0.01, rel=0.01)
