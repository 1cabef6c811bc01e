"""Every layer kind against the torch module that it makes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.declare import options
from studio.errors import NetworkError
from studio.nets import LAYERS, Flat, Size
from studio.nets.layer import Part
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import AveragePool, MaxPool
from studio.nets.layers.regularisation import BatchNorm, Dropout

MAPS, VECTOR = Size(3, 9, 11), Flat(30, 1, 1)


def as_torch(size):
    return (size.channels,) if size.flat else tuple(size)


def torch_output(layer, size):
    """The shape that torch gives for one picture, without the batch."""
    return tuple(layer.module(size).eval()(torch.zeros(2, *as_torch(size))).shape[1:])


def takes(layer, size):
    try:
        layer.shape(size)
    except NetworkError:
        return False
    return True


def cases():
    layers = [*(kind() for kind in LAYERS.values()), Conv(bias=False), Dense(bias=False)]
    return [
        pytest.param(layer, size, id=f"{layer.kind}-{size}")
        for layer in layers
        for size in (MAPS, VECTOR)
        if takes(layer, size)
    ]


def test_kinds_of_layers_are_found_in_their_files():
    assert set(LAYERS) >= {
        *("conv", "max_pool", "average_pool", "batch_norm", "dropout", "flatten", "dense"),
        *("relu", "sigmoid", "tanh", "softmax"),
    }
    assert {case.values[0].kind for case in cases()} == set(LAYERS)


@pytest.mark.parametrize(("layer", "size"), cases())
def test_output_weights_and_state_are_those_of_the_torch_module(layer, size):
    module = layer.module(size)
    assert as_torch(layer.shape(size)) == torch_output(layer, size)
    assert layer.weights(size) == sum(weight.numel() for weight in module.parameters())
    learned = {name for name, _ in module.named_parameters()}
    assert layer.state(size) == {
        name: Part(tuple(array.shape), name in learned, str(array.dtype).removeprefix("torch."))
        for name, array in module.state_dict().items()
    }


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_kind_is_declared_for_people(layer):
    assert layer.title
    assert layer.summary.endswith(".")
    assert layer.short.isalpha()
    for item in options(layer):
        assert item.label
        assert item.help.endswith(".")


@pytest.mark.parametrize("kind", ["conv", "max_pool", "average_pool"])
def test_a_vector_is_refused_where_maps_are_needed(kind):
    with pytest.raises(NetworkError, match="put it above the flatten layer"):
        LAYERS[kind]().shape(VECTOR)


@pytest.mark.parametrize("size", [MAPS, Size(64, 1, 1)])
def test_maps_are_refused_where_a_vector_is_needed(size):
    with pytest.raises(NetworkError, match="put a flatten layer above it"):
        Dense().shape(size)


@st.composite
def sliding_layers(draw):
    kind = draw(st.sampled_from([Conv, MaxPool, AveragePool]))
    window, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    padding, dilation = draw(st.integers(0, 4)), draw(st.integers(1, 3))
    if kind is Conv:
        return Conv(filters=2, kernel=window, stride=stride, padding=padding, dilation=dilation)
    if kind is MaxPool:
        return MaxPool(window_size=window, stride=stride, padding=padding, dilation=dilation)
    return AveragePool(window_size=window, stride=stride, padding=padding)


@settings(deadline=None, max_examples=200)
@given(sliding_layers(), st.integers(1, 12), st.integers(1, 12))
def test_a_window_fits_exactly_where_torch_lets_it(layer, height, width):
    size = Size(2, height, width)
    try:
        output = torch_output(layer, size)
    except RuntimeError:
        with pytest.raises(NetworkError):
            layer.shape(size)
    else:
        assert layer.shape(size) == output


def test_an_output_that_is_not_whole_is_rounded_down():
    assert MaxPool(window_size=2, stride=2).shape(Size(4, 7, 7)) == (4, 3, 3)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            Conv(kernel=5),
            "a 5 × 5 kernel doesn't fit in 4 × 4: add padding or use a smaller kernel",
        ),
        (
            Conv(kernel=7, padding=1),
            "a 7 × 7 kernel doesn't fit in 4 × 4 with padding 1: "
            "add more padding or use a smaller kernel",
        ),
        (
            Conv(kernel=3, dilation=2),
            "a 3 × 3 kernel with dilation 2, so 5 × 5, doesn't fit in 4 × 4: "
            "add padding or use a smaller kernel",
        ),
        (
            MaxPool(window_size=5),
            "a 5 × 5 window doesn't fit in 4 × 4: add padding or use a smaller window",
        ),
        (
            AveragePool(padding=2),
            "padding 2 is more than half of a 2 × 2 window: use at most 1",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_its_remedy(layer, message):
    with pytest.raises(NetworkError) as caught:
        layer.shape(Size(1, 4, 4))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("layer", "size", "expected"),
    [
        (Conv(filters=32, kernel=5, padding=2), Size(3, 32, 32), 32 * 32 * 32 * 75),
        (Dense(units=84), Flat(120, 1, 1), 84 * 120),
        (Flatten(), MAPS, 0),
    ],
)
def test_multiply_adds(layer, size, expected):
    assert layer.multiply_adds(size) == expected


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Conv(kernel=5), "5 × 5"),
        (
            Conv(kernel=3, stride=2, padding=1, dilation=2),
            "3 × 3, stride 2, padding 1, dilation 2",
        ),
        (MaxPool(), "max 2"),
        (MaxPool(window_size=3, stride=2), "max 3, stride 2"),
        (AveragePool(window_size=2), "average 2"),
        (BatchNorm(), "batch"),
        (Dropout(probability=0.25), "0.25"),
    ],
)
def test_words_say_what_is_unusual(layer, words):
    assert layer.words == words
