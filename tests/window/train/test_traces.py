import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.signal import lfilter

from studio.training.events import Step
from studio.window.train.quantities import QUANTITIES
from studio.window.train.run_lines import RunLines
from studio.window.train.traces import MOST, Stretches, Trace, coarser, smoothed


@given(
    cuts=some.lists(some.integers(0, 3000), max_size=6).map(sorted),
    count=some.integers(1, 3000),
    seed=some.integers(0, 99),
)
def test_stretches_are_of_equal_parts_however_they_came(cuts, count, seed):
    values = np.random.default_rng(seed).normal(size=(count, 2))
    steps = np.arange(1, count + 1)
    trace = Trace(2)
    for new in np.split(np.arange(count), [cut for cut in cuts if cut < count]):
        trace.add(steps[new], values[new])
    found = trace.stretches()
    assert found.places.size <= MOST + 1
    starts = np.arange(0, count, trace.length)
    sizes = np.diff(np.append(starts, count))[:, None]
    assert np.allclose(found.means, np.add.reduceat(values, starts) / sizes, atol=1e-12)
    assert np.array_equal(found.lows, np.minimum.reduceat(values, starts))
    assert np.array_equal(found.highs, np.maximum.reduceat(values, starts))
    assert np.allclose(found.places, np.add.reduceat(steps, starts) / sizes[:, 0])


def test_few_steps_are_kept_as_they_are():
    trace = Trace()
    trace.add([1, 2, 3], [[5], [np.inf], [7]])
    found = trace.stretches()
    assert found.places.tolist() == [1, 2, 3]
    assert np.array_equal(found.means[:, 0], [5, np.nan, 7], equal_nan=True)


def test_what_is_not_finite_does_not_spoil_its_stretch():
    values = np.ones((4 * MOST, 1))
    values[::8] = np.nan
    values[-8:] = np.inf
    trace = Trace()
    trace.add(np.arange(4 * MOST), values)
    assert trace.length > 4
    means = trace.stretches().means[:, 0]
    assert np.nanmax(means) == np.nanmin(means) == 1
    assert np.isnan(means[-1])


def test_steps_and_values_must_fit():
    with pytest.raises(ValueError, match="2 columns"):
        Trace(2).add([1, 2], [[1], [2]])


@given(
    values=some.lists(some.floats(-100, 100), min_size=1, max_size=200),
    constant=some.floats(0.5, 50),
)
def test_smoothing_is_an_exponential_mean(values, constant):
    # SciPy's recursive filter, divided by what it makes of ones: the first value counts whole.
    share = 1 - np.exp(-1 / constant)
    expected = lfilter([share], [1, share - 1], values)
    expected /= lfilter([share], [1, share - 1], np.ones(len(values)))
    assert smoothed(np.array(values), constant) == pytest.approx(expected, abs=0.2)


def test_little_smoothing_changes_nothing():
    values = np.random.default_rng(0).normal(size=9)
    assert smoothed(values, 0.4) is values
    assert smoothed(np.empty(0), 3.0).size == 0


@given(count=some.integers(1, 300), most=some.integers(1, 300))
def test_coarser_stretches_join_neighbours(count, most):
    values = np.random.default_rng(count).normal(size=(count, 1))
    fine = Stretches(np.arange(count, dtype=float), values, values - 1, values + 1)
    coarse = coarser(fine, most)
    assert coarse.places.size <= most
    step = -(-count // most)
    for place, (mean, low, high) in enumerate(
        zip(coarse.means, coarse.lows, coarse.highs, strict=True)
    ):
        part = values[place * step : (place + 1) * step]
        assert mean == pytest.approx(part.mean())
        assert (low[0], high[0]) == (part.min() - 1, part.max() + 1)


# The lines of a run


def lines_of(run):
    lines = RunLines(run.history)
    lines.follow(run.history)
    return lines


def test_lines_stand_where_their_steps_are_in_each_unit(made):
    lines = lines_of(made.curved(epochs=4, done=2, per_epoch=6))
    steps = np.arange(1.0, 13.0)
    assert lines.place(steps, "epochs") == pytest.approx((steps - 0.5) / 6)
    assert lines.place(steps, "steps") == pytest.approx(steps)
    # Each epoch took 4 s, the next steps 60 pictures in 6 steps, 50 pictures a second.
    more = np.append(steps, 18.5)
    expected = [*((steps - 0.5) / 6 * 4), 8 + 6 * 10 / 50]
    assert lines.place(more, "seconds") == pytest.approx(np.array(expected))
    assert lines.place_epochs("epochs").tolist() == [1, 2]
    assert lines.place_epochs("steps").tolist() == [6, 12]
    assert lines.place_epochs("seconds").tolist() == [4, 8]
    assert [lines.span(unit) for unit in ("epochs", "steps", "seconds")] == [4, 24, 8]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("loss", [2 / np.arange(1, 13)]),
        ("accuracy", [np.arange(1, 13) / 100]),
        ("learning_rate", [0.1 / np.arange(1, 13)]),
        ("speed", [np.full(12, 50)]),
        ("gradients", [np.arange(1, 13), 2 * np.arange(1, 13)]),
        ("weights", [np.full(12, 3), np.full(12, 4)]),
        ("memory", [np.ones(12)]),
    ],
)
def test_every_quantity_is_that_of_the_history(made, key, values):
    lines = lines_of(made.curved(done=2))
    found = lines.trained(QUANTITIES[key], "steps", "none", 400)
    assert [line.y for line in found] == [pytest.approx(one) for one in values]
    names = ["conv1", "dense1"] if QUANTITIES[key].per_layer else [""]
    assert [line.label for line in found] == names


def test_smoothing_does_not_depend_on_how_long_stretches_are(made):
    run = made.curved(done=0)
    short, long = RunLines(run.history), RunLines(run.history)
    noise = np.random.default_rng(0).normal(size=480)
    for length, lines in ((1, short), (10, long)):
        history = type(run.history)(started=run.history.started)
        values = np.repeat(noise.reshape(48, 10).mean(axis=1), 10)[::length]
        for place, value in enumerate(values.tolist()):
            step = place * length + length
            history.add(Step(step, 1, value, 0.0, 0.1, 1.0))
        lines.follow(history)
    fine = short.trained(QUANTITIES["loss"], "steps", "strong", 500)[0]
    coarse = long.trained(QUANTITIES["loss"], "steps", "strong", 500)[0]
    assert fine.y[9::10] == pytest.approx(coarse.y, abs=0.06)


def test_a_long_run_is_taken_in_parts(made):
    run = made.curved(done=10)
    lines = RunLines(run.history)
    assert lines.follow(run.history, 25) == 25 + 10 * 2  # of 60 steps and norms
    assert lines.follow(run.history, 0) == 0
    rounds = 1
    while lines.is_behind:
        lines.follow(run.history, 25)
        rounds += 1
    assert rounds == 30
    version = lines.version
    assert lines.follow(run.history, 25) == 0
    assert lines.version == version
    for key in ("loss", "weights"):
        (whole, *_) = lines_of(run).trained(QUANTITIES[key], "steps", "some", 400)
        (parts, *_) = lines.trained(QUANTITIES[key], "steps", "some", 400)
        assert np.array_equal(whole.y, parts.y)


def test_another_history_is_read_from_its_beginning(made):
    lines = lines_of(made.curved(done=3))
    other = made.curved(done=1).history
    lines.follow(other)
    assert lines.trained(QUANTITIES["loss"], "steps", "none", 400)[0].x.tolist() == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]
