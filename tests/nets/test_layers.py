"""Every layer kind against the torch module that it makes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, softmax

from studio.declare import options
from studio.errors import NetworkError
from studio.nets import LAYERS, Flat, Size
from studio.nets.layer import Part
from studio.nets.layers.activation import GELU, Softmax
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, DenseConv, Flatten
from studio.nets.layers.pooling import AveragePool, GlobalPool, MaxPool
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
    layers = [
        *(kind() for kind in LAYERS.values()),
        *(Conv(bias=False), Dense(bias=False), DenseConv(bias=False, height=4, width=9)),
        *(Conv(groups=3, filters=6), Conv(groups=3, filters=3, frozen=True), Dense(frozen=True)),
        *(GlobalPool(keep="max"), BatchNorm(scale=False)),
    ]
    return [
        pytest.param(layer, size, id=f"{layer.kind}-{size}")
        for layer in layers
        for size in (MAPS, VECTOR)
        if takes(layer, size)
    ]


def test_kinds_of_layers_are_found_in_their_files():
    assert set(LAYERS) >= {
        *("conv", "max_pool", "average_pool", "batch_norm", "dropout", "flatten", "dense"),
        *("relu", "sigmoid", "tanh", "gelu", "softmax"),
        *("global_pool", "dense_conv", "residual", "inception"),
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


@pytest.mark.parametrize(
    "kind",
    [
        *("conv", "max_pool", "average_pool", "global_pool", "dense_conv"),
        *("residual", "inception"),
    ],
)
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
        groups = draw(st.sampled_from([1, 1, 2, 4]))
        sliding = {"stride": stride, "padding": padding, "dilation": dilation}
        return Conv(filters=2, kernel=window, groups=groups, **sliding)
    if kind is MaxPool:
        return MaxPool(window_size=window, stride=stride, padding=padding, dilation=dilation)
    return AveragePool(window_size=window, stride=stride, padding=padding)


@settings(deadline=None, max_examples=200)
@given(sliding_layers(), st.integers(1, 12), st.integers(1, 12))
def test_a_window_fits_exactly_where_torch_lets_it(layer, height, width):
    size = Size(2, height, width)
    try:
        output = torch_output(layer, size)
    except (RuntimeError, ValueError):
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
    ("layer", "message"),
    [
        (
            Conv(filters=8, groups=4),
            "6 maps that come in can't be split into 4 equal groups: "
            "use a number of groups that divides 6 and 8",
        ),
        (
            Conv(filters=8, groups=3),
            "8 filters can't be split into 3 equal groups: "
            "use a number of groups that divides 6 and 8",
        ),
    ],
)
def test_groups_that_do_not_divide(layer, message):
    with pytest.raises(NetworkError) as caught:
        layer.shape(Size(6, 4, 4))
    assert str(caught.value) == message


def values(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def test_a_group_sees_its_own_maps_only():
    size = Size(6, 5, 5)
    module = Conv(filters=4, groups=2).module(size).double()
    given = values(1, *size)
    changed = given.clone()
    changed[:, 3:] += 1
    with torch.no_grad():
        same = (module(given) == module(changed)).all(dim=(0, 2, 3))
    assert same.tolist() == [True, True, False, False]


def test_gelu_is_the_exact_one():
    given = values(2, 3, 4, 4)
    expected = given.numpy() * ndtr(given.numpy())
    np.testing.assert_allclose(GELU().module(MAPS)(given).numpy(), expected, atol=1e-12)


def test_softmax_of_maps_adds_up_to_one_at_every_place():
    given = values(2, 3, 4, 5)
    found = Softmax().module(MAPS)(given).numpy()
    np.testing.assert_allclose(found, softmax(given.numpy(), axis=1), atol=1e-12)


@pytest.mark.parametrize(("keep", "of"), [("average", np.mean), ("max", np.max)])
@pytest.mark.parametrize("size", [(9, 11), (1, 1), (20, 3)])
def test_global_pooling_takes_any_size(keep, of, size):
    module = GlobalPool(keep=keep).module(MAPS)
    given = values(2, 3, *size)
    expected = of(given.numpy(), axis=(2, 3), keepdims=True)
    np.testing.assert_allclose(module(given).numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("layer", [Conv(), Dense(), DenseConv()], ids=lambda layer: layer.kind)
def test_a_frozen_layer_learns_nothing_but_its_weights_are_counted(layer):
    size = VECTOR if layer.kind == "dense" else MAPS
    frozen = layer.change(frozen=True)
    assert all(part.requires_grad for part in layer.module(size).parameters())
    assert not any(part.requires_grad for part in frozen.module(size).parameters())
    assert frozen.weights(size) == layer.weights(size) > 0
    assert frozen.words.endswith("frozen")


@pytest.mark.parametrize(
    ("layer", "size", "expected"),
    [
        (Conv(filters=32, kernel=5, padding=2), Size(3, 32, 32), 32 * 32 * 32 * 75),
        (Dense(units=84), Flat(120, 1, 1), 84 * 120),
        (Flatten(), MAPS, 0),
        (Conv(filters=6, kernel=3, groups=3), MAPS, 6 * 7 * 9 * 9),
        (DenseConv(units=10, height=9, width=11), MAPS, 10 * MAPS.values),
        (GlobalPool(), MAPS, 0),
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
        (Conv(groups=8), "3 × 3, 8 groups"),
        (GlobalPool(), "global average"),
        (DenseConv(height=4, width=5), "as 4 × 5"),
        (Dropout(probability=0.25), "0.25"),
    ],
)
def test_words_say_what_is_unusual(layer, words):
    assert layer.words == words
