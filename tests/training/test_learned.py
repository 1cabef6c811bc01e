"""Which layers learn, how fast, and that frozen ones stay as they are."""

import pytest
import torch
from torch import nn

from studio.errors import TrainingError
from studio.nets import Size
from studio.nets.layers.activation import ReLU
from studio.nets.layers.block import Residual
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import GlobalPool
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.network import Network
from studio.nets.published import published
from studio.training.learned import keep_frozen_still, learned_groups

NETWORK = Network(
    input=Size(3, 8, 8),
    layers=(
        *(Conv(filters=4, padding=1), BatchNorm(), ReLU()),
        *(Residual(filters=4), GlobalPool(), Flatten()),
        *(Dense(units=6), ReLU(), Dense(units=3)),
    ),
)
COUNT = 5  # a convolution, two in the block, two dense layers


def learning(module, **settings):
    groups = learned_groups(module, **settings)
    names = {weight: name for name, weight in module.named_parameters()}
    return [{**group, "params": [names[weight] for weight in group["params"]]} for group in groups]


def names_of(groups):
    return {name for group in groups for name in group["params"]}


def test_every_weight_is_in_one_group():
    module = NETWORK.module()
    groups = learning(module, body_rate=0.1)
    listed = [name for group in groups for name in group["params"]]
    assert sorted(listed) == sorted(name for name, _ in module.named_parameters())
    scales = {name: group["scale"] for group in groups for name in group["params"]}
    head = {"dense2.weight", "dense2.bias"}
    assert {name for name, scale in scales.items() if scale == 1} == head
    assert {scale for name, scale in scales.items() if name not in head} == {0.1}
    hidden = {name for group in groups if group["hidden"] for name in group["params"]}
    assert hidden == {
        "res1.body.conv1.weight",
        "res1.body.conv2.weight",
        "dense1.weight",
    }


@pytest.mark.parametrize(
    ("frozen", "first"),
    [
        (0, "conv1"),
        (1, "res1.body.conv1"),
        (2, "res1.body.conv2"),
        (3, "dense1"),
        (4, "dense2"),
        (-1, "dense2"),
    ],
)
def test_the_first_layers_are_frozen_with_their_normalisation(frozen, first):
    module = NETWORK.module()
    names = [name for name, _ in module.named_parameters()]
    begins = names.index(f"{first}.weight")
    assert names_of(learning(module, frozen=frozen)) == set(names[begins:])
    kept = [name for name, weight in module.named_parameters() if not weight.requires_grad]
    assert kept == names[:begins]


@pytest.mark.parametrize("frozen", [COUNT, COUNT + 1, 1000])
def test_a_network_that_learns_nothing_is_refused(frozen):
    with pytest.raises(TrainingError, match="nothing to learn") as caught:
        learned_groups(NETWORK.module(), frozen=frozen)
    assert f"its {COUNT} layers" in caught.value.remedy
    with pytest.raises(TrainingError, match="nothing to learn"):
        learned_groups(nn.Sequential(nn.Flatten()))


def test_a_network_of_one_layer_is_all_head():
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    (group,) = learned_groups(module, frozen=-1, body_rate=0.1)
    assert group["scale"] == 1
    assert len(group["params"]) == 2


def test_what_the_network_freezes_itself_stays_frozen_and_counts():
    layers = (Conv(filters=2, frozen=True), Flatten(), Dense(units=4), ReLU(), Dense(units=3))
    network = NETWORK.change(layers=layers)
    assert names_of(learning(network.module())) == {
        *("dense1.weight", "dense1.bias"),
        *("dense2.weight", "dense2.bias"),
    }
    found = names_of(learning(network.module(), frozen=2))
    assert found == {"dense2.weight", "dense2.bias"}


@pytest.mark.parametrize(
    ("name", "head"),
    [("resnet18", "fc"), ("squeezenet1_1", "classifier.1"), ("mobilenet_v3_small", "classifier.3")],
)
def test_of_a_published_network_only_the_new_head_learns(name, head):
    module = published(name).change(classes=("cat", "dog", "cow")).module()
    found = names_of(learning(module, frozen=-1))
    assert found == {f"{head}.weight", f"{head}.bias"}
    assert len(module.get_submodule(head).weight) == 3


def test_attention_counts_as_one_layer():
    layer = nn.TransformerEncoderLayer(8, 2, 16)
    module = nn.Sequential(nn.Linear(8, 8), layer, nn.Linear(8, 2))
    for frozen, first in ((1, "1.self_attn.in_proj_weight"), (2, "1.linear1.weight")):
        names = [name for name, _ in module.named_parameters()]
        expected = set(names[names.index(first) :])
        module.requires_grad_(True)
        assert names_of(learning(module, frozen=frozen)) == expected


def test_frozen_normalisations_keep_their_statistics_too():
    module = NETWORK.module()
    learned_groups(module, frozen=2)
    module.train()
    keep_frozen_still(module)
    before = {name: array.clone() for name, array in module.state_dict().items()}
    module(torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0)))
    moved = {
        name for name, array in module.state_dict().items() if not torch.equal(array, before[name])
    }
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    assert moved == {f"res1.body.norm2.{name}" for name in statistics}
    assert module.res1.body.norm2.training
