"""The networks of the zoo against torch and against the figures of their sources."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from studio.nets.describe import describe
from studio.nets.layers.block import Residual
from studio.nets.steps import Steps
from studio.nets.zoo import NETWORKS, network

WEIGHTS = {
    "perceptron": 2 * 3073,
    "mlp-300": 300 * 3073 + 10 * 301,
    "mlp-1000": 1000 * 3073 + 10 * 1001,
    "mlp": 669_706,
    "lenet5": 61_706,
    "convnet-valid": 231_170,
    "convnet": 1_191_170,
    "convnet-dropout": 1_191_170,
    "convnet-bn": 1_191_490,
    "cifar-conv4": 896 + 18_496 + 73_856 + 65_664 + 5_130,
    "cats-dogs-conv2": 2_432 + 51_264 + 2 * (64 * 64 * 64 + 1),
    "cats-dogs-conv5": 2_432 + 2 * 51_264 + 2 * 51_232 + 2 * (32 * 64 * 64 + 1),
    # 0.27 and 0.85 million with shortcuts that have no weights, and those of two shortcuts with
    # their normalisation: 512 + 64 + 2048 + 128.
    "resnet-20": 269_722 + 2_752,
    "resnet-56": 853_018 + 2_752,
    # 1.97 million in the source, which says so of all seven convolutions and the dense layer.
    "fast-cifar": 24 * 13
    + 9 * (24 * 64 + 64 * 64 + 64 * 256 + 3 * 256 * 256)
    + 2 * 2 * (64 + 256 + 256)
    + 2560,
}


def test_every_network_is_introduced():
    assert set(NETWORKS) == {*WEIGHTS, "inception-cifar"}
    for name, each in NETWORKS.items():
        assert each.name == name
        assert each.title
        assert each.summary.endswith(".")
        assert not each.problems()
    assert len({each.title for each in NETWORKS.values()}) == len(NETWORKS)


@pytest.mark.parametrize("name", WEIGHTS)
def test_total_of_weights(name):
    assert network(name).weights == WEIGHTS[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_is_what_torch_does(name):
    chosen = NETWORKS[name]
    with torch.device("meta"):
        module = chosen.module().eval()
        steps = Steps(module)
        results = steps.run(torch.empty(2, *chosen.input))
    rows = chosen.table()
    assert [row.name for row in rows] == [
        step for step in results if step not in ("input", "output")
    ]
    for row in rows:
        shape = tuple(results[row.name].shape[1:])
        assert tuple(row.output) == shape + (1,) * (3 - len(shape))
        assert row.inputs == steps.feeders(row.name)
        part = steps.part(row.name)
        assert row.weights == sum(weight.numel() for weight in part.parameters())
        with FlopCounterMode(display=False) as counter:
            part(*(results[feeder] for feeder in row.inputs))
        assert row.multiply_adds * 2 * 2 == counter.get_total_flops()
    assert {key: part.shape for key, part in chosen.state().items()} == {
        key: tuple(array.shape) for key, array in module.state_dict().items()
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_end_in_one_logit_for_each_class(name):
    last = network(name).table()[-1]
    assert last.kind == "dense"
    assert last.output.channels in (2, 10)


def test_the_states_of_the_ladder_differ_only_in_what_they_add():
    def without(name, *kinds):
        return [layer for layer in network(name).layers if layer.kind not in kinds]

    assert without("convnet-dropout", "dropout") == without("convnet")
    assert without("convnet-bn", "batch_norm") == without("convnet-dropout")


@pytest.mark.parametrize("depth", [20, 56])
def test_a_resnet_is_as_deep_as_its_name_says(depth):
    """Convolutions and the dense layer, those on shortcuts not counted."""
    chosen = network(f"resnet-{depth}")
    weighing = [row for row in chosen.table() if row.kind in ("conv", "dense")]
    assert len([row for row in weighing if "shortcut" not in row.name]) == depth
    sizes = {row.output[1] for row in chosen.table() if row.kind == "add"}
    assert sizes == {32, 16, 8}
    assert sum(isinstance(layer, Residual) for layer in chosen.layers) == (depth - 2) // 2


def test_the_photos_keep_their_size():
    rows = describe(network("cats-dogs-conv5"))["layers"]
    assert {tuple(row["output"][1:]) for row in rows[:-2]} == {(64, 64)}
    assert [row["output"][0] for row in rows if row["kind"] == "conv"] == [32, 64, 32, 64, 32]
