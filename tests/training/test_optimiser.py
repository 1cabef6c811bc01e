"""Every optimiser against its formula, written out step by step in NumPy."""

import copy
import io

import numpy as np
import pytest
import torch
from torch import nn

from studio.training.learned import learned_groups
from studio.training.muon import orthogonal
from studio.training.optimiser import limit_norms, make_optimiser, set_rate
from studio.training.settings import TrainSettings

ALL = ("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "muon")
RATE, MOMENTUM, L2 = 0.05, 0.8, 0.1
SHAPE = (6, 4, 3, 3)


class Formula:
    """One step after another, of one array in double precision."""

    def __init__(self, way, decay):
        self.way, self.decay, self.t = way, decay, 0
        self.kept = {name: np.zeros(SHAPE) for name in "vsum"}

    def step(self, w, g):
        self.t += 1
        if self.way in ("adamw", "muon"):
            w = w - RATE * self.decay * w
        else:
            g = g + self.decay * w
        return getattr(self, self.way)(w, g, **self.kept)

    def keep(self, **arrays):
        self.kept |= arrays

    def sgd(self, w, g, **_):
        return w - RATE * g

    def momentum(self, w, g, v, **_):
        v = MOMENTUM * v + g
        self.keep(v=v)
        return w - RATE * v

    def nesterov(self, w, g, v, **_):
        v = MOMENTUM * v + g
        self.keep(v=v)
        return w - RATE * (g + MOMENTUM * v)

    def adagrad(self, w, g, s, **_):
        s = s + g**2
        self.keep(s=s)
        return w - RATE * g / (np.sqrt(s) + 1e-10)

    def rmsprop(self, w, g, s, **_):
        s = 0.99 * s + 0.01 * g**2
        self.keep(s=s)
        return w - RATE * g / (np.sqrt(s) + 1e-8)

    def adadelta(self, w, g, s, u, **_):
        s = 0.9 * s + 0.1 * g**2
        d = g * np.sqrt(u + 1e-6) / np.sqrt(s + 1e-6)
        self.keep(s=s, u=0.9 * u + 0.1 * d**2)
        return w - RATE * d

    def adam(self, w, g, m, s, **_):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        self.keep(m=m, s=s)
        mean, square = m / (1 - 0.9**self.t), s / (1 - 0.999**self.t)
        return w - RATE * mean / (np.sqrt(square) + 1e-8)

    adamw = adam

    def muon(self, w, g, v, **_):
        v = MOMENTUM * v + (1 - MOMENTUM) * g
        self.keep(v=v)
        update = (1 - MOMENTUM) * g + MOMENTUM * v
        x = update.reshape(6, -1)
        x = x / np.linalg.norm(x)
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
        return w - RATE * 0.2 * np.sqrt(36) * x.reshape(SHAPE)


def chosen(way, **values):
    return TrainSettings(optimiser=way, learning_rate=RATE, momentum=MOMENTUM, **values)


def gradients(count, shape=SHAPE):
    draws = torch.Generator().manual_seed(1)
    return [torch.randn(shape, generator=draws) for _ in range(count)]


@pytest.mark.parametrize("way", ALL)
@pytest.mark.parametrize("decay", [0.0, L2])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_steps_are_the_formula(way, decay, layout):
    begun = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))
    weight = nn.Parameter(begun.clone(memory_format=layout))
    groups = [{"params": [weight], "scale": 1.0, "hidden": True}]
    optimiser = make_optimiser(chosen(way, weight_decay=decay), groups)
    formula, expected = Formula(way, decay), begun.double().numpy()
    for gradient in gradients(6):
        optimiser.zero_grad()
        torch.autograd.backward((weight * gradient).sum())
        optimiser.step()
        expected = formula.step(expected, gradient.double().numpy())
        np.testing.assert_allclose(weight.detach(), expected, rtol=1e-4, atol=2e-5)


def test_beside_muon_all_else_is_moved_by_adamw():
    module = nn.Sequential(nn.Linear(5, 4), nn.Linear(4, 6), nn.LayerNorm(6), nn.Linear(6, 3))
    twin = copy.deepcopy(module)
    muon = make_optimiser(chosen("muon", weight_decay=L2), learned_groups(module))
    adamw = torch.optim.AdamW(twin.parameters(), RATE, weight_decay=L2)
    for _ in range(4):
        for one, optimiser in ((module, muon), (twin, adamw)):
            for place, weight in enumerate(one.parameters()):
                weight.grad = torch.sin(weight.detach() + place)
            optimiser.step()
        for (name, found), expected in zip(
            module.named_parameters(), twin.parameters(), strict=True
        ):
            if name == "1.weight":
                assert not torch.allclose(found, expected)
                with torch.no_grad():
                    expected.copy_(found)
            else:
                torch.testing.assert_close(found, expected)


def test_muon_is_torch_s_for_a_matrix():
    matrix = torch.randn(8, 30, generator=torch.Generator().manual_seed(0))
    ours, theirs = nn.Parameter(matrix.clone()), nn.Parameter(matrix.clone())
    groups = [{"params": [ours], "scale": 1.0, "hidden": True}]
    optimiser = make_optimiser(chosen("muon", weight_decay=L2), groups)
    oracle = torch.optim.Muon(
        [theirs], RATE, L2, MOMENTUM, nesterov=True, adjust_lr_fn="match_rms_adamw"
    )
    for gradient in gradients(5, (8, 30)):
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        optimiser.step()
        oracle.step()
    apart, moved = ((one - theirs.detach()).norm() for one in (ours.detach(), matrix))
    assert float(apart / moved) < 0.02  # theirs computes in bfloat16


@pytest.mark.parametrize("shape", [(5, 40), (40, 5), (7, 7), (1, 9)])
def test_a_muon_step_is_nearly_orthogonal(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = orthogonal(matrix)
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.5
    assert values.max() < 1.3
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    inside = left.T @ found @ right.T  # the same directions, other lengths
    torch.testing.assert_close(inside, torch.diag(inside.diag()), rtol=0, atol=1e-4)
    assert not orthogonal(torch.zeros(shape)).any()


def network():
    torch.manual_seed(0)
    layers = (nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
    module = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128, 4))
    return module.to(memory_format=torch.channels_last)


def learn(module, optimiser, first, steps, layout=torch.channels_last):
    for step in range(first, first + steps):
        draws = torch.Generator().manual_seed(step)
        pictures = torch.randn(8, 3, 8, 8, generator=draws).contiguous(memory_format=layout)
        loss = nn.functional.cross_entropy(module(pictures), torch.arange(8) % 4)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        set_rate(optimiser, RATE / (step + 1))
        optimiser.step()


def equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("way", ALL)
def test_an_optimiser_goes_on_from_its_state_to_the_bit(way):
    settings = chosen(way, weight_decay=0.01)
    whole = network()
    learn(whole, make_optimiser(settings, learned_groups(whole, body_rate=0.5)), 0, 5)

    begun = network()
    optimiser = make_optimiser(settings, learned_groups(begun, body_rate=0.5))
    learn(begun, optimiser, 0, 3)
    kept = io.BytesIO()
    torch.save({"module": begun.state_dict(), "optimiser": optimiser.state_dict()}, kept)
    kept.seek(0)
    state = torch.load(kept, weights_only=True)
    for values in state["optimiser"]["state"].values():  # as a file that keeps no layout would
        for name, value in values.items():
            values[name] = value.contiguous() if isinstance(value, torch.Tensor) else value

    resumed = network()
    resumed.load_state_dict(state["module"])
    optimiser = make_optimiser(settings, learned_groups(resumed, body_rate=0.5))
    optimiser.load_state_dict(state["optimiser"])
    assert not equal(resumed, whole)
    learn(resumed, optimiser, 3, 2)
    assert equal(resumed, whole)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gradients_are_laid_out_like_their_weights(layout):
    module = network()
    optimiser = make_optimiser(chosen("sgd"), learned_groups(module))
    learn(module, optimiser, 0, 1, layout)
    assert all(weight.grad.stride() == weight.stride() for weight in module.parameters())


def test_each_group_has_its_share_of_the_learning_rate():
    module = network()
    optimiser = make_optimiser(chosen("momentum"), learned_groups(module, body_rate=0.25))
    by_scale = {group["scale"]: group["lr"] for group in optimiser.param_groups}
    assert by_scale == {0.25: 0.25 * RATE, 1.0: RATE}
    set_rate(optimiser, 0.2)
    assert {group["lr"] for group in optimiser.param_groups} == {0.25 * 0.2, 0.2}


def test_a_body_with_rate_zero_stays():
    module = network()
    before = copy.deepcopy(module)
    learn(module, make_optimiser(chosen("adam"), learned_groups(module, body_rate=0)), 0, 2)
    names = [name for name, _ in module.named_parameters()]
    moved = {
        name
        for name in names
        if not torch.equal(before.get_parameter(name), module.get_parameter(name))
    }
    assert moved == {"6.weight", "6.bias"}


def test_nesterov_without_momentum_is_sgd():
    settings = TrainSettings(optimiser="nesterov", momentum=0)
    one, other = network(), network()
    learn(one, make_optimiser(settings, learned_groups(one)), 0, 2)
    learn(other, make_optimiser(settings.change(optimiser="sgd"), learned_groups(other)), 0, 2)
    assert equal(one, other)


@pytest.mark.parametrize("way", ["adagrad", "adam", "adamw", "momentum", "muon"])
def test_the_number_of_threads_changes_no_bit(way):
    threads = torch.get_num_threads()
    found = []
    try:
        for count in (1, 3):
            torch.set_num_threads(count)
            weight = nn.Parameter(torch.linspace(-1, 1, 70_000))
            groups = [{"params": [weight], "scale": 1.0, "hidden": False}]
            optimiser = make_optimiser(chosen(way, weight_decay=L2), groups)
            for gradient in gradients(3, (70_000,)):
                weight.grad = gradient
                optimiser.step()
            found.append(weight.detach())
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*found)


def test_no_unit_becomes_longer_than_the_most():
    module = network()
    module[2].requires_grad_(False)
    before = copy.deepcopy(module)
    limit_norms(module, 0.5)
    for name, weight in before.named_parameters():
        found = module.get_parameter(name)
        if name not in ("0.weight", "6.weight"):
            assert torch.equal(found, weight)
            continue
        rows, expected = found.detach().flatten(1).numpy(), weight.detach().flatten(1).numpy()
        lengths = np.linalg.norm(expected, axis=1, keepdims=True)
        assert (lengths > 0.5).any()
        np.testing.assert_allclose(rows, expected * np.minimum(1, 0.5 / lengths), rtol=1e-5)
        short = lengths[:, 0] <= 0.5
        assert np.array_equal(rows[short], expected[short])
    once = copy.deepcopy(module)
    limit_norms(module, 1000)
    assert equal(module, once)
