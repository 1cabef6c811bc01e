"""Settings, and the learning rate of each step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data import DATASETS
from studio.declare import options
from studio.errors import SettingError
from studio.nets.zoo import NETWORKS
from studio.training.schedule import learning_rate
from studio.training.settings import OWN_NETWORK, TrainSettings


def test_the_choices_are_what_is_registered():
    known = {item.name: item for item in options(TrainSettings)}
    assert known["data"].choices == tuple(DATASETS)
    assert known["network"].choices == (*NETWORKS, OWN_NETWORK)
    assert known["data"].shown("cifar10-jpeg") == "CIFAR-10, JPEG copy"
    assert all(item.help.endswith(".") for item in known.values())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("data", "dogs", "glyphs"),
        ("network", "lenet6", "lenet5"),
        ("epochs", "0", "at least 1"),
        ("learning_rate", "0", "more than 0"),
        ("learning_rate", "nan", "more than 0"),
        ("momentum", "1", "at most 0.999"),
        ("optimiser", "sdg", "sgd, adam"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(field, value, said):
    with pytest.raises(SettingError, match=field) as caught:
        TrainSettings.build({field: value})
    assert said in str(caught.value)


def test_the_command_gives_the_same_settings_again():
    settings = TrainSettings(
        data="cifar10-jpeg", network="mlp", epochs=3, learning_rate=0.02, schedule="exponential"
    )
    words = settings.command.split()
    assert words[:2] == ["studio", "train"]
    assert words[-4:] == ["--data-root", "DIR", "-o", "RUN_DIR"]
    given_words = {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(words[2:-4:2], words[3:-4:2], strict=True)
    }
    assert TrainSettings.build(given_words) == settings


@given(st.integers(1, 5000), st.floats(1e-5, 10))
def test_schedules_against_their_formulas(steps, rate):
    t = np.arange(steps) / steps
    expected = {
        "constant": np.full(steps, rate),
        "exponential": rate * np.exp(-np.log(100) * t),
        "one_cycle": np.interp(t, [0, 0.25, 1], [0.1 * rate, rate, 0]),
    }
    picked = sorted({0, steps // 4, steps // 2, steps - 1})
    for schedule, values in expected.items():
        settings = TrainSettings(schedule=schedule, learning_rate=rate)
        got = [learning_rate(settings, step, steps) for step in picked]
        assert np.allclose(got, values[picked], rtol=1e-12)
