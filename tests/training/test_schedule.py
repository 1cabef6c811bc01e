"""The learning rate of each step, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.training.schedule import learning_rate, plot_points
from studio.training.settings import TrainSettings


@given(
    per_epoch=st.integers(1, 400),
    epochs=st.integers(1, 60),
    rate=st.floats(1e-5, 10),
    decay=st.floats(0, 10),
    drop=st.floats(0.01, 1),
    every=st.integers(1, 70),
)
def test_schedules_are_their_formulas(per_epoch, epochs, rate, decay, drop, every):
    steps = epochs * per_epoch
    step = np.arange(steps)
    e, t = step / per_epoch, step / steps
    drops = sum((step >= down * every * per_epoch).astype(int) for down in range(1, epochs + 1))
    expected = {
        "constant": np.full(steps, rate),
        "time": rate / (1 + decay * e),
        "step": rate * drop**drops,
        "exponential": rate * np.exp(-decay * e),
        "linear": np.interp(t, [0, 1], [rate, 0]),
        "cosine": rate * np.cos(np.pi * t / 2) ** 2,
        "one_cycle": np.interp(t, [0, 0.25, 1], [0.1 * rate, rate, 0]),
    }
    picked = sorted({0, steps // 4, steps // 2, steps - 1})
    for schedule, values in expected.items():
        settings = TrainSettings(
            schedule=schedule,
            learning_rate=rate,
            epochs=epochs,
            decay=decay,
            drop=drop,
            drop_every=every,
        )
        got = [learning_rate(settings, each, steps, per_epoch) for each in picked]
        np.testing.assert_allclose(got, values[picked], rtol=1e-9, atol=1e-12 * rate)


@given(
    per_epoch=st.integers(1, 50),
    warm_up=st.floats(0.1, 5),
    schedule=st.sampled_from(("constant", "time", "cosine", "one_cycle")),
)
def test_warm_up_rises_in_a_straight_line_and_never_learns_nothing(per_epoch, warm_up, schedule):
    settings = TrainSettings(schedule=schedule, epochs=6, warm_up=warm_up)
    cold = settings.change(warm_up=0)
    for step in range(6 * per_epoch):
        full = learning_rate(cold, step, 6 * per_epoch, per_epoch)
        share = learning_rate(settings, step, 6 * per_epoch, per_epoch) / full
        assert 0 < share <= 1
        assert share == pytest.approx(np.interp(step + 1, [0, warm_up * per_epoch], [0, 1]))


@pytest.mark.parametrize(("per_epoch", "epochs"), [(1, 1), (7, 3), (100, 2), (391, 24)])
def test_the_plot_goes_from_the_first_step_to_the_last(per_epoch, epochs):
    settings = TrainSettings(schedule="cosine", epochs=epochs, warm_up=0.5)
    places, rates = plot_points(settings, per_epoch, most=200)
    steps = per_epoch * epochs
    assert len(places) == len(rates) == min(steps, 200)
    assert places[0] == 0
    assert places[-1] == (steps - 1) / per_epoch
    assert (np.diff(places) > 0).all()
    for place, rate in zip(places, rates, strict=True):
        step = round(place * per_epoch)
        assert rate == learning_rate(settings, step, steps, per_epoch)
