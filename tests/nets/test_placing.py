"""Hand-made kernels in a layer."""

import numpy as np
import pytest
import torch

from studio.errors import NetworkError
from studio.filters.presets import PRESETS
from studio.nets.inherit import inherit
from studio.nets.layer import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.convolution import Conv
from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.placing import with_hand_made, without_hand_made
from studio.nets.untrained import untrained

SOBEL = PRESETS["sobel-x"].kernel


@pytest.fixture
def network():
    return Network(input=Size(3, 12, 12), layers=(Conv(filters=4, kernel=5, padding=2), ReLU()))


def test_a_smaller_kernel_stands_in_the_middle(network):
    made = with_hand_made(network, 0, 2, SOBEL, frozen=True, name="Sobel x")
    (kernel,) = made.layers[0].hand_made
    assert (kernel.filter, kernel.name) == (2, "Sobel x")
    np.testing.assert_array_equal(kernel.kernel, np.pad(np.array(SOBEL), 1))
    assert made.layers[0].frozen
    assert network.layers[0].hand_made == ()


def test_the_module_answers_to_edges_as_the_kernel_does(network):
    made = with_hand_made(network, 0, 1, SOBEL)
    grey = torch.rand(1, 1, 12, 12, dtype=torch.float32)
    answer = made.module()[0](grey.expand(1, 3, 12, 12))[0, 1]
    kernel = torch.tensor(SOBEL, dtype=torch.float32)[None, None]
    expected = torch.nn.functional.conv2d(grey, kernel, padding=1)[0, 0]
    torch.testing.assert_close(answer, expected, atol=1e-5, rtol=1e-5)


def test_a_second_kernel_for_a_filter_replaces_the_first(network):
    made = with_hand_made(network, 0, 3, SOBEL, frozen=True)
    made = with_hand_made(made, 0, 0, SOBEL)
    made = with_hand_made(made, 0, 3, PRESETS["prewitt-y"].kernel, name="Prewitt y")
    kernels = made.layers[0].hand_made
    assert [(one.filter, one.name) for one in kernels] == [(0, ""), (3, "Prewitt y")]
    assert made.layers[0].frozen  # as it was
    emptied = without_hand_made(without_hand_made(made, 0, 3), 0, 0)
    assert emptied.layers[0].hand_made == ()


def test_what_cannot_be_put_in(network):
    with pytest.raises(NetworkError, match="layer 2 is no convolution"):
        with_hand_made(network, 1, 0, SOBEL)
    with pytest.raises(NetworkError, match="no layer 3"):
        with_hand_made(network, 2, 0, SOBEL)
    with pytest.raises(NetworkError, match="numbered 0 to 3"):
        with_hand_made(network, 0, 4, SOBEL)
    with pytest.raises(NetworkError, match="7 × 7 doesn't fit into one of 5 × 5"):
        with_hand_made(network, 0, 0, np.ones((7, 7)))
    with pytest.raises(NetworkError, match="no middle place"):
        with_hand_made(network, 0, 0, np.ones((4, 4)))


def test_the_other_filters_keep_what_they_have_learned(network):
    origin = untrained(network, seed=7)
    model = inherit(with_hand_made(network, 0, 2, SOBEL), origin, seed=1)
    learned, now = origin.weights["conv1.weight"], model.weights["conv1.weight"]
    np.testing.assert_array_equal(now[[0, 1, 3]], learned[[0, 1, 3]])
    np.testing.assert_allclose(now[2, 1, 1:4, 1:4], np.array(SOBEL) / 3, rtol=1e-6)
    assert model.weights["conv1.bias"][2] == 0
    assert origin.weights["conv1.bias"][2] != 0
    # Once it has learned, what became of the kernel is kept as well.
    again = inherit(model.card.network, Model(model.card, origin.weights))
    np.testing.assert_array_equal(again.weights["conv1.weight"], learned)
