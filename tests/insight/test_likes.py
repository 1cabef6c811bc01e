"""Pictures that a unit likes: closed forms for linear units, and what holds for all."""

import numpy as np
import pytest
import torch

from studio.errors import ModelError, SettingError
from studio.insight.likes import Aim, Excitement, excite
from studio.insight.maps import feature_maps
from studio.nets import Size
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.model import Card, Model, load_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing

RNG = np.random.default_rng(7)
KERNELS = RNG.uniform(-0.8, 0.8, (2, 3, 3, 3)).astype(np.float32)


def linear(kernels=KERNELS):
    """Two linear maps; inputs of -1 to 1 are possible."""
    network = Network(
        input=Size(3, 8, 9),
        layers=(Conv(filters=2, kernel=3, bias=False), Flatten(), Dense(units=1, bias=False)),
    )
    half = (0.5,) * 3
    card = Card(network=network, preprocessing=Preprocessing(size=(8, 9), mean=half, std=half))
    weights = {"conv1.weight": kernels, "dense1.weight": np.ones((1, 84), np.float32)}
    return Model(card, weights)


PLAIN = Excitement(steps=400, rate=0.02, jitter=0, blur=0.0, decay=1.0)


@pytest.mark.parametrize("start", ["noise", "grey"])
def test_a_linear_unit_likes_its_kernel(start):
    *_, last = excite(linear(), Aim("conv1", 1, (2, 4)), PLAIN.change(start=start))
    expected = np.zeros((3, 8, 9), np.float32)  # the maximum of w·x − |x|²/2
    expected[:, 2:5, 4:7] = KERNELS[1]
    np.testing.assert_allclose(last.values, expected, atol=0.01)
    assert last.activation == pytest.approx(float(np.square(KERNELS[1]).sum()), rel=0.02)
    np.testing.assert_allclose(last.levels, np.moveaxis(last.values, 0, 2) / 2 + 0.5, atol=1e-6)


def test_without_a_penalty_the_picture_goes_to_its_ends():
    *_, last = excite(linear(), Aim("conv1", 0, (0, 0)), PLAIN.change(decay=0.0))
    np.testing.assert_array_equal(last.values[:, :3, :3], np.sign(KERNELS[0]))
    assert last.levels.min() == 0
    assert last.levels.max() == 1


def test_a_map_likes_what_all_its_places_do():
    *_, last = excite(linear(), Aim("conv1", 0), PLAIN.change(decay=0.0, steps=300))
    spread = torch.zeros(1, 3, 8, 9, requires_grad=True)
    torch.nn.functional.conv2d(spread, torch.from_numpy(KERNELS))[0, 0].mean().backward()
    np.testing.assert_array_equal(last.values, spread.grad[0].sign().numpy())


@pytest.mark.parametrize(
    "aim", [Aim("conv2", 3), Aim("relu2", 5, (4, 4)), Aim("dense1", 17), Aim("", 3)]
)
def test_the_activation_rises_and_is_the_networks_own(aim):
    model = load_model("lenet5-mnist")
    steps = model.steps()
    results = list(excite(model, aim, Excitement(steps=24), steps))
    assert [result.step for result in results] == list(range(25))
    assert results[-1].activation > results[0].activation + 0.2
    for result in (results[0], results[-1]):
        assert result.levels.min() >= -1e-6
        assert result.levels.max() <= 1 + 1e-6
        maps = feature_maps(model, result.values, steps)[aim.row or "dense3"][aim.channel]
        expected = maps.mean() if aim.place is None else maps[aim.place]
        assert result.activation == pytest.approx(float(expected), rel=1e-4, abs=1e-4)
    assert all(part.grad is None for part in steps.module.parameters())


def test_the_same_seed_gives_the_same_picture_and_another_another():
    model = load_model("lenet5-mnist")
    how = Excitement(steps=6)
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first, second, other = (
        list(excite(model, Aim("conv1", 2), settings))[-1].values
        for settings in (how, how, how.change(seed=1))
    )
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(first, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_it_can_be_left_at_any_step_and_leaves_the_mode_alone():
    model = load_model("convnet-cifar10")
    steps = model.steps()
    steps.module.train()
    work = excite(model, Aim("", 3), Excitement(), steps)
    assert [next(work).step for _ in range(3)] == [0, 1, 2]
    assert all(part.training for part in steps.module.modules())
    work.close()


@pytest.mark.parametrize(
    ("aim", "message"),
    [
        (Aim("conv9", 0), "no layer 'conv9'"),
        (Aim("conv1", 2), r"conv1 has no unit 3\. It gives 2 × 6 × 7"),
        (Aim("conv1", 0, (6, 0)), "no unit 1 at row 6, column 0"),
        (Aim("dense1", 1), r"dense1 has no unit 2\. It gives 1 × 1 × 1"),
    ],
)
def test_units_that_are_not_there(aim, message):
    with pytest.raises(SettingError, match=message):
        next(excite(linear(), aim, PLAIN))


def test_values_that_are_not_finite():
    with pytest.raises(ModelError, match="not finite"):
        list(excite(linear(KERNELS * np.float32(3e38)), Aim("dense1", 0), PLAIN))
