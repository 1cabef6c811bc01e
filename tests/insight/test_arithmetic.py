"""The column of one unit adds up to what the network gave, for every kind of layer."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import NetworkError
from studio.insight.arithmetic import explain_unit
from studio.insight.maps import feature_maps
from studio.nets.layer import Size
from studio.nets.layers.activation import GELU, ReLU, Sigmoid, Softmax, Tanh
from studio.nets.layers.block import Inception, Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import AveragePool, GlobalPool, MaxPool
from studio.nets.layers.regularisation import BatchNorm, Dropout
from studio.nets.network import Network
from studio.nets.published import published
from studio.nets.steps import Steps
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS


class Seen:
    """A network with weights, a random input, and what every row makes of it."""

    def __init__(self, network, training=False, seed=0):
        model = untrained(network, seed)
        module = model.module()
        generator = torch.Generator().manual_seed(3)
        for name, values in module.state_dict().items():
            if name.endswith(("running_mean", "running_var")):
                values.copy_(torch.rand(values.shape, generator=generator) + 0.5)
        module.train(training)
        self.steps = Steps(module)
        self.rows = network.table()
        shape = tuple(network.input)
        values = np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)
        self.maps = {"input": values, **feature_maps(model, values, self.steps)}

    def explain(self, name, unit):
        return explain_unit(self.steps, self.rows, self.maps, name, unit)

    def units(self, row, count=4):
        """Corners, where padding is, and some in between."""
        rng = np.random.default_rng(1)
        last = tuple(length - 1 for length in row.output)
        some = [tuple(int(rng.integers(length)) for length in row.output) for _ in range(count)]
        return [(0, 0, 0), last, *some]


def close(value, expected):
    return math.isclose(value, expected, rel_tol=1e-4, abs_tol=2e-5)


def check(seen, row, unit):
    found = seen.explain(row.name, unit)
    own = float(seen.maps[found.row.name][unit])
    assert found.value == own
    assert close(found.computed, own), (row.name, unit, found.computed, own)
    column = found.column()
    if found.kind == "sum":
        assert math.isclose(
            math.fsum(term.value for term in column), found.total, rel_tol=1e-12, abs_tol=1e-12
        )
    for after in found.after:
        assert close(after.computed, after.value), (after.row.name, after.formula)
    assert found.after == () or row.name in (found.row.name, *(one.row.name for one in found.after))
    return found


LAYERS = {
    "conv": (Conv(filters=5, kernel=3),),
    "conv padded": (Conv(filters=5, kernel=5, padding=2),),
    "conv even": (Conv(filters=5, kernel=4, padding=1, bias=False),),
    "conv strided": (Conv(filters=5, kernel=3, stride=2, padding=1),),
    "conv dilated": (Conv(filters=5, kernel=3, dilation=3, padding=3),),
    "conv grouped": (Conv(filters=8, kernel=3, padding=1), Conv(filters=6, kernel=3, groups=2)),
    "conv depthwise": (Conv(filters=8, kernel=1), Conv(filters=16, kernel=3, groups=8)),
    "max pool": (MaxPool(window_size=3, stride=2, padding=1),),
    "max pool dilated": (MaxPool(window_size=2, stride=1, dilation=3),),
    "average pool": (AveragePool(window_size=3, stride=2, padding=1),),
    "global pool": (GlobalPool(),),
    "global maximum": (GlobalPool(keep="max"),),
    "norm": (Conv(filters=4), BatchNorm(), ReLU()),
    "norm of the picture": (BatchNorm(), Dropout()),
    "activations": (Conv(filters=4), ReLU(), Sigmoid(), Tanh(), GELU(), Dropout()),
    "softmax of maps": (Conv(filters=4), Softmax()),
    "dense": (Flatten(), Dense(units=7), ReLU(), Dense(units=4, bias=False), Softmax()),
    "dense behind maps": (Conv(filters=4), ReLU(), Flatten(), Dropout(), Dense(units=3)),
    "dense behind one value": (GlobalPool(), Flatten(), Dense(units=3), Sigmoid()),
    "residual": (Residual(filters=6, stride=2), Residual(filters=6), GlobalPool()),
    "inception": (Inception(ones=3, threes=4, fives=2, pooled=2), ReLU()),
}


@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
@pytest.mark.parametrize("name", LAYERS)
def test_every_kind_of_layer(name, training):
    seen = Seen(Network(input=Size(3, 12, 10), layers=LAYERS[name]), training)
    for row in seen.rows:
        for unit in seen.units(row):
            check(seen, row, unit)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_of_the_zoo(name):
    seen = Seen(NETWORKS[name])
    for row in seen.rows:
        for unit in seen.units(row, count=1):
            check(seen, row, unit)


@settings(max_examples=40, deadline=None)
@given(
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 4),
    dilation=st.integers(1, 3),
    groups=st.sampled_from([1, 2, 4]),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
)
def test_any_convolution_anywhere(kernel, stride, padding, dilation, groups, place):
    first = Conv(filters=4, kernel=1)
    settings = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    network = Network(
        input=Size(3, 14, 13), layers=(first, Conv(filters=8, groups=groups, **settings))
    )
    seen = Seen(network)
    row = seen.rows[-1]
    unit = tuple(
        min(int(share * length), length - 1)
        for share, length in zip(place, row.output, strict=True)
    )
    found = check(seen, row, unit)
    # The field that the table says the unit has in its source is what it looks at.
    inputs = found.inputs
    assert inputs.rows[0] == unit[1] * stride - padding
    assert inputs.columns[-1] == unit[2] * stride - padding + (kernel - 1) * dilation
    assert (inputs.values[:, inputs.invented] == 0).all()
    ours = seen.maps["conv1"]
    for i, j in zip(*np.nonzero(~inputs.invented), strict=True):
        np.testing.assert_array_equal(
            inputs.values[:, i, j], ours[inputs.maps, inputs.rows[i], inputs.columns[j]]
        )


def test_the_column_names_maps_and_lumps_the_rest():
    seen = Seen(Network(input=Size(3, 8, 8), layers=(Conv(filters=20), Conv(filters=2))))
    column = seen.explain("conv2", (1, 2, 2)).column(most=5)
    assert [term.kind for term in column] == ["map"] * 5 + ["others", "bias"]
    assert column[5].stands_for == 15
    sizes = [abs(term.value) for term in column[:5]]
    assert sizes == sorted(sizes, reverse=True)
    index = column[0].place[0]
    weight = seen.steps.part("conv2").weight[1, index].detach().numpy()
    window = seen.maps["conv1"][index, 2:5, 2:5]
    assert column[0].value == pytest.approx(float((weight * window).sum()), rel=1e-5)
    assert column[0].row == "conv1"


def test_one_more_map_than_asked_for_is_no_crowd():
    seen = Seen(Network(input=Size(3, 8, 8), layers=(Conv(filters=6), Conv(filters=2))))
    column = seen.explain("conv2", (0, 0, 0)).column(most=5)
    assert [term.kind for term in column] == ["map"] * 6 + ["bias"]


def test_an_activation_goes_back_to_the_convolution_that_fed_it():
    layers = (Conv(filters=4), BatchNorm(), ReLU(), MaxPool())
    seen = Seen(Network(input=Size(3, 9, 9), layers=layers))
    unit = (2, 3, 4)
    for name in ("conv1", "norm1", "relu1"):
        found = seen.explain(name, unit)
        assert found.row.name == "conv1"
        assert [after.row.name for after in found.after] == ["norm1", "relu1"]
        assert found.after[-1].value == max(0.0, found.after[0].value)
    assert seen.explain("pool1", (2, 1, 1)).after == ()


def test_pooling_says_which_cell_won():
    seen = Seen(Network(input=Size(3, 8, 8), layers=(MaxPool(window_size=3, stride=2, padding=1),)))
    found = seen.explain("pool1", (1, 0, 0))
    assert found.inputs.invented.tolist() == [
        [True] * 3,
        [True, False, False],
        [True, False, False],
    ]
    window = seen.maps["input"][1, 0:2, 0:2]
    y, x = np.unravel_index(window.argmax(), window.shape)
    (term,) = found.column()
    assert term.place == (1, y, x)
    assert found.inputs.winner == (0, y + 1, x + 1)


def test_padding_never_wins_over_negative_values():
    seen = Seen(Network(input=Size(1, 4, 4), layers=(MaxPool(padding=1),)))
    seen.maps["input"] = -np.ones((1, 4, 4), np.float32)
    seen.maps["pool1"] = -np.ones((1, 3, 3), np.float32)
    assert seen.explain("pool1", (0, 0, 0)).total == -1


def test_norm_uses_the_picture_in_training_and_what_it_remembers_in_evaluation():
    network = Network(input=Size(3, 6, 6), layers=(BatchNorm(),))
    evaluating, training = Seen(network), Seen(network, training=True)
    picture = training.maps["input"][1].astype(np.float64)
    (after,) = training.explain("norm1", (1, 2, 3)).after
    expected = (picture[2, 3] - picture.mean()) / np.sqrt(picture.var() + 1e-5)
    assert after.computed == pytest.approx(expected)
    part = evaluating.steps.part("norm1")
    mean, variance = float(part.running_mean[1]), float(part.running_var[1])
    (after,) = evaluating.explain("norm1", (1, 2, 3)).after
    assert after.formula == f"(x − {mean:.4g}) / √({variance:.4g} + 1e-05) × 1 + 0"
    assert after.computed == pytest.approx((picture[2, 3] - mean) / math.sqrt(variance + 1e-5))


def test_dropout_says_what_it_silenced():
    seen = Seen(Network(input=Size(1, 16, 16), layers=(Dropout(probability=0.5),)), training=True)
    silenced = tuple(int(at) for at in np.argwhere(seen.maps["dropout1"] == 0)[0])
    kept = tuple(int(at) for at in np.argwhere(seen.maps["dropout1"] != 0)[0])
    assert seen.explain("dropout1", silenced).after[0].formula == "x × 0"
    assert seen.explain("dropout1", kept).after[0].formula == "x / (1 − 0.5)"


def test_a_concatenation_and_a_flatten_say_where_the_value_is_from():
    layers = (Inception(ones=3, threes=4, fives=2, pooled=2), Flatten())
    seen = Seen(Network(input=Size(3, 5, 6), layers=layers))
    (term,) = seen.explain("inception1.concat", (5, 2, 3)).terms
    assert (term.row, term.place) == ("inception1.three.relu2", (2, 2, 3))
    (term,) = seen.explain("flatten1", (5 * 30 + 2 * 6 + 3, 0, 0)).terms
    assert (term.row, term.place) == ("inception1.concat", (5, 2, 3))


def test_softmax_shows_powers_and_their_sum():
    seen = Seen(Network(input=Size(3, 2, 2), layers=(Flatten(), Dense(units=4), Softmax())))
    found = seen.explain("softmax1", (2, 0, 0))
    scores = seen.maps["dense1"].ravel().astype(np.float64)
    powers = np.exp(scores - scores.max())
    np.testing.assert_allclose([term.value for term in found.terms], powers, rtol=1e-12)
    assert found.total == pytest.approx(powers.sum())
    assert found.computed == pytest.approx(powers[2] / powers.sum())


def test_a_unit_that_is_not_there():
    seen = Seen(Network(input=Size(3, 8, 8), layers=(Conv(filters=4),)))
    with pytest.raises(NetworkError, match="Conv has no unit"):
        seen.explain("conv1", (4, 0, 0))
    with pytest.raises(NetworkError, match="no layer 'conv9'"):
        seen.explain("conv9", (0, 0, 0))


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5"])
def test_published_networks(name):
    network = published(name).change(input=Size(3, 64, 64))
    rows = network.table()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = network.module().eval()
    steps = Steps(module)
    values = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        found = steps.run(values)
    maps = {row.name: found[row.name][0].numpy() for row in rows}
    maps = {row.name: maps[row.name].reshape(row.output) for row in rows}
    maps["input"] = values[0].numpy()
    rng = np.random.default_rng(2)
    for row in rows:
        unit = tuple(int(rng.integers(length)) for length in row.output)
        explained = explain_unit(steps, rows, maps, row.name, unit)
        largest = float(np.abs(maps[explained.row.name]).max())
        assert abs(explained.residual) <= 1e-4 * abs(explained.value) + 1e-6 * largest
        for after in explained.after:
            assert close(after.computed, after.value)
