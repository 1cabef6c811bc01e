"""The settings of a run."""

import pytest

from studio.data import DATASETS
from studio.declare import options
from studio.errors import SettingError
from studio.nets.zoo import NETWORKS
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
        ("learning_rate", True, "a number more than 0"),
        ("epochs", True, "a whole number"),
        ("optimiser", "sdg", "sgd, momentum"),
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
