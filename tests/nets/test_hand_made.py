"""Kernels made by hand in a layer, against SciPy's correlation."""

import json

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d

from studio.errors import NetworkError, SettingError
from studio.nets import Size
from studio.nets.hand_made import HandMade
from studio.nets.layers.convolution import Conv
from studio.nets.network import Network
from studio.nets.untrained import untrained

SOBEL_X = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))
SOBEL = HandMade(filter=2, kernel=SOBEL_X, name="Sobel x")
COLOUR = Size(3, 8, 9)


@pytest.mark.parametrize(("groups", "channels"), [(1, 1), (1, 3), (2, 4)])
def test_a_grey_picture_gives_what_the_kernel_gives(groups, channels):
    layer = Conv(filters=4, groups=groups, hand_made=(SOBEL,))
    grey = np.random.default_rng(6).random((8, 9))
    given = torch.tensor(np.broadcast_to(grey, (1, channels, 8, 9)).copy())
    with torch.no_grad():
        found = layer.module(Size(channels, 8, 9)).double()(given)[0, 2].numpy()
    expected = correlate2d(grey, np.array(SOBEL_X), mode="valid")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_other_filters_begin_as_they_would():
    def made(layer):
        torch.manual_seed(4)
        return layer.module(COLOUR), torch.random.get_rng_state()

    (plain, state), (changed, same_state) = made(Conv()), made(Conv(hand_made=(SOBEL,)))
    assert torch.equal(state, same_state)
    others = [number for number in range(32) if number != 2]
    assert torch.equal(plain.weight[others], changed.weight[others])
    assert torch.equal(plain.bias[others], changed.bias[others])
    assert changed.bias[2] == 0
    assert changed.weight.requires_grad


def test_a_layer_without_bias():
    module = Conv(bias=False, hand_made=(SOBEL,)).module(COLOUR)
    assert torch.equal(module.weight[2], torch.tensor(SOBEL_X).expand(3, 3, 3) / 3)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            Conv(kernel=5, hand_made=(SOBEL,)),
            "the hand-made kernel Sobel x for filter 2 is 3 × 3, but the kernels of this layer are "
            "5 × 5: make them the same size, or take the hand-made one out",
        ),
        (
            Conv(filters=2, hand_made=(SOBEL.change(name=""),)),
            "the hand-made kernel for filter 2 has no place: the filters are numbered 0 to 1",
        ),
        (
            Conv(hand_made=(SOBEL, SOBEL)),
            "filter 2 is given two hand-made kernels: keep one",
        ),
    ],
)
def test_a_kernel_that_the_layer_cannot_have_is_said_in_its_row(layer, message):
    with pytest.raises(NetworkError) as caught:
        layer.shape(COLOUR)
    assert str(caught.value) == message
    assert Network(input=COLOUR, layers=(layer,)).table()[0].problem == message


@pytest.mark.parametrize("kernel", [(), ((),), ((1.0, 2.0), (1.0,))])
def test_rows_must_agree(kernel):
    with pytest.raises(SettingError, match="a kernel needs rows of the same length"):
        HandMade.build({"kernel": kernel})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x"])
def test_what_is_no_kernel(value):
    with pytest.raises(SettingError):
        HandMade.build({"kernel": [[value]]})


def test_json_and_back():
    network = Network(input=COLOUR, layers=(Conv(hand_made=(SOBEL,), frozen=True, groups=1),))
    text = network.model_dump_json()
    assert json.loads(text)["layers"][0]["hand_made"] == [
        {"filter": 2, "kernel": [list(row) for row in SOBEL_X], "name": "Sobel x"}
    ]
    assert Network.build(json.loads(text)) == network
    assert network.table()[0].words == "3 × 3, 1 hand-made, frozen"


def test_a_model_holds_them_as_weights():
    model = untrained(Network(input=COLOUR, layers=(Conv(hand_made=(SOBEL,), frozen=True),)))
    np.testing.assert_allclose(model.weights["conv1.weight"][2, 1] * 3, SOBEL_X, rtol=1e-6)
    module = model.module()
    assert not module.conv1.weight.requires_grad
    assert np.array_equal(module.conv1.weight.numpy(), model.weights["conv1.weight"])
