"""What is said of curves, and above all what is not said."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.data.parts import Data, Facts, Part
from studio.errors import TrainingError
from studio.nets.layer import Size
from studio.nets.preprocess import Preprocessing
from studio.training.advice import advise
from studio.training.engine import train
from studio.training.events import Epoch, Finished, Norms, Started, Step
from studio.training.history import History
from studio.training.settings import TrainSettings

GUESSING = math.log(10)


def epoch(number, train, checked, accuracy=0.5, step=None, checked_accuracy=0.5):
    confusion = np.full((10, 10), 10)
    return Epoch(
        number, step or 10 * number, train, accuracy, checked, checked_accuracy, 1.0, confusion
    )


def run(train=(), checked=(), *, losses=(), rates=None, ended=False, accuracy=0.5, **settings):
    """A history with ten steps an epoch; where no losses are given, steps have their epoch's."""
    history = History()
    history.add(
        Started(
            settings={"loss": "cross_entropy", "epochs": len(train), **settings},
            device="CPU",
            train_count=600,
            test_count=1000,
            weights=10,
            steps=10 * len(train),
            classes=tuple("0123456789"),
        )
    )
    losses = losses or [loss for loss in train for _ in range(10)]
    rates = rates or [0.1] * len(losses)
    for number, (loss, rate) in enumerate(zip(losses, rates, strict=True), start=1):
        history.add(Step(number, 1 + (number - 1) // 10, loss, 0.5, rate, 100.0))
    for number, values in enumerate(zip(train, checked, strict=True), start=1):
        history.add(epoch(number, *values, accuracy=accuracy))
    if ended:
        history.add(Finished(len(train), 0.5, 1.0))
    return history


def kinds(history):
    return [one.kind for one in advise(history)]


def warnings(history):
    return [one.kind for one in advise(history) if one.is_warning]


def test_before_the_first_step_there_is_nothing_to_say():
    assert advise(History()) == ()
    assert advise(run()) == ()


# Diverged


def test_a_loss_that_is_not_finite():
    losses = [2.3] * 309 + [math.nan] + [2.0] * 5
    (said,) = advise(run(losses=losses))
    assert said.sentence == "diverged at step 310: loss is not finite; lower the learning rate"
    assert (said.kind, said.step, said.epoch, said.is_warning) == ("diverged", 310, 1, True)


def test_a_loss_that_was_not_finite_in_an_epoch_before():
    history = run([2.3, math.inf, 1.0], [2.3, 2.0, 1.5], losses=[2.3] * 14 + [math.inf] * 16)
    (said,) = advise(history)
    assert (said.step, said.epoch) == (15, 2)


def test_a_loss_that_stays_far_above_guessing():
    losses = [2.3, 2.2, 2.4] * 10 + [40.0, 55.0, 38.0] * 20
    (said,) = advise(run(losses=losses))
    assert said.kind == "diverged"
    assert 29 <= said.step <= 33
    assert "guessing gives 2.30" in said.evidence


def test_a_run_that_diverged_long_ago_says_when():
    train = [2.0] * 10 + [50.0] * 990
    said = advise(run(train, train))[0]
    assert (said.kind, said.step) == ("diverged", 101)


@pytest.mark.parametrize(
    "losses",
    [
        [2.0] * 100 + [40.0] * 3 + [2.0] * 10,  # one spike
        [40.0 * 0.97**step for step in range(60)],  # large weights at the beginning, falling
        [40.0] * 60,  # large weights, and steps that are too short
        [2.0] * 50 + [40.0] * 12,  # not for long yet
    ],
)
def test_high_losses_that_are_no_divergence(losses):
    assert "diverged" not in kinds(run(losses=losses))


def test_an_exploded_run_that_only_guesses_now():
    losses = [2.3] * 12 + [1e6] * 8 + [2.31] * 40
    train = [2.3, 4e5, 2.31, 2.31, 2.32, 2.31]
    (said,) = advise(run(train, train, losses=losses))
    assert said.sentence == (
        "diverged at step 13: loss rose to 1.00e+06, and has not come below guessing since; "
        "lower the learning rate"
    )
    recovered = [2.3, 4e5, 2.31, 2.0, 1.7, 1.2]
    assert "diverged" not in kinds(run(recovered, recovered, losses=losses))


# Hasn't moved


def test_a_run_that_only_guesses():
    train = [2.3027, 2.3024, 2.3026, 2.3025, 2.3026]
    (said,) = advise(run(train, train))
    assert said.kind == "unmoved"
    assert said.words == "hasn't moved since epoch 1"
    assert "which is what guessing gives" in said.evidence


def test_a_plateau_says_where_it_began():
    train = [2.0, 1.6, 1.3, 1.2, 1.1, 1.103, 1.099, 1.101, 1.1, 1.102]
    (said,) = advise(run(train, train))
    assert (said.kind, said.epoch) == ("unmoved", 5)
    assert "larger network" in said.remedy


def test_long_epochs_are_not_waited_for():
    rng = np.random.default_rng(0)
    losses = (GUESSING + rng.normal(0, 0.05, 400)).tolist()
    (said,) = advise(run(losses=losses))
    assert said.words.startswith("hasn't moved since step")
    assert said.step <= 11
    falling = [GUESSING * 0.999**step for step in range(400)]
    assert kinds(run(losses=falling)) == []


def test_a_remedy_that_the_weights_tell():
    train = [2.3026] * 5
    history = run(train, train)
    for step in (1, 40):
        history.add(Norms(step, ("conv1", "dense1"), (0.1, 0.2), (3.0, 5.0)))
    assert advise(history)[0].remedy.startswith("raise the learning rate")
    high = run([9.0, *train], [2.4, *train])
    assert advise(high)[0].remedy.startswith("lower the learning rate")


def test_dropout_does_not_hide_that_nothing_moves():
    train = [1.40, 1.41, 1.38, 1.39, 1.47]
    (said,) = advise(run(train, [1.3809, 1.3809, 1.3808, 1.3809, 1.3809]))
    assert (said.kind, said.epoch) == ("unmoved", 1)
    assert kinds(run([2.3] * 6, [2.3, 2.2, 2.0, 1.9, 1.7, 1.6])) == [], "mixed pictures"


@pytest.mark.parametrize(
    ("train", "more"),
    [
        ([0.002] * 8, {"accuracy": 1.0}),  # learned by heart
        ([0.5] * 8, {"accuracy": 0.99}),  # learned, with smoothed labels
        ([1.1] * 8, {"rates": [0.1] * 40 + [1e-4] * 40}),  # the schedule has come to its end
        ([2.3026] * 8, {"rates": [0.001 * 1.05**step for step in range(80)]}),  # warming up
        ([1.1, 1.12, 1.08, 1.05, 1.06, 1.02, 1.0, 0.97], {}),  # slowly
    ],
)
def test_flat_runs_with_a_reason(train, more):
    assert "unmoved" not in kinds(run(train, train, **more))


# Over-fitting


def test_over_fitting():
    checked = [1.9, 1.6, 1.4, 1.3, 1.28, 1.26, 1.35, 1.6, 1.8, 2.0, 2.3, 2.48]
    train = [2.0, 1.6, 1.3, 1.1, 0.9, 0.7, 0.5, 0.3, 0.1, 0.05, 0.01, 0.002]
    (said,) = advise(run(train, checked))
    assert said.words == "over-fitting since epoch 6"
    assert said.evidence == "test loss 1.26 to 2.48, training loss down to 0.002"
    assert (said.step, said.epoch) == (60, 6)


def test_it_is_not_said_before_three_epochs_show_it():
    checked = [1.4, 1.3, 1.26, 1.5, 1.8]
    assert kinds(run([1.4, 1.1, 0.8, 0.5, 0.3], checked)) == []


def test_both_losses_rising_is_no_over_fitting():
    checked = [1.4, 1.3, 1.26, 1.5, 1.8, 2.0, 2.1, 2.2]
    assert "over-fitting" not in kinds(run(checked, checked))


# Unsteady, vanishing, notes


def test_a_training_loss_that_rises_again_and_again():
    train = [2.0, 1.2, 1.7, 1.0, 1.5, 0.9, 1.6, 1.1]
    said = advise(run(train, [2.0, 1.5, 1.6, 1.4, 1.5, 1.45, 1.5, 1.5]))
    assert [one.kind for one in said] == ["unsteady"]
    assert (
        said[0].evidence == "training loss rose in 3 of the last 7 epochs, once from 1.20 to 1.70"
    )
    assert said[0].epoch == 3


def test_a_gradient_that_vanishes():
    train = [2.2, 2.0, 1.8, 1.7]
    history = run(train, train)
    for step in range(1, 8):
        history.add(Norms(step, ("dense1", "dense2", "dense3"), (1e-6, 1e-3, 0.5), (4, 4, 2)))
    (said,) = advise(history)
    assert (said.kind, said.step) == ("vanishing", 1)
    assert "dense1" in said.words
    usual = run(train, train)
    for step in range(1, 8):
        usual.add(Norms(step, ("dense1", "dense2"), (0.1, 0.5), (4, 2)))
    assert advise(usual) == ()


@pytest.mark.parametrize(("frozen_from", "told"), [(3.0, []), (0.0, ["vanishing"])])
def test_layers_that_were_frozen_on_purpose_get_no_gradient(frozen_from, told):
    train = [2.2, 2.0, 1.8, 1.7]
    history = run(train, train, frozen=1, frozen_from=frozen_from)
    for step in range(1, 8):
        history.add(Norms(step, ("conv1", "conv2", "dense1"), (0.0, 0.3, 0.5), (4, 4, 2)))
    assert kinds(history) == told


def test_a_run_that_ends_too_early_and_one_that_was_better_before():
    checked = [2.0, 1.7, 1.5, 1.3, 1.15, 1.0]
    (said,) = advise(run(checked, checked, ended=True))
    assert (said.kind, said.is_warning) == ("improving", False)
    assert said.evidence == "test loss 1.30 after epoch 4, 1.00 after 6"
    history = run([1.5], [1.5])
    for number, share in ((2, 0.7), (3, 0.8), (4, 0.72)):
        history.add(epoch(number, 1.4, 1.4, checked_accuracy=share))
    assert "best" not in kinds(history)
    history.add(Finished(4, 0.72, 1.0))
    said = advise(history)[-1]
    assert said.words == "epoch 3 was the best"
    assert said.evidence == "test accuracy 80.00 %, and 72.00 % at the end"


# What holds for all curves


@given(
    start=st.floats(0.5, 1.0),
    falls=st.lists(st.floats(0.03, 0.3), min_size=1, max_size=40),
    gap=st.floats(1.0, 1.5),
)
def test_a_run_that_gets_better_all_the_time_gets_no_warning(start, falls, gap):
    train = start * GUESSING * np.cumprod([1.0, *(1 - fall for fall in falls)])
    assert warnings(run(train.tolist(), (gap * train).tolist(), ended=True)) == []


@given(
    seed=st.integers(0, 10_000),
    level=st.floats(0.1, 1.0),
    noise=st.floats(0.0, 0.3),
    count=st.integers(1, 60),
)
def test_a_noisy_flat_run_is_not_over_fitting(seed, level, noise, count):
    rng = np.random.default_rng(seed)
    train = level * GUESSING * (1 + 0.01 * rng.standard_normal(count))
    checked = level * GUESSING * np.exp(noise * rng.standard_normal(count))
    found = kinds(run(train.tolist(), checked.tolist(), ended=True))
    assert "over-fitting" not in found
    assert "diverged" not in found


@given(seed=st.integers(0, 10_000), noise=st.floats(0.0, 0.05), count=st.integers(4, 60))
def test_a_run_that_learns_with_a_noisy_check_is_not_over_fitting(seed, noise, count):
    rng = np.random.default_rng(seed)
    train = GUESSING * np.linspace(1, 0.3, count)
    checked = np.maximum(train, 0.6 * GUESSING) * np.exp(noise * rng.standard_normal(count))
    assert "over-fitting" not in kinds(run(train.tolist(), checked.tolist()))


@given(
    st.lists(
        st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 2), min_size=1, max_size=30
    )
)
def test_any_numbers_are_survived(values):
    train, checked = zip(*values, strict=True)
    with np.errstate(all="ignore"):
        for said in advise(run(list(train), list(checked), ended=True)):
            assert said.words
            assert said.evidence
            assert 1 <= said.epoch <= len(values)
            assert 1 <= said.step <= 10 * len(values)


# Real runs, of 60 pictures


def pictures(label_is_seen):
    """Pictures of 6 x 6; their label is the brightest column, or nothing that can be seen."""
    rng = np.random.default_rng(0)
    parts = []
    for _ in range(2):
        labels = np.arange(60) % 4
        values = rng.integers(0, 200, (60, 6, 6, 1), dtype=np.uint8)
        if label_is_seen:
            values[np.arange(60), :, labels] += 50
        parts.append(Part(values, labels))
    size = Size(1, 6, 6)
    preprocessing = Preprocessing(size=(6, 6), channels=1, mean=(0.4,), std=(0.23,))
    return Data(Facts("Columns", tuple("abcd"), size, ""), *parts, preprocessing=preprocessing)


@pytest.fixture
def one_thread():
    """Steps this small only lose by sharing them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def learned(label_is_seen=True, **values):
    history = History()
    settings = TrainSettings(
        network="mlp-300", schedule="constant", batch_size=20, device="cpu", precision="full"
    ).change(**values)
    for event in train(settings, data=pictures(label_is_seen)):
        history.add(event)
    return history


@pytest.mark.usefixtures("one_thread")
def test_a_real_run_that_is_learned_by_heart():
    history = learned(label_is_seen=False, epochs=25, learning_rate=0.05)
    assert history.epochs[-1].train_accuracy == 1
    (said, *_) = advise(history)
    assert said.kind == "over-fitting"
    losses = [one.validation_loss for one in history.epochs]
    assert said.epoch == pytest.approx(1 + int(np.argmin(losses)), abs=1)


@pytest.mark.usefixtures("one_thread")
def test_a_real_run_whose_steps_are_too_short():
    (said,) = advise(learned(epochs=5, learning_rate=1e-9))
    assert said.words == "hasn't moved since epoch 1"
    assert said.remedy.startswith("raise the learning rate")


@pytest.mark.usefixtures("one_thread")
def test_a_real_run_whose_steps_are_too_long():
    history = History()
    settings = TrainSettings(
        network="mlp-300", schedule="constant", batch_size=20, device="cpu", precision="full"
    ).change(learning_rate=10, epochs=10)
    try:
        for event in train(settings, data=pictures(True)):
            history.add(event)
    except TrainingError as error:
        message = error.message
    else:
        message = "diverged at step"
    assert message.startswith("diverged at step")
    (said,) = advise(history)
    assert said.kind == "diverged"
    assert said.remedy == "lower the learning rate"
    assert history.losses[said.step - 1] > 2 * math.log(4)


@pytest.mark.usefixtures("one_thread")
def test_a_real_run_that_learns():
    said = advise(learned(epochs=12, learning_rate=0.01))
    assert [one.kind for one in said if one.is_warning] == []
