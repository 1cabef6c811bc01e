"""What the fast recipe needs, setting by setting, in whole runs."""

import functools

import numpy as np
import pytest
import torch
from torch import nn

from studio.errors import NetworkError, TrainingError
from studio.nets import Size
from studio.nets.layers.activation import GELU
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import MaxPool
from studio.nets.layers.regularisation import BatchNorm
from studio.nets.network import Network
from studio.training import events as told
from studio.training.augment import Augmenter, Turns
from studio.training.augmentation import AugmentationSettings
from studio.training.engine import train
from studio.training.events import Epoch, Finished, Snapshot
from studio.training.experiment import find_experiment
from studio.training.folder import read_run, resume_into, train_into
from studio.training.history import History
from studio.training.initialise import initialise
from studio.training.learned import learned_groups
from studio.training.optimiser import make_optimiser
from studio.training.sections import NetworkSettings
from studio.training.settings import TrainSettings

NETWORK = Network(
    name="own",
    title="Own",
    input=Size(3, 28, 28),
    layers=(
        *(Conv(filters=24, kernel=2), GELU(), MaxPool(window_size=3, stride=3)),
        *(Conv(filters=4, kernel=3, padding=1, bias=False), BatchNorm(scale=False), GELU()),
        *(MaxPool(window_size=9, stride=9), Flatten(), Dense(units=10)),
    ),
)
FAST = {
    "first_kernels": "whitening",
    "initialisation": "dirac",
    "frozen": 1,
    "frozen_from": 1.5,
    "optimiser": "nesterov",
    "learning_rate": 0.1,
    "bias_rate": 16.0,
    "weight_decay": 0.001,
    "lookahead": 0.7,
    "crop": 2,
    "mirror": True,
    "mirror_by_turns": True,
    "views": "moved",
    "epochs": 3,
    "batch_size": 9,
}


def snapshots(settings, data, network=NETWORK):
    events = train(settings, data=data, network=network)
    return [event.weights for event in events if isinstance(event, Snapshot)]


def test_the_recipe_names_only_what_there_is():
    (run,) = find_experiment("cifar10-fast").runs()
    assert run.settings.network == "fast-cifar"
    assert {name: value for name, value in FAST.items() if name in ("views", "first_kernels")} == {
        name: getattr(run.settings, name) for name in ("views", "first_kernels")
    }


@pytest.mark.parametrize("step", [3, 12])
def test_a_run_with_all_of_it_goes_on_exactly(step, settings, colour_data, tmp_path):
    """Stopped before and after its first layer is frozen, between two lookaheads."""
    settings = settings.change(network="own", precision="mixed", **FAST)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for _ in train_into(whole, settings, network=NETWORK, data=colour_data):
        pass
    run = train_into(cut, settings, network=NETWORK, data=colour_data)
    while getattr(next(run), "step", 0) < step:
        pass
    run.close()
    for _ in resume_into(cut, data=colour_data):
        pass
    expected, found = (read_run(place).model().weights for place in (whole, cut))
    assert {name: array.tobytes() for name, array in found.items()} == {
        name: array.tobytes() for name, array in expected.items()
    }


def test_dirac_hands_on_the_maps_that_come_in():
    network = NETWORK.change(layers=(Conv(filters=5, kernel=3, padding=1), Flatten(), Dense()))
    module = network.module()
    before = module[0].weight.detach().clone()
    initialise(module, NetworkSettings(initialisation="dirac"), network)
    pictures = torch.rand(2, 3, 28, 28)
    torch.testing.assert_close(module[0](pictures)[:, :3], pictures)
    assert torch.equal(module[0].weight[3:], before[3:])
    assert not module[0].bias.any()


def test_dirac_of_groups():
    network = NETWORK.change(layers=(Conv(filters=6, kernel=3, padding=1, groups=3),))
    module = network.module()
    initialise(module, NetworkSettings(initialisation="dirac"), network)
    pictures = torch.rand(2, 3, 28, 28)
    torch.testing.assert_close(module[0](pictures)[:, ::2], pictures)


def test_whitening_kernels_stay_and_their_biases_learn(settings, colour_data):
    first, *_, last = snapshots(
        settings.change(network="own", first_kernels="whitening"), colour_data
    )
    kernels = first["conv1.weight"]
    np.testing.assert_array_equal(kernels[12:], -kernels[:12])
    np.testing.assert_array_equal(last["conv1.weight"], kernels)
    assert not np.array_equal(last["conv1.bias"], first["conv1.bias"])


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((Flatten(), Dense(units=10)), "doesn't begin with a convolution"),
        ((Conv(filters=25, kernel=2), Flatten(), Dense(units=10)), "at most 24 filters"),
    ],
)
def test_networks_that_whitening_kernels_do_not_fit(layers, words, settings, colour_data):
    settings = settings.change(network="own", first_kernels="whitening")
    with pytest.raises(NetworkError) as caught:
        snapshots(settings, colour_data, NETWORK.change(layers=layers))
    assert words in f"{caught.value.message} {caught.value.remedy}"


def test_layers_that_are_frozen_later_learn_before(settings, colour_data):
    settings = settings.change(network="own", frozen=1, frozen_from=2, epochs=4, batch_size=30)
    taken = [weights["conv1.weight"].tobytes() for weights in snapshots(settings, colour_data)]
    assert len({*taken[:3]}) == 3
    assert taken[2] == taken[3] == taken[4]


def test_shifts_learn_faster_and_are_pulled_as_before():
    settings = TrainSettings(
        optimiser="sgd", learning_rate=0.1, weight_decay=0.2, bias_rate=8.0, schedule="constant"
    )
    module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        module[1].bias.fill_(1.0)
    begun = {name: weight.detach().clone() for name, weight in module.named_parameters()}
    optimiser = make_optimiser(settings, learned_groups(module, bias_rate=8.0))
    for weight in module.parameters():
        weight.grad = torch.full_like(weight, 0.5)
    optimiser.step()
    for name, weight in module.named_parameters():
        rate = 0.8 if name == "1.bias" else 0.1
        expected = begun[name] - rate * 0.5 - 0.1 * 0.2 * begun[name]
        torch.testing.assert_close(weight.detach(), expected)


def test_normalisation_without_a_scale_learns_its_shift_only(settings, colour_data):
    first, *_, last = snapshots(settings.change(network="own"), colour_data)
    assert (last["norm1.weight"] == 1).all()
    assert not np.array_equal(last["norm1.bias"], first["norm1.bias"])
    assert not np.array_equal(last["norm1.running_mean"], first["norm1.running_mean"])


def test_pictures_are_mirrored_by_turns():
    turns = Turns(1000, 3, "cpu")
    everything = torch.arange(1000)
    first, second, third = (turns.of(everything, epoch) for epoch in range(3))
    assert torch.equal(first, ~second)
    assert torch.equal(first, third)
    assert 400 < int(first.sum()) < 600
    few = torch.tensor([7, 3, 999])
    assert torch.equal(turns.of(few, 1), second[few])
    augment = Augmenter(AugmentationSettings(mirror=True), (0.5,))
    pictures = torch.arange(24, dtype=torch.uint8).reshape(3, 2, 4, 1)
    turned = torch.tensor([True, False, True])
    changed = augment(pictures, torch.Generator().manual_seed(0), turned)
    assert torch.equal(changed[turned], pictures[turned].flip(2))
    assert torch.equal(changed[1], pictures[1])


def test_only_the_end_of_a_run_looks_at_several_views(settings, colour_data):
    history, events = History(), []
    for event in train(settings.change(network="own", views="moved"), None, colour_data, NETWORK):
        history.add(event)
        events.append(event)
    kinds = [type(event) for event in events]
    last = max(place for place, kind in enumerate(kinds) if kind is Epoch)
    assert told.Testing in kinds[last:]
    finished = events[-1]
    assert isinstance(finished, Finished)
    answers = history.answers
    assert finished.test_accuracy == np.mean(answers.answered == answers.labels)


def losses(settings, data):
    history = History()
    for event in train(settings, data=data, network=NETWORK):
        history.add(event)
    return history.losses


def test_a_compiled_network_learns_the_same(settings, colour_data, monkeypatch):
    """Without the compiler of machine code, which takes long."""
    settings = settings.change(network="own", frozen=1, frozen_from=1)
    expected = losses(settings, colour_data)
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend="eager"))
    found = losses(settings.change(compiled=True), colour_data)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_network_that_cannot_be_compiled_is_refused_in_words(settings, colour_data, monkeypatch):
    def broken(*_):
        raise OSError("there is no compiler")

    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend=broken))
    with pytest.raises(TrainingError, match="can't be compiled") as caught:
        losses(settings.change(network="own", compiled=True), colour_data)
    assert "Compiled" in caught.value.remedy
