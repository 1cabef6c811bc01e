"""What stands behind the window that trains by hand."""

import numpy as np
import pytest
import torch

from studio.errors import TrainingError
from studio.image.colour_map import NOT_FINITE
from studio.nets.layer import Size
from studio.nets.zoo import NETWORKS
from studio.training import by_hand
from studio.training.events import Step
from studio.training.folder import train_into
from studio.training.settings import TrainSettings
from studio.window.train.by_hand import work as hand_work
from studio.window.train.by_hand.landscape import landscape_of
from studio.window.train.by_hand.slices import bias_of, layers_of, lengths_of, slice_of
from studio.window.train.by_hand.work import (
    Answered,
    HandAsked,
    HandWork,
    Moved,
    Ready,
    Sloped,
    shown,
)

SETTINGS = TrainSettings(
    network="lenet5",
    epochs=3,
    batch_size=20,
    device="cpu",
    precision="full",
    optimiser="sgd",
    learning_rate=0.1,
    schedule="constant",
    seed=3,
)


@pytest.fixture
def work(monkeypatch, bars):
    real = by_hand.begin
    monkeypatch.setattr(
        by_hand, "begin", lambda s, root, data, net, state: real(s, root, bars, net, state)
    )
    made = HandWork()
    yield made
    made.close()


def opened(work, **asked):
    *_, ready = work.open(HandAsked("Run 1", SETTINGS, **asked))
    return ready


def test_the_parts_come_back_as_they_are_shown(work, bars):
    ready = opened(work)
    assert isinstance(ready, Ready)
    assert (ready.step, ready.rate, ready.from_checkpoint) == (0, 0.1, False)
    answered = work.part("forward")
    assert isinstance(answered, Answered)
    known = {picture.tobytes() for picture in bars.train.pictures}
    assert len(answered.pictures) == 16
    assert {picture.tobytes() for picture in answered.pictures} <= known
    sloped = work.part("backward")
    assert isinstance(sloped, Sloped)
    moved = work.part("update", 0.2)
    assert isinstance(moved, Moved)
    assert moved.before == answered.forward.loss
    for name, gradient in sloped.backward.gradients.items():
        assert np.allclose(moved.update.moves[name], -0.2 * gradient, atol=1e-6)
    assert (answered.step, sloped.step, moved.step) == (1, 1, 1)


def test_a_run_is_gone_on_from_and_left_as_it_is(work, bars, tmp_path):
    events = train_into(tmp_path, SETTINGS, data=bars)
    for event in events:
        if isinstance(event, Step) and event.step == 4:
            break
    events.close()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ready = opened(work, folder=tmp_path)
    assert ready.from_checkpoint
    assert ready.step == 4
    state = torch.load(tmp_path / "last.ckpt", weights_only=True)["learner"]["module"]
    for name, values in ready.weights.items():
        assert np.array_equal(values, state[name].numpy())
    assert len(list(work.steps(2))) == 6
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_ten_steps_end_a_begun_one_first_and_can_be_stopped(work):
    opened(work)
    work.part("forward")
    said = list(work.steps(2))
    assert [type(one) for one in said] == [Sloped, Moved, Answered, Sloped, Moved]
    going = work.steps(10)
    assert isinstance(next(going), Answered)
    work.stop()
    assert list(going) == []
    assert isinstance(work.part("backward"), Sloped)  # where it was stopped


def test_the_surface_lies_through_the_weights_and_the_way_goes_down(work, monkeypatch):
    monkeypatch.setattr(hand_work, "_PLACES", 5)
    opened(work)
    with pytest.raises(TrainingError, match="no gradient"):
        next(work.draw(0.5))
    work.part("forward")
    with pytest.raises(TrainingError, match="needs the gradient"):
        next(work.draw(0.5))
    work.part("backward")
    hand = work.hand
    loss = hand.learner.evaluated_loss(hand.batch)
    *_, drawn = work.draw(0.06)
    assert drawn.loss_at(0, 0) == pytest.approx(loss, rel=1e-5)
    assert drawn.loss_at(0.03, 0) < loss < drawn.loss_at(-0.06, 0)
    assert drawn.path == ((0, 0),)
    assert drawn.reach == 0.06
    moved = work.part("update")
    assert moved.path[0] == (0, 0)
    assert moved.path[1][0] > 0
    *_, again = work.draw(0.06)  # the same plane, although the weights have moved
    assert np.allclose(again.losses, drawn.losses, rtol=1e-4)
    assert again.path == moved.path
    work.stop()
    assert isinstance(work.part("forward"), Answered)


def test_drawing_can_be_stopped(work):
    opened(work)
    work.part("forward")
    work.part("backward")
    going = work.draw(0.2)
    first = next(going)
    assert np.isfinite(first.losses[::8, ::8]).all()
    work.stop()
    (last,) = going
    assert 0 < first.fraction < last.fraction < 1


def test_normalisation_is_undone(bars):
    pictures = bars.train.pictures[:5]
    values = bars.preprocessing.batch_from_bytes(pictures)
    assert np.array_equal(np.array(shown(values, bars.preprocessing)), pictures)


# The surface as a picture


def bowl(count=17):
    places = np.linspace(-1, 1, count)
    return places[:, None] ** 2 + places**2 + 1, places


def test_contours_of_a_round_bowl_are_circles():
    losses, places = bowl()
    drawn = landscape_of(losses, places, 1.0, ())
    radii = [np.hypot(*line.T) for line in drawn.contours]
    rings = [one for one in radii if len(one) > 20 and one.max() < 0.95]
    assert len(rings) >= 4
    assert all(np.ptp(one) < 0.03 for one in rings)
    assert (drawn.low, drawn.high, drawn.is_log) == (1, 3, False)
    assert drawn.loss_at(0.51, -0.02) == losses[8, 12]


def test_what_is_not_known_takes_its_neighbours_colour_and_what_is_not_finite_its_own():
    losses, places = bowl()
    losses[1:, 1:] = np.nan
    losses[0, 0] = np.inf
    drawn = landscape_of(losses, places, 0.1, ())
    assert drawn.contours == ()
    assert drawn.diverged == 1
    assert tuple(drawn.pixels[0, 0]) == NOT_FINITE
    far = drawn.pixels[-1, -1].astype(int)
    assert np.abs(far - drawn.pixels[0, -1]).max() < 60
    assert tuple(far) != NOT_FINITE


def test_wide_losses_are_coloured_by_their_logarithm():
    losses, places = bowl()
    assert landscape_of(10 ** (losses - 1) ** 2, places, 1.0, ()).is_log
    nothing = landscape_of(np.full((17, 17), np.inf), places, 1.0, ())
    assert nothing.diverged == 289
    assert nothing.contours == ()


# Kernels


@pytest.fixture
def lenet():
    network = NETWORKS["lenet5"].fit(Size(3, 32, 32), ("cat", "dog"))
    module = network.module()
    weights = {name: one.detach().numpy() for name, one in module.named_parameters()}
    return network.table(), weights


def test_layers_and_their_slices(lenet):
    rows, weights = lenet
    layers = {layer.title: layer for layer in layers_of(rows, weights)}
    first, last = layers["Conv 1"], layers["Dense 3"]
    assert (first.outputs, first.inputs, first.is_kernel) == (6, 3, True)
    assert [name.lower() for name in first.input_names] == ["red", "green", "blue"]
    kernel = slice_of(rows, weights, "conv1", 4, 2)
    assert np.array_equal(kernel, weights["conv1.weight"][4, 2].astype(float))
    flat = layers["Dense 1"]  # its inputs are maps that were flattened
    assert flat.inputs * 36 == weights["dense1.weight"].shape[1]
    unit = slice_of(rows, weights, "dense1", 7, 3)
    assert np.array_equal(unit.ravel(), weights["dense1.weight"][7, 108:144].astype(float))
    assert (last.outputs, last.inputs) == (2, 1)
    all_at_once = slice_of(rows, weights, "dense3", 1, 0)
    assert np.array_equal(all_at_once[~np.isnan(all_at_once)], weights["dense3.weight"][1])
    assert bias_of(weights, "conv1", 4) == weights["conv1.bias"][4]
    assert slice_of(rows, {}, "conv1", 0, 0) is None


def test_a_weight_that_is_not_finite_is_told_from_a_missing_cell(lenet):
    rows, weights = lenet
    wrong = {name: np.full_like(values, np.nan) for name, values in weights.items()}
    assert np.isinf(slice_of(rows, wrong, "dense3", 0, 0)).sum() == 84


def test_lengths_of_layers_go_over_all_their_weights(lenet):
    rows, weights = lenet
    lengths = {name: float(np.linalg.norm(values)) for name, values in weights.items()}
    found = lengths_of(lengths, layers_of(rows, weights))
    both = np.concatenate([weights["conv1.weight"].ravel(), weights["conv1.bias"]])
    assert found[0] == pytest.approx(np.linalg.norm(both), rel=1e-5)
    assert len(found) == 5


def test_normalisations_show_a_number_for_each_map():
    network = NETWORKS["convnet"].fit(Size(3, 32, 32), ("cat", "dog"))
    weights = {"batch_norm1.weight": np.arange(5.0), "batch_norm1.bias": np.zeros(5)}
    (layer,) = layers_of(network.table(), weights)
    assert (layer.outputs, layer.inputs) == (1, 1)
    grid = slice_of(network.table(), weights, layer.name, 0, 0)
    assert np.array_equal(grid[~np.isnan(grid)], np.arange(5.0))
