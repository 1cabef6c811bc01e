"""Effective receptive fields, against closed forms and torch's own gradients."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import convolve
from torchvision.ops import Permute

from studio.errors import ModelError, NetworkError
from studio.insight.effective_field import Box, average_field, effective_field, summarise
from studio.nets import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.block import Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import AveragePool, MaxPool
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.network import Network
from studio.nets.row import input_row
from studio.nets.steps import Steps
from studio.nets.zoo import NETWORKS

ONES = np.ones((3, 3))


def ones(network):
    """The network with every weight 1 and every bias 0."""
    module = network.module().double().eval()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.fill_(0.0 if name.endswith("bias") else 1.0)
    return Steps(module)


def random(network, seed=0):
    torch.manual_seed(seed)
    return Steps(network.module().double().eval())


def noise(network, count=None, seed=1):
    shape = tuple(network.input) if count is None else (count, *network.input)
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def power(kernel, times):
    result = np.ones((1, 1))
    for _ in range(times):
        result = convolve(result, kernel)
    return result


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("channels", [1, 3])
def test_layers_of_ones_give_powers_of_the_kernel(depth, channels):
    layers = (Conv(filters=1, kernel=3),) * depth
    network = Network(input=Size(channels, 20, 21), layers=layers)
    found = effective_field(
        ones(network), network.table(), f"conv{depth}", (0, 4, 5), noise(network)
    )
    expected = np.zeros((20, 21))
    side = 2 * depth + 1
    expected[4 : 4 + side, 5 : 5 + side] = channels * power(ONES, depth)
    np.testing.assert_allclose(found.heat, expected)
    assert found.theory == (4, 5, 4 + side, 5 + side)
    assert (found.inside, found.before, found.pictures, found.unheard) == (1, "", 1, 0)


def test_average_pooling_and_stride():
    layers = (AveragePool(window_size=2), Conv(filters=1, kernel=3, dilation=2))
    network = Network(input=Size(1, 16, 16), layers=layers)
    found = effective_field(ones(network), network.table(), "conv1", (0, 1, 2), noise(network))
    spread = np.kron(np.kron(ONES, [[1, 0], [0, 0]])[:5, :5], np.full((2, 2), 0.25))
    expected = np.zeros((16, 16))
    expected[2:12, 4:14] = spread
    np.testing.assert_allclose(found.heat, expected)
    assert found.measured == found.theory == (2, 4, 12, 14)
    assert found.ratio == 1


def test_a_skip_adds_the_pixel_itself():
    network = Network(input=Size(1, 9, 10), layers=(Residual(filters=1, norm=False),))
    values = np.ones((1, 9, 10), np.float32)  # so that no ReLU is silent
    found = effective_field(ones(network), network.table(), "res1.add", (0, 4, 5), values)
    expected = np.zeros((9, 10))
    expected[2:7, 3:8] = power(ONES, 2)
    expected[4, 5] += 1
    np.testing.assert_allclose(found.heat, expected)
    assert found.theory == (2, 3, 7, 8)


def test_padding_belongs_to_the_theoretical_field_but_is_not_seen():
    network = Network(input=Size(1, 9, 9), layers=(Conv(filters=1, kernel=3, padding=1),))
    found = effective_field(ones(network), network.table(), "conv1", (0, 0, 8), noise(network))
    assert found.theory == (-1, 7, 2, 10)
    assert found.seen == found.measured == (0, 7, 2, 9)
    assert found.heat.sum() == 4
    assert (found.inside, found.ratio) == (1, 1)


def test_a_gaussian_is_as_wide_as_its_deviations():
    """Convolved very often, ones become a Gaussian of variance 2/3 for each layer."""
    depth = 150
    profile = power(np.ones((1, 3)) / 3, depth)[0]
    found = summarise(np.outer(profile, profile), Box(0, 0, len(profile), len(profile)))
    width = 2 * 1.96 * np.sqrt(depth * 2 / 3)
    assert found.measured.width == found.measured.height == pytest.approx(width, abs=1)
    middle = (found.measured.left + found.measured.right) / 2
    assert middle == pytest.approx(len(profile) / 2, abs=0.5)
    assert found.ratio == pytest.approx(width / (2 * depth + 1), rel=0.03)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_the_measured_rows_are_the_fewest_that_hold_enough(amounts):
    heat = np.array(amounts, float)[:, None]
    found = summarise(heat, Box(0, 0, len(amounts), 1))
    if not heat.any():
        assert (found.measured, found.inside, found.ratio) == (None, 0, 0)
        return
    held = {
        (first, end): sum(amounts[first:end])
        for first in range(len(amounts))
        for end in range(first + 1, len(amounts) + 1)
        if 20 * sum(amounts[first:end]) >= 19 * sum(amounts)
    }
    shortest = min(end - first for first, end in held)
    run = (found.measured.top, found.measured.bottom)
    assert run[1] - run[0] == shortest
    assert held[run] == max(held[each] for each in held if each[1] - each[0] == shortest)


def cheap(network):
    return sum(row.multiply_adds for row in network.table()) < 5e7


@pytest.mark.parametrize("name", [name for name in NETWORKS if cheap(NETWORKS[name])])
def test_it_is_the_gradient_of_the_whole_module(name):
    """By hooks on the module as it is, for a unit in the middle of some layers."""
    network = NETWORKS[name]
    steps, values, rows = random(network), noise(network), network.table()
    parts = dict(steps.module.named_modules())
    for row in rows[:: -(-len(rows) // 12)]:
        unit = (row.output.channels // 2, row.output.height // 2, row.output.width // 2)
        seen = []
        hook = parts[row.name].register_forward_hook(lambda _, __, out, seen=seen: seen.append(out))
        given = torch.tensor(values[None], dtype=torch.float64, requires_grad=True)
        steps.module(given)
        hook.remove()
        seen[0].reshape(row.output)[unit].backward()
        expected = given.grad[0].abs().sum(0).numpy()
        found = effective_field(steps, rows, row.name, unit, values)
        if not found.before:
            np.testing.assert_allclose(found.heat, expected, atol=1e-12 * expected.max())
        else:
            assert not expected.any()
        assert found.inside == (pytest.approx(1, abs=1e-12) if found.heat.any() else 0)


@st.composite
def networks(draw):
    layers = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["conv", "max", "average", "norm", "residual"]))
        around = {"stride": draw(st.integers(1, 2)), "padding": draw(st.integers(0, 1))}
        if kind == "conv":
            dilation = draw(st.integers(1, 3))
            layers.append(Conv(filters=2, kernel=3, dilation=dilation, **around))
        elif kind == "norm":
            layers += [BatchNorm(), ReLU()]
        elif kind == "residual":
            layers.append(Residual(filters=2, stride=around["stride"]))
        else:
            layers.append((MaxPool if kind == "max" else AveragePool)(window_size=3, **around))
    return Network(input=Size(2, 13, 14), layers=tuple(layers))


@settings(deadline=None, max_examples=40)
@given(networks(), st.data())
def test_nothing_outside_the_theoretical_field_matters(network, data):
    assume(not network.problems())
    rows, steps, values = network.table(), random(network), noise(network)
    row = data.draw(st.sampled_from(rows))
    unit = tuple(data.draw(st.integers(0, length - 1)) for length in row.output)
    found = effective_field(steps, rows, row.name, unit, values)
    outside = found.heat.copy()
    top, left, bottom, right = found.seen
    outside[top:bottom, left:right] = 0
    assert not outside.any()
    assert found.inside == (pytest.approx(1, abs=1e-12) if found.heat.any() else 0)
    if found.measured:
        assert found.measured.top >= top
        assert found.measured.right <= right
        assert 0 < found.ratio <= 1


def test_the_field_of_an_answer_is_everything():
    network = NETWORKS["lenet5"]
    found = effective_field(random(network), network.table(), "dense3", (7, 0, 0), noise(network))
    assert found.seen == (0, 0, 28, 28)
    assert found.inside == 1
    assert found.heat.shape == (28, 28)


def test_the_input_sees_itself():
    network = NETWORKS["lenet5"]
    rows = network.table()
    for table in (rows, (input_row(network.input), *rows)):
        found = effective_field(random(network), table, "input", (0, 5, 27), noise(network))
        assert found.heat[5, 27] == found.heat.sum() == 1
        assert found.theory == found.measured == (5, 27, 6, 28)


def silent_network(bias):
    """A convolution of ones with that bias, ReLU, max pooling, flatten."""
    layers = (Conv(filters=1, kernel=3), ReLU(), MaxPool(), Flatten(), Dense(units=1))
    network = Network(input=Size(1, 6, 6), layers=layers)
    steps = ones(network)
    with torch.no_grad():
        steps.module.conv1.bias.fill_(bias)
    return network, steps


@pytest.mark.parametrize("name", ["relu1", "pool1", "flatten1"])
def test_a_silent_unit_is_measured_before_its_activation(name):
    network, steps = silent_network(-1e3)
    values = np.zeros((1, 6, 6), np.float32)
    values[0, 3, 3] = 1  # so that one place of the window has the largest sum
    found = effective_field(steps, network.table(), name, (0, 0, 0), values)
    assert (found.before, found.unheard) == ("conv1", 0)
    expected = np.zeros((6, 6))
    corner = 0 if name == "relu1" else 1
    expected[corner : corner + 3, corner : corner + 3] = 1
    np.testing.assert_array_equal(found.heat, expected)


def test_a_unit_that_nothing_changes():
    network, steps = silent_network(-1e3)
    found = effective_field(steps, network.table(), "dense1", (0, 0, 0), noise(network))
    assert not found.heat.any()
    assert (found.measured, found.ratio, found.inside, found.before) == (None, 0, 0, "")
    assert (found.pictures, found.unheard) == (1, 1)


def test_a_live_unit_is_measured_where_it_is():
    network, steps = silent_network(1e3)
    found = effective_field(steps, network.table(), "relu1", (0, 0, 0), noise(network))
    assert found.before == ""
    assert found.heat.sum() == 9


def test_many_pictures_give_the_mean():
    network = NETWORKS["convnet"]
    rows, steps, values = network.table(), random(network), noise(network, 7)
    unit = (3, 8, 8)
    alone = [effective_field(steps, rows, "pool1", unit, each) for each in values]
    means = list(average_field(steps, rows, "pool1", unit, [values[:4], values[4:]]))
    assert [each.pictures for each in means] == [4, 7]
    for mean, count in zip(means, (4, 7), strict=True):
        expected = np.mean([each.heat for each in alone[:count]], axis=0)
        np.testing.assert_allclose(mean.heat, expected, rtol=1e-9)
        assert mean.unheard == 0
    assert means[1].seconds > means[0].seconds > 0


def test_some_of_many_pictures_are_silent():
    network, steps = silent_network(0.0)
    values = np.stack([np.full((1, 6, 6), value, np.float32) for value in (1, -1, 2)])
    (found,) = average_field(steps, network.table(), "dense1", (0, 0, 0), [values])
    assert (found.pictures, found.unheard) == (3, 1)
    (before,) = average_field(steps, network.table(), "relu1", (0, 0, 0), [values])
    assert (before.before, before.unheard) == ("conv1", 0)
    assert before.heat.sum() == pytest.approx(9)


def test_only_what_leads_to_the_unit_is_run(monkeypatch):
    network, steps = silent_network(1.0)
    monkeypatch.setattr(steps.part("dense1"), "forward", None)
    effective_field(steps, network.table(), "pool1", (0, 0, 0), noise(network))


def test_the_module_is_left_as_it_was():
    network, steps = silent_network(1.0)
    with torch.inference_mode():
        effective_field(steps, network.table(), "conv1", (0, 0, 0), noise(network))
    assert all(parameter.grad is None for parameter in steps.module.parameters())
    assert all(parameter.requires_grad for parameter in steps.module.parameters())


def test_channels_may_come_last():
    """Maps as some networks keep them: height x width x channels."""
    network = Network(input=Size(2, 6, 7), layers=(Conv(filters=3, kernel=3),))
    plain = random(network)
    (row,) = network.table()
    turned = torch.nn.Sequential()
    turned.add_module("conv1", plain.module.conv1)
    turned.add_module("turn", Permute([0, 2, 3, 1]))
    rows = (row, replace(row, name="turn", kind="permute", shape=(4, 5, 3), inputs=("conv1",)))
    unit, values = (2, 1, 3), noise(network)
    expected = effective_field(plain, rows, "conv1", unit, values)
    found = effective_field(Steps(turned), rows, "turn", unit, values)
    np.testing.assert_array_equal(found.heat, expected.heat)
    assert found.inside == 1


def test_training_mode_is_kept_and_its_draw_repeats():
    network = NETWORKS["convnet-bn"]
    rows, steps, values = network.table(), random(network), noise(network)
    steps.module.train()
    before = torch.random.get_rng_state()
    fields = [effective_field(steps, rows, "dense2", (3, 0, 0), values, draw) for draw in (1, 1, 2)]
    assert torch.equal(torch.random.get_rng_state(), before)
    np.testing.assert_array_equal(fields[0].heat, fields[1].heat)
    assert (fields[0].heat != fields[2].heat).any()
    # Each map's own mean and variance make a unit depend on every pixel.
    assert 0.5 < effective_field(steps, rows, "norm1", (3, 9, 9), values).inside < 0.999


@pytest.mark.parametrize(
    ("name", "unit", "words"),
    [
        ("conv9", (0, 0, 0), "no layer 'conv9'"),
        ("conv1", (0, 4, 0), r"conv1 gives 1 × 4 × 4: it has no unit 0, 4, 0"),
        ("input", (1, 0, 0), "it has no unit 1, 0, 0"),
    ],
)
def test_units_that_are_not_there(name, unit, words):
    network, steps = silent_network(1.0)
    with pytest.raises(NetworkError, match=words):
        effective_field(steps, network.table(), name, unit, noise(network))


def test_a_gradient_that_is_no_number():
    network, steps = silent_network(1.0)
    with torch.no_grad():
        steps.module.conv1.weight[0, 0, 1, 1] = torch.nan
    with pytest.raises(ModelError, match="conv1 is not finite"):
        effective_field(steps, network.table(), "conv1", (0, 0, 0), noise(network))
