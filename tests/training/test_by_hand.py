"""A step in three parts is the step; and the loss around the weights."""

import threading

import numpy as np
import pytest
import torch

from studio.errors import TrainingError
from studio.training.by_hand import begin
from studio.training.checkpoint import load_checkpoint, save_checkpoint
from studio.training.engine import Training, train
from studio.training.events import Snapshot, Step
from studio.training.surface import loss_surface, plane_at


def ready(settings, data, state=None):
    run = begin(settings, data=data, state=state)
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("more", [{}, {"network": "mlp", "dropout": 0.4, "crop": 2, "mixup": 0.3}])
def test_three_parts_are_the_step_of_a_run(more, settings, data):
    settings = settings.change(**more, epochs=1)
    events = list(train(settings, data=data))
    losses = [event.loss for event in events if isinstance(event, Step)]
    hand = ready(settings, data)
    found = []
    for _ in losses:
        found.append(hand.forward().loss)
        hand.backward()
        hand.update()
    assert found == losses
    (trained,) = (e.weights for e in events if isinstance(e, Snapshot) and e.epoch == 1)
    for name, values in hand.weights.items():
        assert np.array_equal(values, trained[name])
    hand.close()


def test_the_parts_say_what_they_did(settings, data):
    hand = ready(settings.change(optimiser="sgd", learning_rate=0.01, schedule="constant"), data)
    forward = hand.forward()
    assert forward.pictures.shape == (15, 1, 28, 28)
    assert np.allclose(forward.answers.sum(axis=1), 1, atol=1e-5)
    picked = forward.answers[np.arange(15), forward.labels]
    assert forward.loss == pytest.approx(-np.log(picked).mean(), rel=1e-4)
    backward = hand.backward()
    update = hand.update(rate=0.01)
    for name, gradient in backward.gradients.items():
        assert np.allclose(update.moves[name], -0.01 * gradient, atol=1e-7)
        assert backward.lengths[name] == pytest.approx(np.sqrt((gradient**2).sum()), rel=1e-5)
    assert update.loss < forward.loss
    for name, values in hand.weights.items():
        assert np.array_equal(update.weights[name], values)
    with pytest.raises(TrainingError, match="forward comes next, not update"):
        hand.update()


def test_dropout_leaves_out_the_same_values_after_the_update(settings, data):
    still = settings.change(network="mlp", dropout=0.5, optimiser="sgd", learning_rate=1e-9)
    hand = ready(still, data)
    forward = hand.forward()
    hand.backward()
    assert hand.update().loss == pytest.approx(forward.loss, abs=1e-5)


def test_the_surface_is_the_loss_at_each_place(settings, data):
    hand = ready(settings.change(network="mlp"), data)
    hand.forward()
    with pytest.raises(TrainingError, match="backward"):
        plane_at(hand.learner, 0)
    hand.backward()
    plane = plane_at(hand.learner, 0)
    before = list(hand.weights.values())
    *_, surface = loss_surface(hand.learner, hand.batch, plane, reach=0.5, count=5)
    assert surface.fraction == 1
    assert all(map(np.array_equal, before, hand.weights.values()))
    assert plane.place(before) == (0, 0)

    weights = [w for w in hand.learner.module.parameters() if w.requires_grad]
    with torch.no_grad():
        for weight, down, across in zip(weights, plane.down, plane.across, strict=True):
            weight.add_(0.25 * down - 0.5 * across)
    expected = hand.learner.evaluated_loss(hand.batch)
    assert surface.losses[0, 3] == pytest.approx(expected, rel=1e-4)
    assert plane.place(hand.weights.values()) == pytest.approx((0.25, -0.5), abs=1e-4)
    *_, again = loss_surface(hand.learner, hand.batch, plane, reach=0.5, count=3)
    assert np.allclose(again.losses, surface.losses[::2, ::2], rtol=1e-5)  # the plane stays


def test_the_loss_falls_along_the_first_direction(settings, data):
    hand = ready(settings, data)
    hand.forward()
    hand.backward()
    plane = plane_at(hand.learner, 1)
    *_, surface = loss_surface(hand.learner, hand.batch, plane, reach=0.05, count=3)
    assert surface.losses[1, 2] < surface.losses[1, 1] < surface.losses[1, 0]
    for weight, down, across in zip(plane.origin, plane.down, plane.across, strict=True):
        if weight.ndim > 1:  # each filter as long as its weights, or 0 where nothing comes back
            own, long = weight.flatten(1).norm(dim=1), down.flatten(1).norm(dim=1)
            assert torch.allclose(long[long > 0], own[long > 0], rtol=1e-4)
            assert torch.allclose(across.flatten(1).norm(dim=1), own, rtol=1e-4)


def test_what_is_known_grows_from_coarse_to_fine(settings, data):
    hand = ready(settings.change(network="mlp"), data)
    hand.forward()
    hand.backward()
    surfaces = list(loss_surface(hand.learner, hand.batch, plane_at(hand.learner, 0), count=5))
    known = [np.isfinite(one.losses).sum() for one in surfaces]
    assert known == list(range(1, 26))
    assert np.isfinite(surfaces[8].losses[::2, ::2]).all()


def test_a_loss_that_is_not_finite_is_known(settings, data):
    hand = ready(settings.change(network="mlp"), data)
    hand.forward()
    hand.backward()
    plane = plane_at(hand.learner, 0)
    *_, surface = loss_surface(hand.learner, hand.batch, plane, reach=1e30, count=3)
    assert np.isinf(surface.losses[0, 0])
    assert np.isfinite(surface.losses[1, 1])


def test_the_first_steps_are_those_that_the_run_would_have_taken_next(settings, data, tmp_path):
    settings = settings.change(network="mlp", dropout=0.3, crop=2)
    losses = [event.loss for event in train(settings, data=data) if isinstance(event, Step)]
    training = Training(settings, data=data)
    events = training.events()
    for event in events:
        if isinstance(event, Step) and event.step == 2:
            break
    save_checkpoint(training.state(), tmp_path / "last.ckpt")
    events.close()
    hand = ready(settings, data, load_checkpoint(tmp_path / "last.ckpt"))
    found = []
    for _ in losses[2:]:
        found.append(hand.forward().loss)
        hand.backward()
        hand.update()
    assert found == losses[2:]
    rate = hand.scheduled_rate
    hand.forward()  # and on, after the run's end
    hand.backward()
    assert hand.update().learning_rate == rate > 0


def test_two_runs_at_once_draw_their_own_numbers(settings, data):
    settings = settings.change(network="mlp", dropout=0.5)
    losses = [event.loss for event in train(settings, data=data) if isinstance(event, Step)]
    hand = ready(settings, data)
    stop = threading.Event()

    def disturb():
        while not stop.is_set():
            hand.forward()
            hand.backward()
            hand.update()

    beside = threading.Thread(target=disturb)
    beside.start()
    try:
        again = [event.loss for event in train(settings, data=data) if isinstance(event, Step)]
    finally:
        stop.set()
        beside.join()
    assert again == losses
