"""Blocks of branches: their sizes, their torch modules and what they say when they don't fit."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from studio.errors import NetworkError, SettingError
from studio.nets import Size
from studio.nets.layers.block import Inception, Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Flatten
from studio.nets.network import Network

MAPS = Size(4, 7, 9)


def convolved(module, name, values):
    part = module.get_submodule(name)
    return functional.conv2d(
        values, part.weight, part.bias, part.stride, part.weight.shape[-1] // 2
    )


@pytest.mark.parametrize(("filters", "stride"), [(4, 1), (6, 1), (4, 2), (6, 3)])
def test_a_residual_block_adds_to_what_came_in(filters, stride):
    layer = Residual(filters=filters, stride=stride, norm=False)
    module, values = layer.module(MAPS).double(), torch.randn(2, *MAPS, dtype=torch.float64)
    inner = functional.relu(convolved(module, "body.conv1", values))
    body = convolved(module, "body.conv2", inner)
    changes = filters != MAPS.channels or stride != 1
    shortcut = convolved(module, "shortcut.conv1", values) if changes else values
    torch.testing.assert_close(module(values), functional.relu(body + shortcut))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([1, 3, 5, 7]),
    st.integers(1, 5),
    st.integers(1, 4),
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
def test_body_and_shortcut_always_fit(kernel, stride, filters, size):
    layer, size = Residual(filters=filters, kernel=kernel, stride=stride), Size(3, *size)
    with torch.device("meta"):
        output = layer.module(size).eval()(torch.empty(2, *size))
    assert layer.shape(size) == tuple(output.shape[1:])


@pytest.mark.parametrize("kernel", [2, 4])
def test_an_even_kernel_is_refused_with_the_reason(kernel):
    with pytest.raises(
        SettingError, match=f"{kernel} is even, and only odd kernels keep"
    ) as caught:
        Residual().change(kernel=kernel)
    assert caught.value.field == "kernel"
    with pytest.raises(NetworkError, match="layer 1, residual: kernel: 2 is even"):
        Network.build({"layers": [{"kind": "residual", "kernel": 2}]})


def test_normalised_convolutions_have_no_bias():
    assert not [name for name in Residual().state(MAPS) if name.endswith("conv1.bias")]
    assert [name for name in Residual(norm=False).state(MAPS) if name.endswith(".bias")] == [
        *("body.conv1.bias", "body.conv2.bias", "shortcut.conv1.bias")
    ]


def test_an_inception_block_puts_its_branches_one_behind_the_other():
    layer = Inception(ones=2, before_threes=3, threes=4, before_fives=2, fives=3, pooled=1)
    module, values = layer.module(MAPS).double(), torch.randn(2, *MAPS, dtype=torch.float64)

    def line(values, *names):
        for name in names:
            values = functional.relu(convolved(module, name, values))
        return values

    expected = torch.cat(
        [
            line(values, "one.conv1"),
            line(values, "three.conv1", "three.conv2"),
            line(values, "five.conv1", "five.conv2"),
            line(functional.max_pool2d(values, 3, 1, 1), "pool.conv1"),
        ],
        dim=1,
    )
    torch.testing.assert_close(module(values), expected)
    assert layer.shape(MAPS) == (2 + 4 + 3 + 1, 7, 9)


@pytest.mark.parametrize(
    ("layer", "ends", "message"),
    [
        (
            Residual(),
            (Size(8, 4, 4), Size(8, 3, 3)),
            "its branches give 8 × 4 × 4 and 8 × 3 × 3, which can't be added: "
            "channels, height and width must be the same",
        ),
        (
            Inception(),
            (Size(8, 4, 4), Size(2, 3, 3)),
            "its branches give 8 × 4 × 4 and 2 × 3 × 3, which can't be put one behind the other: "
            "height and width must be the same",
        ),
    ],
)
def test_branches_that_do_not_meet(layer, ends, message):
    with pytest.raises(NetworkError) as caught:
        layer.joined(ends)
    assert str(caught.value) == message


@pytest.mark.parametrize(("kind", "what"), [(Residual, "a residual"), (Inception, "an inception")])
def test_a_block_after_flatten_is_one_red_row(kind, what):
    network = Network(input=MAPS, layers=(Conv(), Flatten(), kind(), Conv()))
    rows = network.table()
    assert len(rows) == 4
    assert rows[2].problem.startswith(
        f"{what} block needs maps, but the layers above give a vector"
    )
    assert rows[3].problem == "needs the layers above it to work"


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Residual(), "3 × 3, twice"),
        (Residual(kernel=5, stride=2), "5 × 5, twice, stride 2"),
        (Inception(), "16 + 32 + 8 + 8"),
    ],
)
def test_words(layer, words):
    assert layer.words == words


def test_rows_inside_a_block_say_where_they_are():
    rows = Network(input=MAPS, layers=(Conv(filters=4), Residual(filters=8))).table()
    named = {row.name: row for row in rows}
    assert list(named) == [
        "conv1",
        *("res1.body.conv1", "res1.body.norm1", "res1.body.relu1"),
        *("res1.body.conv2", "res1.body.norm2"),
        *("res1.shortcut.conv1", "res1.shortcut.norm1"),
        *("res1.add", "res1.relu1"),
    ]
    assert {row.layer_index for row in rows[1:]} == {1}
    assert named["res1.shortcut.conv1"].inputs == ("conv1",)
    assert named["res1.add"].inputs == ("res1.body.norm2", "res1.shortcut.norm1")
    assert named["res1.body.conv2"].title == "Res · Conv 2"
    assert named["res1.add"].block == "Res"
