"""The engine: what it says, that it learns, and that it stops."""

import math

import numpy as np
import pytest
import torch

from studio.data.parts import Part
from studio.errors import NetworkError, TrainingError
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS
from studio.training import learner, readings
from studio.training.engine import train
from studio.training.events import (
    Answers,
    Epoch,
    Finished,
    Kernels,
    Norms,
    Preparing,
    Snapshot,
    Started,
    Step,
)
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
        (epoch.validation_loss, epoch.train_loss, epoch.confusion.tolist())
        for epoch in of(Epoch, events)
    ]
    weights = [
        {name: values.tobytes() for name, values in snapshot.weights.items()}
        for snapshot in of(Snapshot, events)
    ]
    return steps, epochs, weights


def test_the_events_come_in_their_order(settings, data):
    events = list(train(settings, data=data))
    assert of(Norms, events)
    assert of(Kernels, events)
    kinds = [type(event) for event in events if not isinstance(event, Norms | Kernels)]
    assert kinds == [
        Preparing,
        Started,
        Snapshot,
        *(*[Step] * 4, Answering, Epoch, Snapshot) * 2,
        Answers,
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
        assert epoch.validation_accuracy == pytest.approx(np.trace(epoch.confusion) / 30)
        steps = [step for step in of(Step, events) if step.epoch == epoch.epoch]
        assert epoch.train_loss == pytest.approx(np.mean([step.loss for step in steps]))
    assert events[-1].test_accuracy == of(Epoch, events)[-1].validation_accuracy


@pytest.mark.parametrize(
    ("network", "more"),
    [
        ("lenet5", {"crop": 2, "rotation": 10, "mixup": 0.5}),
        ("lenet5", {"precision": "mixed", "optimiser": "adam", "learning_rate": 0.001}),
        ("convnet-bn", {"crop": 4, "mirror": True, "weight_decay": 0.001, "epochs": 1}),
    ],
)
def test_the_same_seed_gives_the_same_numbers_whatever_happens_between(
    network, more, settings, data
):
    settings = settings.change(network=network, **more)
    first = list(train(settings, data=data))
    torch.manual_seed(99)
    second = []
    for event in train(settings, data=data):
        second.append(event)
        torch.rand(3)  # somebody else draws from torch's generator
    assert numbers(first) == numbers(second)
    other = list(train(settings.change(seed=6), data=data))
    assert numbers(first) != numbers(other)


def test_torch_s_generator_is_left_alone(settings, data):
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    for _ in train(settings.change(network="convnet-bn", epochs=1), data=data):
        pass
    assert torch.equal(torch.rand(2), expected)


def test_it_takes_the_steps_of_a_plain_loop(settings, data):
    """The same batches through the textbook's loop, in torch's usual memory format."""
    settings = settings.change(
        optimiser="momentum", momentum=0.5, weight_decay=0.01, schedule="constant", epochs=1
    )
    losses = [step.loss for step in of(Step, train(settings, data=data))]

    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        module = NETWORKS["lenet5"].module()
    scaled = data.train.pictures.transpose(0, 3, 1, 2) / 255
    pictures = torch.tensor((scaled - scaled.mean()) / scaled.std(), dtype=torch.float32)
    labels = torch.tensor(data.train.labels)
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


def test_the_model_answers_as_it_was_measured(settings, data):
    settings = settings.change(network="mlp", epochs=6, batch_size=8)
    history = History()
    for event in train(settings, data=data):
        history.add(event)
    model = make_model(settings, history)
    batch = model.card.preprocessing.batch_from_bytes(data.test.pictures)
    answered = model.module()(torch.from_numpy(batch)).argmax(1).numpy()
    assert history.test_accuracy == pytest.approx((answered == data.test.labels).mean())
    assert history.test_accuracy > 0.8


def test_glyphs_are_learned_in_two_epochs():
    *_, finished = train(TrainSettings(epochs=2, device="cpu"))
    assert finished.test_accuracy > 0.97
    assert finished.seconds < 60


@pytest.mark.parametrize("after", [1, 2, 4, 7, 9])
def test_closing_it_anywhere_ends_it(after, settings, data):
    run = train(settings, data=data)
    for _ in range(after):
        next(run)
    run.close()
    with pytest.raises(StopIteration):
        next(run)


def test_snapshots_are_copies(settings, data):
    first, second, _ = (snap.weights for snap in of(Snapshot, train(settings, data=data)))
    assert first.keys() == second.keys()
    assert all(not np.array_equal(first[name], second[name]) for name in first)
    assert all(values.flags.c_contiguous for values in first.values())


def test_divergence_is_named_with_its_step(settings, data):
    settings = settings.change(learning_rate=10, momentum=0.99, schedule="constant", epochs=50)
    taken = []
    with pytest.raises(TrainingError, match=r"diverged at step \d+: the loss") as caught:
        taken.extend(step for step in train(settings, data=data) if isinstance(step, Step))
    assert "learning rate" in caught.value.remedy
    assert f"step {len(taken)}:" in str(caught.value)
    assert [math.isfinite(step.loss) for step in taken] == [True] * (len(taken) - 1) + [False]


def test_a_full_memory_says_what_to_lower(settings, data, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(learner.Resident, "batch", full)
    with pytest.raises(TrainingError, match="batches of 16") as caught:
        list(train(settings, data=data))
    assert "Lower the batch size" in caught.value.remedy


def test_a_fault_of_the_program_stays_one(settings, data, monkeypatch):
    def broken(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(learner.Resident, "batch", broken)
    with pytest.raises(RuntimeError, match="a fault"):
        list(train(settings, data=data))


def test_batch_normalisation_refuses_a_single_picture(settings, data):
    layers = [
        {"kind": "flatten"},
        {"kind": "dense", "units": 8},
        {"kind": "batch_norm"},
        {"kind": "dense", "units": 10},
    ]
    network = Network(input=(1, 28, 28), layers=layers)
    with pytest.raises(TrainingError, match="one picture"):
        list(train(settings.change(batch_size=1), data=data, network=network))


def test_a_softmax_at_the_end_does_not_change_what_is_learned(settings, data):
    plain = NETWORKS["lenet5"]
    ended = Network(input=plain.input, layers=[*plain.model_dump()["layers"], {"kind": "softmax"}])
    losses, expected = (
        [step.loss for step in of(Step, train(settings, data=data, network=network))]
        for network in (ended, plain)
    )
    assert losses == expected


def test_a_network_is_fitted_to_the_pictures(settings, data_of, data):
    def cut(part, side, channels):
        return Part(part.pictures[:, :side, :side].repeat(channels, axis=3), part.labels)

    colour = data_of(cut(data.train, 24, 3), cut(data.test, 24, 3))
    (started,) = of(Started, train(settings.change(epochs=1), data=colour))
    assert started.network.input == (3, 24, 24)
    assert started.preprocessing.size == (24, 24)
    tiny = data_of(cut(data.train, 4, 1), cut(data.test, 4, 1))
    with pytest.raises(NetworkError, match="LeNet-5"):
        list(train(settings, data=tiny))


def test_epochs_are_tested_on_the_validation_part_and_the_end_on_the_test_part(
    settings, data_of, data
):
    few = Part(data.train.pictures[:20], data.train.labels[:20])
    events = list(train(settings, data=data_of(data.train, data.test, few)))
    (started,) = of(Started, events)
    assert (started.checked_on, started.validation_count) == ("validation", 20)
    assert all(epoch.confusion.sum() == 20 for epoch in of(Epoch, events))
    (answers,) = of(Answers, events)
    assert len(answers.labels) == 30
    assert events[-1].test_accuracy == (answers.labels == answers.answered).mean()


def test_patience_ends_a_run_early(settings, data):
    still = settings.change(learning_rate=1e-9, schedule="constant", epochs=9, patience=2)
    rising = still.change(learning_rate=0.05)
    *_, finished = train(still, data=data)
    assert (finished.epochs, finished.early) in {(count, True) for count in range(3, 9)}
    *_, finished = train(rising.change(patience=0, epochs=3), data=data)
    assert (finished.epochs, finished.early) == (3, False)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_a_device_that_is_not_there_is_named(settings, data):
    with pytest.raises(TrainingError, match="no CUDA device"):
        list(train(settings.change(device="cuda"), data=data))


def test_reading_one_step_late_gives_the_same_events(settings, data, monkeypatch):
    expected = list(train(settings, data=data))

    class Late(readings.Readings):
        def __init__(self, device):
            super().__init__(device)
            self.lag = 1

    monkeypatch.setattr(readings, "Readings", Late)
    assert numbers(list(train(settings, data=data))) == numbers(expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("precision", ["full", "mixed"])
def test_a_gpu_learns_too(precision, settings, data):
    settings = settings.change(
        network="mlp", device="cuda", precision=precision, epochs=6, batch_size=8
    )
    events = list(train(settings, data=data))
    assert events[-1].test_accuracy > 0.8
    assert [step.step for step in of(Step, events)] == list(range(1, 49))


def test_one_s_own_network_is_trained_and_has_to_be_given(settings, data):
    kinds = [{"kind": "flatten"}, {"kind": "dense", "units": 3}]
    own = Network(name="own", title="Mine", input=(1, 8, 8), layers=kinds)
    settings = settings.change(network=OWN_NETWORK, epochs=1)
    (started,) = of(Started, train(settings, data=data, network=own))
    assert started.network.title == "Mine"
    assert started.network.input == (1, 28, 28)
    with pytest.raises(NetworkError, match="no network of your own"):
        next(train(settings, data=data))


def test_a_network_that_does_not_fit_is_refused_before_any_data_is_read(settings, tmp_path):
    with pytest.raises(NetworkError, match="1 × 28 × 28"):
        next(train(settings.change(data="mnist", network="convnet-valid"), data_root=tmp_path))


def test_a_test_loss_that_is_not_finite_is_a_divergence(settings, data, monkeypatch):
    real = learner.answers
    monkeypatch.setattr(learner, "answers", lambda *given: real(*given) * math.nan)
    events = []
    with pytest.raises(TrainingError, match="diverged at step 4: the test loss is not"):
        events.extend(train(settings, data=data))
    assert isinstance(events[-1], Epoch)


@pytest.mark.parametrize("what", ["weights", "norms", "new_order", "batches"])
def test_memory_that_runs_out_anywhere_is_said(what, settings, data, monkeypatch):
    real, calls = getattr(learner.Learner, what), []

    def failing(self, *given):
        calls.append(what)
        if len(calls) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(self, *given)

    monkeypatch.setattr(learner.Learner, what, failing)
    with pytest.raises(TrainingError, match="the memory ran out"):
        list(train(settings, data=data))
