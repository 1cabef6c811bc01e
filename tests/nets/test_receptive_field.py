"""The receptive fields of the table, against NaN put into one input pixel of the torch module."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.nets import Size
from studio.nets.layers.activation import GELU, ReLU, Sigmoid, Softmax
from studio.nets.layers.block import Inception, Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, DenseConv, Flatten
from studio.nets.layers.pooling import AveragePool, GlobalPool, MaxPool
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.network import Network
from studio.nets.steps import Steps
from studio.nets.zoo import NETWORKS


def reached(network, pixels):
    """For every row, which units turn into NaN: pixels x height x width.

    One batch with, in each picture, NaN in one pixel of all channels, and a last one without any:
    max pooling of nothing but padding gives -inf, from which sums make NaN by themselves.
    Double precision, because fast convolutions for single precision may carry NaN to units that
    don't see the pixel.
    """
    torch.manual_seed(0)
    module = network.module().double().eval()
    flowing = torch.rand(len(pixels) + 1, *network.input, dtype=torch.float64)
    for picture, (y, x) in enumerate(pixels):
        flowing[picture, :, y, x] = torch.nan
    found = {}
    with torch.inference_mode():
        steps = Steps(module).run(flowing)
        for row in network.table():
            units = steps[row.name].reshape(-1, *row.output).isnan().any(dim=1).numpy()
            found[row.name] = units[:-1] & ~units[-1]
    return found


def expected(row, pixels):
    """The same as the table has it, for a field without holes."""
    ys, xs = np.arange(row.output.height), np.arange(row.output.width)
    tops, lefts = row.field_of(0, 0)[0] + ys * row.stride[0], xs * row.stride[1]
    lefts += row.field_of(0, 0)[1]
    height, width = row.receptive_field
    return np.array(
        [
            np.outer((tops <= y) & (y < tops + height), (lefts <= x) & (x < lefts + width))
            for y, x in pixels
        ]
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_of_the_zoo(name):
    network = NETWORKS[name]
    size = network.input
    generator = np.random.default_rng(1)
    corners = [(0, 0), (0, size.width - 1), (size.height - 1, 0)]
    costs = sum(row.multiply_adds for row in network.table())
    count = 12 if costs < 30e6 else 2
    inner = generator.integers(0, [size.height, size.width], (count, 2)).tolist()
    pixels = [*corners[: max(1, count // 4)], *map(tuple, inner)]
    found = reached(network, pixels)
    for row in network.table():
        np.testing.assert_array_equal(found[row.name], expected(row, pixels), row.name)


@st.composite
def networks(draw):
    layers = []
    for _ in range(draw(st.integers(1, 4))):
        window, stride = draw(st.integers(1, 4)), draw(st.integers(1, 3))
        kind = draw(
            st.sampled_from(["conv", "max", "average", "pointwise", "residual", "inception"])
        )
        if kind == "conv":
            layers.append(
                Conv(
                    filters=2,
                    kernel=window,
                    stride=stride,
                    padding=draw(st.integers(0, 3)),
                    dilation=draw(st.integers(1, 3)),
                    groups=draw(st.integers(1, 2)),
                )
            )
        elif kind == "residual":
            side, norm = draw(st.sampled_from([1, 3, 5])), draw(st.booleans())
            layers.append(Residual(filters=2, kernel=side, stride=stride, norm=norm))
        elif kind == "inception":
            few = {"before_threes": 1, "threes": 2, "before_fives": 1, "fives": 1, "pooled": 2}
            layers.append(Inception(ones=1, **few))
        elif kind == "pointwise":
            layers.append(
                draw(st.sampled_from([ReLU(), GELU(), Sigmoid(), BatchNorm(), Softmax()]))
            )
        else:
            around = {"stride": stride, "padding": draw(st.integers(0, window // 2))}
            if kind == "max":
                around["dilation"] = draw(st.integers(1, 2))
            layers.append((MaxPool if kind == "max" else AveragePool)(window_size=window, **around))
    end = draw(st.sampled_from(["", "global average", "global max", "dense"]))
    if end.startswith("global"):
        layers += [GlobalPool(keep=end.removeprefix("global ")), Conv(filters=2, kernel=1)]
    elif end == "dense":
        height, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        layers.append(DenseConv(units=2, height=height, width=width))
    size = Size(draw(st.integers(1, 2)), draw(st.integers(1, 14)), draw(st.integers(1, 14)))
    return Network(input=size, layers=tuple(layers))


@settings(deadline=None, max_examples=80)
@given(networks())
def test_any_network(network):
    """No unit sees a pixel outside its field; one whose field lies inside sees all its edges."""
    assume(not network.problems())
    _, height, width = network.input
    pixels = [(y, x) for y in range(height) for x in range(width)]
    found = reached(network, pixels)
    for row in network.table():
        seen_by = found[row.name].reshape(height, width, row.output.height, row.output.width)
        for y in range(row.output.height):
            for x in range(row.output.width):
                top, left, bottom, right = row.field_of(y, x)
                seen_rows, seen_columns = np.nonzero(seen_by[:, :, y, x])
                inside = top >= 0 and left >= 0 and bottom <= height and right <= width
                if inside:
                    assert (seen_rows.min(), seen_rows.max()) == (top, bottom - 1)
                    assert (seen_columns.min(), seen_columns.max()) == (left, right - 1)
                elif seen_rows.size:
                    assert top <= seen_rows.min() <= seen_rows.max() < bottom
                    assert left <= seen_columns.min() <= seen_columns.max() < right


def test_flatten_and_dense_look_at_the_whole_map():
    layers = (Conv(kernel=3, padding=1), MaxPool(), Flatten(), Dense(units=3))
    rows = Network(input=Size(1, 8, 12), layers=layers).table()
    for row in rows[2:]:
        assert row.receptive_field == (4 + 3 * 2, 4 + 5 * 2)
        assert row.field_of(0, 0) == (-1, -1, 9, 13)


def test_overlapping_pooling_and_dilation_by_hand():
    layers = (Conv(kernel=11, stride=4, padding=2), MaxPool(window_size=3), Conv(dilation=2))
    rows = Network(input=Size(3, 224, 224), layers=layers).table()
    assert [row.receptive_field for row in rows] == [(11, 11), (19, 19), (51, 51)]
    assert [row.stride for row in rows] == [(4, 4), (8, 8), (8, 8)]
    assert [row.offset for row in rows] == [(-2, -2)] * 3
    assert rows[1].field_of(2, 1) == (14, 6, 33, 25)


def test_all_see_the_same_after_global_pooling():
    layers = (Conv(kernel=3, stride=2), GlobalPool(), Conv(kernel=3, padding=1), ReLU())
    rows = Network(input=Size(1, 9, 13), layers=layers).table()
    for row in rows[1:]:
        assert (row.receptive_field, row.stride, row.offset) == ((9, 13), (0, 0), (0, 0))


def test_a_block_sees_what_its_widest_branch_sees():
    rows = {row.name: row for row in Network(layers=(MaxPool(), Inception())).table()}
    assert rows["inception1.three.conv2"].receptive_field == (6, 6)
    assert rows["inception1.five.conv2"].receptive_field == (10, 10)
    assert rows["inception1.pool.pool1"].receptive_field == (6, 6)
    assert rows["inception1.concat"].receptive_field == (10, 10)
    assert rows["inception1.concat"].offset == (-4, -4)
    assert rows["inception1.concat"].stride == (2, 2)
