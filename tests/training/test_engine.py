"""The engine: what it says, that it learns, and that it stops."""

import dataclasses

import numpy as np
import pytest
import torch

from studio.data import Arrays
from studio.errors import DataError, NetworkError, TrainingError
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS
from studio.training import learner, readings
from studio.training.engine import train
from studio.training.events import Epoch, Finished, Preparing, Snapshot, Started, Step
from studio.training.events import Testing as Answering
from studio.training.history import History
from studio.training.run import make_model
from studio.training.settings import OWN_NETWORK, TrainSettings


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def numbers(events):
    """Everything that must be the same when a run is repeated."""
    steps = [(step.step, step.loss, step.accuracy, step.learning_rate) for step in of(Step, events)]
    epochs = [
        (epoch.test_loss, epoch.train_loss, epoch.confusion.tolist()) for epoch in of(Epoch, events)
    ]
    weights = [
        {name: values.tobytes() for name, values in snapshot.weights.items()}
        for snapshot in of(Snapshot, events)
    ]
    return steps, epochs, weights


def test_the_events_come_in_their_order(settings, arrays):
    events = list(train(settings, arrays=arrays))
    kinds = [type(event) for event in events]
    assert kinds == [
        Preparing,
        Started,
        *(*[Step] * 4, Answering, Epoch, Snapshot) * 2,
        Finished,
    ]
    (started,) = of(Started, events)
    assert (started.train_count, started.test_count, started.steps) == (60, 30, 8)
    assert started.weights == 61_706
    assert started.settings == settings.model_dump(mode="json")
    assert started.device.startswith("CPU, ")
    assert [step.step for step in of(Step, events)] == list(range(1, 9))
    assert all(step.pictures_per_second > 0 for step in of(Step, events))
    for epoch in of(Epoch, events):
        assert epoch.confusion.sum(axis=1).tolist() == [3] * 10
        assert epoch.test_accuracy == pytest.approx(np.trace(epoch.confusion) / 30)
        steps = [step for step in of(Step, events) if step.epoch == epoch.epoch]
        assert epoch.train_loss == pytest.approx(np.mean([step.loss for step in steps]))
    assert events[-1].test_accuracy == of(Epoch, events)[-1].test_accuracy


@pytest.mark.parametrize(
    ("network", "more"),
    [
        ("lenet5", {"augmentation": "shift"}),
        ("lenet5", {"precision": "mixed", "optimiser": "adam", "learning_rate": 0.001}),
        ("convnet-bn", {"augmentation": "crop_mirror", "weight_decay": 0.001, "epochs": 1}),
    ],
)
def test_the_same_seed_gives_the_same_numbers_whatever_happens_between(
    network, more, settings, arrays
):
    settings = settings.change(network=network, **more)
    first = list(train(settings, arrays=arrays))
    torch.manual_seed(99)
    second = []
    for event in train(settings, arrays=arrays):
        second.append(event)
        torch.rand(3)  # somebody else draws from torch's generator
    assert numbers(first) == numbers(second)
    other = list(train(settings.change(seed=6), arrays=arrays))
    assert numbers(first) != numbers(other)


def test_torch_s_generator_is_left_alone(settings, arrays):
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    for _ in train(settings.change(network="convnet-bn", epochs=1), arrays=arrays):
        pass
    assert torch.equal(torch.rand(2), expected)


def test_it_takes_the_steps_of_a_plain_loop(settings, arrays):
    """The same batches through the textbook's loop, in torch's usual memory format."""
    settings = settings.change(momentum=0.5, weight_decay=0.01, schedule="constant", epochs=1)
    losses = [step.loss for step in of(Step, train(settings, arrays=arrays))]

    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        module = NETWORKS["lenet5"].module()
    scaled = arrays.train_pictures.transpose(0, 3, 1, 2) / 255
    pictures = torch.tensor((scaled - scaled.mean()) / scaled.std(), dtype=torch.float32)
    labels = torch.tensor(arrays.train_labels)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(settings.seed))
    descent = torch.optim.SGD(module.parameters(), 0.05, momentum=0.5, weight_decay=0.01)
    expected = []
    for batch in order.tensor_split(4):
        loss = torch.nn.functional.cross_entropy(module(pictures[batch]), labels[batch])
        descent.zero_grad()
        loss.backward()
        descent.step()
        expected.append(loss.item())
    assert losses == pytest.approx(expected, abs=1e-4)


def test_the_model_answers_as_it_was_measured(settings, arrays):
    settings = settings.change(network="mlp", epochs=6, batch_size=8)
    history = History()
    for event in train(settings, arrays=arrays):
        history.add(event)
    model = make_model(settings, history)
    batch = model.card.preprocessing.batch_from_bytes(arrays.test_pictures)
    answered = model.module()(torch.from_numpy(batch)).argmax(1).numpy()
    assert history.test_accuracy == pytest.approx((answered == arrays.test_labels).mean())
    assert history.test_accuracy > 0.8


def test_glyphs_are_learned_in_two_epochs():
    *_, finished = train(TrainSettings(epochs=2, device="cpu"))
    assert finished.test_accuracy > 0.97
    assert finished.seconds < 60


@pytest.mark.parametrize("after", [1, 2, 4, 7, 9])
def test_closing_it_anywhere_ends_it(after, settings, arrays):
    run = train(settings, arrays=arrays)
    for _ in range(after):
        next(run)
    run.close()
    with pytest.raises(StopIteration):
        next(run)


def test_snapshots_are_copies(settings, arrays):
    first, second = (snap.weights for snap in of(Snapshot, train(settings, arrays=arrays)))
    assert first.keys() == second.keys()
    assert all(not np.array_equal(first[name], second[name]) for name in first)
    assert all(values.flags.c_contiguous for values in first.values())


def test_divergence_is_named_with_its_step(settings, arrays):
    settings = settings.change(learning_rate=10, momentum=0.99, schedule="constant", epochs=50)
    taken = []
    with pytest.raises(TrainingError, match=r"diverged at step \d+: the loss") as caught:
        taken.extend(step for step in train(settings, arrays=arrays) if isinstance(step, Step))
    assert "learning rate" in caught.value.remedy
    assert f"step {len(taken) + 1}:" in str(caught.value)


def test_a_full_memory_says_what_to_lower(settings, arrays, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(learner.Resident, "batch", full)
    with pytest.raises(TrainingError, match="batches of 16") as caught:
        list(train(settings, arrays=arrays))
    assert "Lower the batch size" in caught.value.remedy


def test_a_fault_of_the_program_stays_one(settings, arrays, monkeypatch):
    def broken(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(learner.Resident, "batch", broken)
    with pytest.raises(RuntimeError, match="a fault"):
        list(train(settings, arrays=arrays))


def test_batch_normalisation_refuses_a_single_picture(settings, arrays):
    layers = [
        {"kind": "flatten"},
        {"kind": "dense", "units": 8},
        {"kind": "batch_norm"},
        {"kind": "dense", "units": 10},
    ]
    network = Network(input=(1, 28, 28), layers=layers)
    with pytest.raises(TrainingError, match="one picture"):
        list(train(settings.change(batch_size=1), arrays=arrays, network=network))


def test_a_softmax_at_the_end_does_not_change_what_is_learned(settings, arrays):
    plain = NETWORKS["lenet5"]
    ended = Network(input=plain.input, layers=[*plain.model_dump()["layers"], {"kind": "softmax"}])
    losses, expected = (
        [step.loss for step in of(Step, train(settings, arrays=arrays, network=network))]
        for network in (ended, plain)
    )
    assert losses == expected


def test_other_sizes_and_data_that_cannot_be_used(settings, arrays):
    colour = Arrays(
        arrays.train_pictures[:, :24, :24].repeat(3, axis=3),
        arrays.train_labels,
        arrays.test_pictures[:, :24, :24].repeat(3, axis=3),
        arrays.test_labels,
    )
    (started,) = of(Started, train(settings.change(epochs=1), arrays=colour))
    assert started.network.input == (3, 24, 24)
    assert started.preprocessing.size == (24, 24)
    tiny = dataclasses.replace(
        arrays,
        train_pictures=arrays.train_pictures[:, :4, :4],
        test_pictures=arrays.test_pictures[:, :4, :4],
    )
    with pytest.raises(NetworkError, match="LeNet-5"):
        list(train(settings, arrays=tiny))
    with pytest.raises(DataError, match="labels from 0 to 10"):
        list(train(settings, arrays=dataclasses.replace(arrays, test_labels=np.arange(30) % 11)))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_a_device_that_is_not_there_is_named(settings, arrays):
    with pytest.raises(TrainingError, match="no CUDA device"):
        list(train(settings.change(device="cuda"), arrays=arrays))


def test_reading_one_step_late_gives_the_same_events(settings, arrays, monkeypatch):
    expected = list(train(settings, arrays=arrays))

    class Late(readings.Readings):
        def __init__(self, device):
            super().__init__(device)
            self.lag = 1

    monkeypatch.setattr(readings, "Readings", Late)
    assert numbers(list(train(settings, arrays=arrays))) == numbers(expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("precision", ["full", "mixed"])
def test_a_gpu_learns_too(precision, settings, arrays):
    settings = settings.change(
        network="mlp", device="cuda", precision=precision, epochs=6, batch_size=8
    )
    events = list(train(settings, arrays=arrays))
    assert events[-1].test_accuracy > 0.8
    assert [step.step for step in of(Step, events)] == list(range(1, 49))


def test_one_s_own_network_is_trained_and_has_to_be_given(settings, arrays):
    kinds = [{"kind": "flatten"}, {"kind": "dense", "units": 3}]
    own = Network(name="own", title="Mine", input=(1, 8, 8), layers=kinds)
    settings = settings.change(network=OWN_NETWORK, epochs=1)
    (started,) = of(Started, train(settings, arrays=arrays, network=own))
    assert started.network.title == "Mine"
    assert started.network.input == (1, 28, 28)
    with pytest.raises(NetworkError, match="no network of your own"):
        next(train(settings, arrays=arrays))


def test_a_network_that_does_not_fit_is_refused_before_any_data_is_read(settings, tmp_path):
    with pytest.raises(NetworkError, match="1 × 28 × 28"):
        next(train(settings.change(data="mnist", network="convnet-valid"), data_root=tmp_path))
