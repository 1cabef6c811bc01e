"""Tables of modules from anywhere: plain functions, several results, operations nobody knows."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from studio.nets import Flat, Size
from studio.nets.graph_table import rows_of
from studio.nets.graph_titles import block_title
from studio.nets.steps import Steps
from studio.nets.tracing import trace

INPUT = Size(2, 19, 17)


class Functions(nn.Module):
    """Everything by functions and methods, its weights as parameters."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.kernels = nn.Parameter(torch.randn(4, 2, 3, 5, generator=generator))
        self.bias = nn.Parameter(torch.randn(4, generator=generator))
        self.grouped = nn.Parameter(torch.randn(8, 2, 3, 3, generator=generator))
        self.matrix = nn.Parameter(torch.randn(8, 8, generator=generator))
        self.scale = nn.Parameter(torch.randn(8, 1, 1, generator=generator))

    def forward(self, x):
        x = F.conv2d(x, self.kernels, self.bias, (2, 1), padding=(1, 2))
        x = F.max_pool2d(F.leaky_relu(x), 3, 1, padding=1)
        x = F.conv2d(x, self.grouped, stride=1, padding=2, dilation=2, groups=2)
        x = F.avg_pool2d(x, 2)
        halves = x.chunk(2, dim=1)
        x = torch.cat([halves[1], halves[0].sigmoid()], 1)
        last = F.linear(x.permute(0, 2, 3, 1), self.matrix)
        x = x * self.scale + last.permute(0, 3, 1, 2).contiguous()
        x = torch.pow(x, 2).softmax(1)
        x = x[:, 2:6] - x.mean((2, 3), keepdim=True)[:, :4]
        return x.mean([2, 3])


class Unknown(nn.Module):
    """What nobody knows is taken to see all that it is given."""

    def forward(self, x):
        x = F.max_pool2d(x, 3, stride=2)
        x = torch.roll(x, 1, 2)
        x = F.avg_pool2d(x, 2)
        return F.pad(x[:, :, 1:], (0, 1))


def read(module, size=INPUT):
    return rows_of(trace(module.to("meta").eval()), size)


def test_shapes_weights_and_inputs():
    rows = {row.name: row for row in read(Functions())}
    assert rows["conv2d"].output == (4, 10, 17)
    assert rows["conv2d"].words == "3 × 5, stride 2 × 1, padding 1 × 2"
    assert rows["conv2d"].weights == 4 * 2 * 15 + 4
    assert rows["conv2d"].multiply_adds == 4 * 10 * 17 * 2 * 15
    assert rows["conv2d_1"].words == "3 × 3, padding 2, dilation 2, groups 2"
    assert rows["max_pool2d"].words == "max 3, stride 1, padding 1"
    assert rows["cat"].inputs == ("getitem", "sigmoid")
    assert rows["getitem"].inputs == ("avg_pool2d",)
    assert (rows["linear"].output, rows["linear"].shape) == (Size(8, 5, 8), (5, 8, 8))
    assert rows["add"].inputs == ("mul", "permute_1")
    assert (rows["mul"].kind, rows["mul"].weights) == ("multiply", 8)
    assert rows["mean_1"].output == Flat(4, 1, 1)
    assert rows["mean_1"].kind == "global_pool"
    total = sum(each.numel() for each in Functions().parameters())
    assert sum(row.weights for row in rows.values()) == total


def test_fields_against_nan():
    module = Functions().double().eval()
    rows = read(Functions())
    pixels = [(0, 0), (9, 8), (17, 16), (3, 12)]
    given = torch.rand(len(pixels) + 1, *INPUT, dtype=torch.float64)
    for picture, (y, x) in enumerate(pixels):
        given[picture, :, y, x] = torch.nan
    with torch.inference_mode():
        found = Steps(module).run(given)
    for row in rows:
        result = found[row.name]
        if len(row.shape) == 3:
            result = result.moveaxis(-1, 1)
        hit = result.reshape(-1, *row.output).isnan().any(dim=1).numpy()
        assert not hit[-1].any()
        ys, xs = np.mgrid[: row.output.height, : row.output.width]
        for picture, (y, x) in enumerate(pixels):
            top, left = row.offset[0] + ys * row.stride[0], row.offset[1] + xs * row.stride[1]
            inside = (top <= y) & (y < top + row.receptive_field[0])
            inside &= (left <= x) & (x < left + row.receptive_field[1])
            np.testing.assert_array_equal(hit[picture] & ~inside, False, row.name)
            if row.stride != (0, 0):  # channels swap halves, so some see less than the box
                np.testing.assert_array_equal(hit[picture], inside, row.name)


def test_unknown_operations_see_everything():
    pool, roll, average, _, pad = read(Unknown())
    assert (pool.receptive_field, pool.stride) == ((3, 3), (2, 2))
    assert (roll.kind, roll.title) == ("roll", "Roll")
    for row in (roll, average, pad):
        assert (row.receptive_field, row.stride) == ((19, 17), (0, 0))


def test_a_weight_that_is_used_twice_is_counted_once():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Conv2d(2, 2, 3, padding=1)
            self.same = self.layer

        def forward(self, x):
            return self.same(self.layer(x))

    rows = read(Twice())
    assert [row.weights for row in rows] == [38, 0]
    assert rows[0].multiply_adds == rows[1].multiply_adds == 2 * 19 * 17 * 18


def test_a_step_that_cannot_run():
    rows = read(nn.Sequential(nn.Conv2d(2, 3, 3), nn.Conv2d(4, 2, 1), nn.ReLU()))
    assert [bool(row.problem) for row in rows] == [False, True, True]
    assert "channel" in rows[1].problem
    assert rows[2].problem == "needs the layers above it to work"
    assert rows[2].inputs == ("1",)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("layer1.0", "Layer 1.0"),
        ("features.3", "Block 3"),
        ("features.2.0", "Block 2.0"),
        ("inception3a", "Inception 3a"),
        ("Mixed_5b", "Mixed 5b"),
        ("trunk_output.block1.block1-0", "Block 1.0"),
        ("features.denseblock1.denselayer12", "Block 1.12"),
        ("encoder.layers.encoder_layer_0", "Block 0"),
        ("AuxLogits", "Auxlogits"),
    ],
)
def test_block_titles(path, title):
    assert block_title(path) == title
