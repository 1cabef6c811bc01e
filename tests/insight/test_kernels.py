"""Learned kernels: read from weights, compared, drawn and written."""

import csv
import json

import numpy as np
import pytest
import torch

from studio.errors import ModelError
from studio.image.read import read_picture
from studio.insight.initial import initial_weights
from studio.insight.kernel_sheet import figures, kernel_sheet, write_kernels
from studio.insight.kernels import (
    all_kernels,
    change_of,
    in_colours,
    learned_kernels,
    signed,
    silent_maps,
)
from studio.nets.layer import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.block import Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import MaxPool
from studio.nets.layers.regularisation import Dropout
from studio.nets.model import load_model
from studio.nets.network import Network
from studio.nets.untrained import untrained


def kernels_of(layers, name, size=(3, 12, 12)):
    model = untrained(Network(input=Size(*size), layers=layers))
    rows = model.card.network.table()
    return learned_kernels(rows, model.weights, name), model


def test_a_first_layer_is_in_colour_and_a_deeper_one_is_not():
    layers = (Conv(filters=3), ReLU(), Conv(filters=5))
    first, model = kernels_of(layers, "conv1")
    second = learned_kernels(model.card.network.table(), model.weights, "conv2")
    assert first.in_colour
    assert not second.in_colour  # three maps come in, but they are not red, green and blue
    assert (second.count, second.inputs, second.size, second.groups) == (5, 3, (3, 3), 1)
    np.testing.assert_array_equal(second.weights, model.weights["conv2.weight"])


def test_a_first_layer_of_a_grey_picture_is_in_grey():
    first, _ = kernels_of((Conv(filters=3),), "conv1", size=(1, 12, 12))
    assert first.in_colour
    pixels = kernel_sheet(first).pixels
    assert (pixels == pixels[..., :1]).all()


def test_groups_say_which_map_a_slice_looks_at():
    layers = (Conv(filters=6, kernel=1), Conv(filters=9, groups=3))
    kernels, _ = kernels_of(layers, "conv2")
    assert (kernels.inputs, kernels.groups, kernels.is_depthwise) == (2, 3, False)
    # Torch's own answer: only that map of the input changes the output.
    part = torch.nn.Conv2d(6, 9, 3, groups=3, bias=False)
    for output in (0, 2, 3, 8):
        for place in (0, 1):
            alone = torch.zeros(1, 6, 3, 3)
            alone[0, kernels.source_of(output, place)] = 1
            answer = float(part(alone)[0, output].detach())
            assert answer == pytest.approx(
                float(part.weight[output, place].detach().sum()), abs=1e-6
            )


def test_depthwise_kernels():
    kernels, _ = kernels_of((Conv(filters=8, kernel=1), Conv(filters=8, groups=8)), "conv2")
    assert kernels.is_depthwise
    assert [kernels.source_of(output, 0) for output in range(8)] == list(range(8))


def test_the_first_dense_layer_sees_maps():
    layers = (Conv(filters=4), ReLU(), MaxPool(), Flatten(), Dropout(), Dense(units=6), Dense())
    kernels, model = kernels_of(layers, "dense1")
    assert kernels.weights.shape == (6, 4, 5, 5)
    assert kernels.is_dense
    assert kernels.size == (5, 5)
    assert model.weights["dense1.weight"][2, 25 * 3 + 7] == kernels.weights[2, 3, 1, 2]
    later = learned_kernels(model.card.network.table(), model.weights, "dense2")
    assert later.weights.shape == (10, 6, 1, 1)


def test_a_dense_layer_on_a_picture_is_in_colour():
    kernels, _ = kernels_of((Flatten(), Dense(units=4)), "dense1")
    assert kernels.weights.shape == (4, 3, 12, 12)
    assert kernels.in_colour


def test_rows_without_kernels_and_rows_that_are_not_there():
    kernels, model = kernels_of((Conv(filters=4), ReLU()), "relu1")
    assert kernels is None
    with pytest.raises(ModelError, match=r"no layer 'conv7'.*conv1, relu1"):
        learned_kernels(model.card.network.table(), model.weights, "conv7")


def test_kernels_inside_blocks_are_found():
    model = untrained(Network(input=Size(3, 8, 8), layers=(Residual(filters=4, stride=2),)))
    found = all_kernels(model.card.network.table(), model.weights)
    names = ("body.conv1", "body.conv2", "shortcut.conv1")
    assert [one.row.name for one in found] == [f"res1.{name}" for name in names]
    assert [one.in_colour for one in found] == [True, False, True]


def test_norm_mean_and_histogram():
    kernels, _ = kernels_of((Conv(filters=4),), "conv1")
    for index in range(4):
        assert kernels.norms[index] == pytest.approx(np.linalg.norm(kernels.weights[index].ravel()))
        assert kernels.means[index] == pytest.approx(kernels.weights[index].mean(), abs=1e-9)
    one, all_of_them = kernels.histogram(2), kernels.histogram()
    assert (one.counts.sum(), all_of_them.counts.sum()) == (27, 108)
    assert kernels.histogram(most=54).counts.sum() == 54
    assert one.high == -one.low == pytest.approx(np.abs(kernels.weights).max())


def test_dead_kernels_are_those_far_smaller_than_the_largest():
    kernels, model = kernels_of((Conv(filters=4),), "conv1")
    assert not kernels.dead.any()
    weights = {name: array.copy() for name, array in model.weights.items()}
    weights["conv1.weight"][1] *= 0.001
    weights["conv1.weight"][3] = 0
    again = learned_kernels(model.card.network.table(), weights, "conv1")
    assert again.dead.tolist() == [False, True, False, True]
    weights["conv1.weight"][:] = 0
    nothing = learned_kernels(model.card.network.table(), weights, "conv1")
    assert nothing.dead.all()


def test_silent_maps_are_zero_everywhere():
    maps = np.zeros((3, 4, 4), np.float32)
    maps[1, 2, 2] = 0.1
    assert silent_maps(maps).tolist() == [True, False, True]


def test_colours_and_their_scale():
    kernel = np.array([[[-0.5]], [[0.0]], [[1.0]]], np.float32)
    shown = in_colours(kernel)
    assert (shown.low, shown.high) == (-1, 1)
    assert shown.pixels.tolist() == [[[64, 128, 255]]]
    whole = in_colours(kernel, "range")
    assert (whole.low, whole.high) == (-0.5, 1)
    assert whole.pixels.tolist() == [[[0, 85, 255]]]
    assert in_colours(np.zeros((3, 1, 1))).pixels.tolist() == [[[128, 128, 128]]]
    grey = in_colours(np.array([[[-1.0, 0.0, 1.0]]]))
    assert grey.pixels[0].tolist() == [[0] * 3, [128] * 3, [255] * 3]
    blue, _, orange = signed(np.array([[-1.0, 0.0, 1.0]])).pixels[0].astype(int)
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]


def test_change_since_before():
    kernels, model = kernels_of((Conv(filters=4),), "conv1")
    rows, weights = model.card.network.table(), {}
    weights["conv1.weight"] = model.weights["conv1.weight"].copy()
    weights["conv1.weight"][0] *= 2
    weights["conv1.weight"][1] *= -1
    weights["conv1.weight"][2] = 0
    change = change_of(learned_kernels(rows, weights, "conv1"), kernels)
    norms = kernels.norms
    np.testing.assert_allclose(change.norms, [norms[0], 2 * norms[1], norms[2], 0], rtol=1e-6)
    np.testing.assert_allclose(change.shares, [1, 2, 1, 0], rtol=1e-6)
    np.testing.assert_allclose(change.cosines[[0, 1, 3]], [1, -1, 1], rtol=1e-6)
    assert np.isnan(change.cosines[2])
    other, _ = kernels_of((Conv(filters=4, kernel=5),), "conv1")
    with pytest.raises(ModelError, match="4 × 3 × 5 × 5, and 4 × 3 × 3 × 3 before"):
        change_of(other, kernels)


@pytest.mark.parametrize("name", ["lenet5-mnist", "convnet-cifar10"])
def test_the_weights_that_a_bundled_model_began_from(name):
    # Biases before batch normalisation are never moved by the loss: they are the initial ones
    # still, but for weight decay. First kernels keep something of their initial direction.
    model = load_model(name)
    before = initial_weights(model)
    assert {key: array.shape for key, array in before.items()} == {
        key: array.shape for key, array in model.weights.items()
    }
    now, then = model.weights["conv1.weight"].ravel(), before["conv1.weight"].ravel()
    assert np.corrcoef(now, then)[0, 1] > 0.25
    if name == "convnet-cifar10":
        for bias in ("conv1.bias", "conv2.bias", "conv3.bias"):
            assert np.corrcoef(model.weights[bias], before[bias])[0, 1] > 0.99


def test_no_seed_no_initial_weights():
    model = untrained(Network(input=Size(3, 8, 8), layers=(Conv(filters=2),)))
    assert initial_weights(model) is None


# Sheets


@pytest.mark.parametrize(
    ("layers", "name", "size"),
    [
        ((Conv(filters=10, kernel=5),), "conv1", (4 * (9 * 5 + 2) + 2, 3 * (9 * 5 + 2) + 2)),
        ((Conv(filters=4), Conv(filters=3)), "conv2", (3 * (16 * 3 + 2) + 2, 4 * (16 * 3 + 2) + 2)),
        ((Conv(filters=4), Conv(filters=6, kernel=1)), "conv2", (6 * 8, 4 * 8)),
    ],
    ids=["colour", "slices", "matrix"],
)
def test_a_sheet_has_every_weight(layers, name, size):
    kernels, _ = kernels_of(layers, name)
    height, width = kernel_sheet(kernels).pixels.shape[:2]
    if name == "conv1":
        size = size[1], size[0]  # ten kernels in four columns and three rows
    assert (height, width) == size


def test_a_dead_kernel_is_crossed_out():
    kernels, _ = kernels_of((Conv(filters=2),), "conv1")
    kernels.weights[1] = 0
    pixels = kernel_sheet(kernels).pixels
    left, right = pixels[:, : 16 * 3 + 2], pixels[:, 16 * 3 + 2 :]
    assert not (left == 255).all(axis=2).any()
    assert (right == 255).all(axis=2).sum() == 3 * 16 * 16


def test_a_shared_scale_keeps_small_kernels_pale():
    kernels, _ = kernels_of((Conv(filters=4), Conv(filters=2)), "conv2")
    kernels.weights[1] *= 0.1
    own, shared = (
        kernel_sheet(kernels, shared=each).pixels[-40:, 10:40].astype(int) for each in (False, True)
    )
    grey = signed(np.zeros((1, 1))).pixels[0, 0]
    assert np.abs(shared - grey)[5:-5].max() < 40 < np.abs(own - grey)[5:-5].max()


def test_sheets_and_figures_are_written(tmp_path):
    model = load_model("lenet5-mnist")
    rows = model.card.network.table()
    before = all_kernels(rows, initial_weights(model))
    pairs = [
        (now, change_of(now, then))
        for now, then in zip(all_kernels(rows, model.weights), before, strict=True)
        if not now.is_dense
    ]
    written = list(write_kernels(pairs, tmp_path))
    assert [path.name for path in written] == [
        *("01-conv1.png", "02-conv2.png"),
        *("kernels.json", "kernels.csv"),
    ]
    assert read_picture(written[0]).pixels.shape[2] == 3
    first, second = json.loads(written[2].read_text())
    assert (first["layer"], first["shape"], second["shape"]) == (
        *("conv1", [6, 1, 5, 5]),
        [16, 6, 5, 5],
    )
    expected = np.linalg.norm(model.weights["conv2.weight"][5].ravel())
    assert second["kernels"][5]["norm"] == pytest.approx(expected)
    with written[3].open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 22
    assert float(lines[6 + 5]["cosine"]) == pytest.approx(second["kernels"][5]["cosine"])


def test_figures_without_a_number_are_none():
    kernels, _ = kernels_of((Conv(filters=2, bias=False),), "conv1")
    kernels.weights[1] = 0
    found = figures(kernels, change_of(kernels, kernels))
    assert found["dead"] == 1
    assert found["kernels"][1] | {"cosine": None, "bias": None} == found["kernels"][1]
    assert found["kernels"][1]["changed_share"] == 0
