"""Runs that were made without training: made-up events, with real weights."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from studio.data.parts import Data, Facts, Part
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing
from studio.nets.zoo import NETWORKS
from studio.training.events import Epoch, Norms, Snapshot, Started, Step
from studio.training.events import Kernels as KernelsEvent
from studio.training.settings import TrainSettings
from studio.window.job import running_jobs
from studio.window.train.runs import Run

CLASSES = ("cat", "dog", "frog")
SIZE = Size(3, 32, 32)
PREVIEWS = ("Drawing kernels", "Augmenting")
CONFUSION = np.array([[18, 2, 0], [5, 15, 0], [0, 1, 19]])


def network_of(name="lenet5"):
    return NETWORKS[name].fit(SIZE, CLASSES)


def weights_of(network, epoch):
    """Random, and other ones after each epoch."""
    numbers = np.random.default_rng(epoch)
    return {
        name: numbers.normal(0, 0.1, part.shape).astype(np.float32)
        for name, part in network.state().items()
    }


def started(network, settings):
    return Started(
        settings=settings.model_dump(mode="json"),
        device="CPU",
        train_count=60,
        test_count=60,
        weights=network.weights,
        steps=10 * settings.epochs,
        classes=CLASSES,
        network=network,
        preprocessing=Preprocessing(size=(32, 32), channels=3, mean=(0.5,) * 3, std=(0.25,) * 3),
    )


def epoch_events(network, epoch):
    """An epoch of ten steps."""
    yield Step(epoch * 10, epoch, 1.0, 0.5, 0.1, 100.0)
    confusion = CONFUSION + np.diag([epoch] * 3)
    right = confusion.trace() / confusion.sum()
    yield Epoch(epoch, epoch * 10, 1.0, 0.5, 1.0, right, 1.0, confusion)
    yield Snapshot(epoch, weights_of(network, epoch))


def begin(run, name="lenet5"):
    """Give a run its first events: nothing is learned yet."""
    network = network_of(name)
    run.history.add(started(network, run.settings))
    return network


def finished_run(number=1, epochs=3, name="lenet5", initial=True):
    """A run of some epochs, as its history has it."""
    run = Run(number, TrainSettings(epochs=5, network=name))
    network = begin(run, name)
    if initial:
        run.history.add(Snapshot(0, weights_of(network, 0)))
    for epoch in range(1, epochs + 1):
        for event in epoch_events(network, epoch):
            run.history.add(event)
    return run


def kernels_event(step, value=0.5):
    return KernelsEvent(step, "conv1", np.full((6, 3, 5, 5), value, np.float32))


def part_of(count=63, seed=0):
    """Pictures that are nothing, with labels."""
    numbers = np.random.default_rng(seed)
    return Part(numbers.integers(0, 256, (count, 32, 32, 3), np.uint8), np.arange(count) % 3)


@pytest.fixture(autouse=True)
def previews_are_drawn(qapp):
    """What draws kernels and samples beside the window may be at it when a test ends."""
    yield
    while drawing := [job for job in running_jobs() if job.name in PREVIEWS]:
        drawing[0].wait()
        qapp.processEvents()  # which may begin the next one


@pytest.fixture
def bars():
    """Small pictures whose label is told by which of ten bars is bright, as a run's data."""
    numbers = np.random.default_rng(0)
    labels = np.arange(60, dtype=np.int64) % 10
    pictures = numbers.integers(0, 60, (60, 28, 28, 1), dtype=np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[:, 4 + 2 * label : 6 + 2 * label] += 150
    part = Part(pictures, labels)
    facts = Facts("Bars", tuple("0123456789"), Size(1, 28, 28), "bars made by the tests")
    scale = Preprocessing(size=(28, 28), channels=1, mean=(0.16,), std=(0.17,))
    return Data(facts, part, part, preprocessing=scale)


@pytest.fixture
def made():
    """What makes runs, weights and pictures."""
    return SimpleNamespace(
        classes=CLASSES,
        confusion=CONFUSION,
        curved=curved,
        begin=begin,
        epoch_events=epoch_events,
        finished_run=finished_run,
        kernels_event=kernels_event,
        network_of=network_of,
        part_of=part_of,
        weights_of=weights_of,
    )


def curved(number=1, epochs=10, done=10, per_epoch=6, losses=None, **settings):
    """A run with curves: loss 2 / step, and on other pictures `losses`, else 1 / epoch."""
    run = Run(number, TrainSettings(epochs=epochs, **settings))
    history, end = run.history, int(done * per_epoch)
    first = started(network_of(), run.settings)
    history.add(replace(first, steps=epochs * per_epoch, checked_on="validation"))
    for step in range(1, end + 1):
        epoch = (step - 1) // per_epoch + 1
        history.add(Step(step, epoch, 2 / step, step / 100, 0.1 / step, 50.0))
        history.add(Norms(step, ("conv1", "dense1"), (step, 2.0 * step), (3.0, 4.0), 10**9))
        if step % per_epoch == 0:
            loss = losses[epoch - 1] if losses else 1 / epoch
            history.add(Epoch(epoch, step, 2 / step, 0.5, loss, 1 - loss / 9, 4.0, CONFUSION))
    return run
