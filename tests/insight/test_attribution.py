"""Attributions: closed forms for small networks, and what all methods have in common."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from studio.errors import ModelError, NetworkError, SettingError
from studio.insight.attribution import METHODS, class_index, class_logits, class_name, explain
from studio.insight.attribution.cam import GradCam, last_maps, spread
from studio.insight.attribution.gradient import GuidedBackpropagation, Saliency, SmoothGrad
from studio.insight.attribution.occlusion import Occlusion
from studio.insight.attribution.path import IntegratedGradients
from studio.nets import Size
from studio.nets.layers.activation import ReLU, Softmax
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.pooling import GlobalPool
from studio.nets.model import Card, Model, load_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.row import Row
from studio.nets.steps import Steps
from studio.nets.zoo import network

RNG = np.random.default_rng(5)
CLASSES = ("cat", "dog")


def normal(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


def model_of(size, layers, weights, classes=CLASSES):
    preprocessing = Preprocessing(
        size=size[1:], channels=size[0], mean=(0.4,) * size[0], std=(0.25,) * size[0]
    )
    made = Network(input=size, classes=classes, layers=layers)
    return Model(Card(title="Small", network=made, preprocessing=preprocessing), weights)


SIZE = Size(3, 6, 7)
KERNEL = normal(2, 3, 6, 7)  # of each class, over the input
PICTURE = normal(*SIZE)
BLACK, WHITE = (0 - 0.4) / 0.25, (1 - 0.4) / 0.25


def linear(*more):
    """Logits are the sum of input times kernel, plus a bias."""
    weights = {"dense1.weight": KERNEL.reshape(2, -1), "dense1.bias": np.array([3, -1], np.float32)}
    return model_of(SIZE, (Flatten(), Dense(units=2), *more), weights)


def result_of(model, values, index, method, steps=None):
    *_, last = explain(model, values, index, method, steps)
    return last


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("method", [Saliency(), SmoothGrad(samples=20, noise=0.3)])
def test_the_gradient_of_a_linear_network_is_its_kernel(method, index):
    found = result_of(linear(), PICTURE, index, method)
    np.testing.assert_allclose(found.values, KERNEL[index], rtol=1e-5)
    np.testing.assert_allclose(found.map, np.abs(KERNEL[index]).max(axis=0), rtol=1e-5)
    assert not found.signed


@pytest.mark.parametrize(("baseline", "level"), [("black", BLACK), ("white", WHITE), ("mean", 0.0)])
def test_integrated_gradients_of_a_linear_network(baseline, level):
    found = result_of(linear(), PICTURE, 1, IntegratedGradients(steps=7, baseline=baseline))
    np.testing.assert_allclose(found.values, KERNEL[1] * (PICTURE - level), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.map, found.values.sum(axis=0), rtol=1e-5)
    assert found.baseline_logit == pytest.approx(float((KERNEL[1] * level).sum()) - 1, abs=1e-3)
    assert found.residual == pytest.approx(0, abs=1e-3)
    assert found.signed


def test_a_blurred_baseline_keeps_what_is_flat():
    flat = np.ones(SIZE, np.float32)
    found = result_of(linear(), flat, 0, IntegratedGradients(baseline="blurred"))
    np.testing.assert_allclose(found.values, 0, atol=1e-5)
    assert found.baseline_logit == pytest.approx(found.logit, abs=1e-4)


def occluded(index, window, stride, level):
    """The sum of what a window covers, averaged over the windows of each place."""
    effect = (KERNEL[index] * (PICTURE - level)).sum(axis=0)
    total, count = np.zeros((6, 7)), np.zeros((6, 7))
    top = 0
    while True:
        left = 0
        while True:
            rows, columns = slice(top, top + window), slice(left, left + window)
            total[rows, columns] += effect[rows, columns].sum()
            count[rows, columns] += 1
            if left + window >= 7:
                break
            left += stride
        if top + window >= 6:
            break
        top += stride
    return total / count


@pytest.mark.parametrize(("window", "stride"), [(1, 1), (2, 1), (3, 2), (4, 3), (6, 6)])
def test_occlusion_of_a_linear_network(window, stride):
    method = Occlusion(window=window, stride=stride, baseline="black")
    found = result_of(linear(), PICTURE, 1, method)
    expected = occluded(1, window, stride, BLACK)
    assert found.values.shape == (1, 6, 7)
    np.testing.assert_allclose(found.map, expected, rtol=1e-4, atol=1e-4)


def test_occlusion_chooses_a_sixth_of_the_side():
    found = result_of(linear(), PICTURE, 0, Occlusion(baseline="white"))
    np.testing.assert_allclose(found.map, occluded(0, 1, 1, WHITE), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("settings", "field"), [({"window": 7}, "window"), ({"window": 2, "stride": 3}, "stride")]
)
def test_windows_that_make_no_sense(settings, field):
    with pytest.raises(SettingError, match=f"a {field}.*must be at most") as caught:
        result_of(linear(), PICTURE, 0, Occlusion(**settings))
    assert caught.value.field == field


def test_logits_are_explained_and_not_probabilities():
    plain, softened = linear(), linear(Softmax())
    for kind in ("saliency", "integrated_gradients", "occlusion"):
        one = result_of(plain, PICTURE, 0, METHODS[kind]())
        other = result_of(softened, PICTURE, 0, METHODS[kind]())
        np.testing.assert_array_equal(one.values, other.values)
        assert one.logit == other.logit == pytest.approx((KERNEL[0] * PICTURE).sum() + 3, rel=1e-5)
        logits = class_logits(plain, PICTURE)
        assert one.probability == pytest.approx(1 / (1 + np.exp(logits[1] - logits[0])))


HIDDEN, OUT = normal(5, 4), normal(2, 5)


def hidden_model():
    """One pixel high, four wide; five hidden units with ReLU."""
    weights = {"dense1.weight": HIDDEN, "dense2.weight": OUT}
    layers = (Flatten(), Dense(units=5, bias=False), ReLU(), Dense(units=2, bias=False))
    return model_of(Size(1, 1, 4), layers, weights)


POINT = normal(1, 1, 4)


@pytest.mark.parametrize("index", [0, 1])
def test_a_hidden_layer_by_hand(index):
    is_on = HIDDEN @ POINT.ravel() > 0
    assert 0 < is_on.sum() < 5
    gradient = (OUT[index] * is_on) @ HIDDEN
    guided = (np.maximum(OUT[index], 0) * is_on) @ HIDDEN
    found = result_of(hidden_model(), POINT, index, Saliency())
    np.testing.assert_allclose(found.values.ravel(), gradient, rtol=1e-5)
    found = result_of(hidden_model(), POINT, index, GuidedBackpropagation())
    np.testing.assert_allclose(found.values.ravel(), guided, rtol=1e-5)
    # Without a bias, the way from zero crosses no kink: every gradient on it is the same.
    found = result_of(hidden_model(), POINT, index, IntegratedGradients(steps=3, baseline="mean"))
    np.testing.assert_allclose(found.values.ravel(), gradient * POINT.ravel(), rtol=1e-4)


class GuidedReLU(torch.autograd.Function):
    """The rule as it is written in the paper, for comparison."""

    @staticmethod
    def forward(context, values):
        context.save_for_backward(values)
        return values.clamp(min=0)

    @staticmethod
    def backward(context, gradient):
        (values,) = context.saved_tensors
        return gradient.clamp(min=0) * (values > 0)


class ManyReLUs(nn.Module):
    """The same three ReLUs as one module used again, as functions, or as the rule."""

    def __init__(self, how):
        super().__init__()
        torch.manual_seed(3)
        self.one, self.two = nn.Linear(4, 8), nn.Linear(8, 8)
        self.three, self.four = nn.Linear(8, 8), nn.Linear(8, 2)
        self.how = how
        self.act = nn.ReLU(inplace=True)

    def relu(self, values):
        if self.how == "reused":
            return self.act(values)
        if self.how == "function":
            return functional.relu(values)
        if self.how == "method":
            return values.relu()
        return GuidedReLU.apply(values)

    def forward(self, values):
        values = self.relu(self.one(values.flatten(1)))
        values = self.relu(self.two(values) + values)
        return self.four(self.relu(self.three(values)))


@pytest.mark.parametrize("how", ["reused", "function", "method"])
def test_guided_backpropagation_acts_at_every_relu(how):
    given = torch.from_numpy(POINT[None]).requires_grad_()
    ManyReLUs("rule")(given)[0, 1].backward()
    steps = Steps(ManyReLUs(how))
    found = result_of(hidden_model(), POINT, 1, GuidedBackpropagation(), steps)
    np.testing.assert_allclose(found.values, given.grad[0].numpy(), rtol=1e-4, atol=1e-6)
    plain = result_of(hidden_model(), POINT, 1, Saliency(), steps)
    assert not np.allclose(found.values, plain.values)


def test_guided_backpropagation_without_relus():
    with pytest.raises(NetworkError, match=r"no ReLU.*Take saliency"):
        result_of(linear(), PICTURE, 0, GuidedBackpropagation())


FACTORS = np.array([1.5, -0.5, 2.0], np.float32)
MIX = np.array([[1, 2, -1], [-3, 1, 0.5]], np.float32)


def pooled_model():
    """Each map is the picture times a factor; a class weighs the maps' means."""
    layers = (
        Conv(filters=3, kernel=1, bias=False),
        GlobalPool(),
        Flatten(),
        Dense(units=2, bias=False),
    )
    weights = {"conv1.weight": FACTORS.reshape(3, 1, 1, 1), "dense1.weight": MIX}
    return model_of(Size(1, 4, 5), layers, weights)


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("layer", ["", "conv1"])
def test_grad_cam_by_hand(index, layer):
    picture = normal(1, 4, 5)
    signed = (MIX[index] @ FACTORS) / 20 * picture[0]
    found = result_of(pooled_model(), picture, index, GradCam(layer=layer))
    assert (found.row, found.signed) == ("conv1", False)
    np.testing.assert_allclose(found.values[0], np.maximum(signed, 0), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.map, np.maximum(signed, 0), rtol=1e-5, atol=1e-7)
    found = result_of(pooled_model(), picture, index, GradCam(layer=layer, against=True))
    assert found.signed
    np.testing.assert_allclose(found.map, signed, rtol=1e-5, atol=1e-7)


class Added(nn.Module):
    """A branch that ends in a plain sum, whose step no module makes."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 1, bias=False)
        self.conv1.weight.data = torch.from_numpy(FACTORS.reshape(3, 1, 1, 1).copy())

    def forward(self, values):
        maps = functional.relu(self.conv1(values) + values)
        return maps.mean((2, 3)) @ torch.from_numpy(MIX).T


@dataclass(frozen=True)
class Elsewhere:
    """A table as networks from elsewhere have it, beside a network's own input and classes."""

    network: Network
    rows: tuple[Row, ...]

    def __getattr__(self, name):
        return getattr(self.network, name)

    def table(self, input=None):
        return self.rows


@pytest.mark.parametrize("layer", ["add", "relu", ""])
def test_grad_cam_at_a_plain_function(layer):
    model, steps = pooled_model(), Steps(Added())
    (row, *_) = model.card.network.table()
    rows = tuple(replace(row, name=name) for name in ("conv1", "add", "relu"))
    card = model.card.model_copy(update={"network": Elsewhere(model.card.network, rows)})
    picture = normal(1, 4, 5)
    found = result_of(Model(card, {}), picture, 0, GradCam(layer=layer), steps)
    assert found.row == (layer or "relu")
    maps = (FACTORS[:, None, None] + 1) * picture[0]
    weights = MIX[0] * (maps > 0).mean((1, 2)) / 20 if layer == "add" else MIX[0] / 20
    expected = np.tensordot(weights, maps if layer == "add" else np.maximum(maps, 0), 1)
    np.testing.assert_allclose(found.values[0], np.maximum(expected, 0), rtol=1e-5, atol=1e-6)


def test_layers_that_grad_cam_cannot_take():
    with pytest.raises(SettingError, match=r"no layer 'conv9'.*layers with maps are: conv1"):
        result_of(pooled_model(), normal(1, 4, 5), 0, GradCam(layer="conv9"))
    with pytest.raises(SettingError, match="dense1 gives a vector"):
        result_of(pooled_model(), normal(1, 4, 5), 0, GradCam(layer="dense1"))
    with pytest.raises(NetworkError, match="no convolutional maps"):
        result_of(hidden_model(), POINT, 0, GradCam())


@pytest.mark.parametrize(
    ("name", "last"),
    [("lenet5", "relu2"), ("convnet-bn", "relu3"), ("resnet-20", "res9.relu1")],
)
def test_the_last_convolutional_maps(name, last):
    made = network(name)
    with torch.device("meta"):
        steps = Steps(made.module())
    assert last_maps(made.table(), steps).name == last


def test_values_of_a_layer_lie_at_the_middles_of_their_fields():
    made = Network(input=Size(1, 12, 8), layers=(Conv(filters=1, kernel=4, stride=2),))
    (row,) = made.table()
    values = normal(*row.output)[0]
    found = spread(values, row, 12, 8)
    assert found.shape == (12, 8)
    rows, columns = 1.5 + 2 * np.arange(5), 1.5 + 2 * np.arange(3)
    across = np.stack([np.interp(np.arange(8), columns, line) for line in values])
    expected = np.stack([np.interp(np.arange(12), rows, line) for line in across.T], axis=1)
    np.testing.assert_allclose(found, expected, atol=0.05)  # OpenCV counts in 1/32 of a pixel
    np.testing.assert_allclose(found[:2, :2], values[0, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "baseline"), [("lenet5-mnist", "black"), ("convnet-cifar10", "blurred")]
)
def test_integrated_gradients_are_complete(name, baseline):
    model = load_model(name)
    steps = model.steps()
    values = RNG.normal(0, 0.5, model.card.network.input).astype(np.float32)
    logits = class_logits(model, values, steps)
    index = int(np.abs(logits).argmax())
    method = IntegratedGradients(steps=128, baseline=baseline)
    found = result_of(model, values, index, method, steps)
    difference = found.logit - found.baseline_logit
    total = found.values.sum(dtype=np.float64)
    assert total - difference == pytest.approx(found.residual, abs=1e-3)
    assert abs(found.residual) < 0.02 * abs(difference)


@pytest.fixture(scope="module")
def lenet():
    return load_model("lenet5-mnist")


DIGIT = normal(1, 28, 28)


@pytest.mark.parametrize("kind", METHODS)
def test_every_method(kind, lenet):
    method = METHODS[kind]()
    steps = lenet.steps()
    before = {name: value.clone() for name, value in steps.module.state_dict().items()}
    torch.manual_seed(1)
    results = list(explain(lenet, DIGIT, 3, method, steps))
    shares = [result.share for result in results]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    last = results[-1]
    assert last.map.shape == (28, 28)
    assert last.values.dtype == last.map.dtype == np.float32
    assert np.abs(last.map).max() > 0
    assert (last.map.min() < 0) == last.signed
    assert (last.index, last.class_name, last.method) == (3, "3", method)
    logits = class_logits(lenet, DIGIT, steps)
    assert last.logit == pytest.approx(logits[3])
    assert last.seconds > 0
    assert torch.initial_seed() == 1
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert drawn == torch.rand(1), "torch's generator was used"
    assert all(part.grad is None for part in steps.module.parameters())
    for name, value in steps.module.state_dict().items():
        assert torch.equal(value, before[name])
    again = result_of(lenet, DIGIT, 3, method, steps)
    np.testing.assert_array_equal(again.values, last.values)


@pytest.mark.parametrize("kind", METHODS)
def test_the_mode_is_evaluation_only_while_it_works(kind):
    model = load_model("convnet-cifar10")
    values = normal(3, 32, 32)
    expected = next(explain(model, values, 0, METHODS[kind]()))
    steps = model.steps()
    steps.module.train()
    buffers = {name: value.clone() for name, value in steps.module.named_buffers()}
    work = explain(model, values, 0, METHODS[kind](), steps)
    found = next(work)
    assert all(part.training for part in steps.module.modules())
    work.close()
    np.testing.assert_array_equal(found.values, expected.values)
    assert all(torch.equal(value, buffers[name]) for name, value in steps.module.named_buffers())


@pytest.mark.parametrize("kind", ["integrated_gradients", "smoothgrad", "occlusion"])
def test_slow_methods_can_be_left_in_between(kind, lenet):
    work = explain(lenet, DIGIT, 3, METHODS[kind]())
    assert 0 < next(work).share < 1
    work.close()


@pytest.mark.parametrize("kind", METHODS)
def test_every_method_says_what_it_is(kind):
    method = METHODS[kind]
    for text in (method.title, method.summary, method.formula, method.source, method.caveat):
        assert text.strip() == text
        assert text
    assert METHODS[kind].kind == kind


def test_smoothgrad_draws_other_noise_for_another_seed(lenet):
    one = result_of(lenet, DIGIT, 3, SmoothGrad(samples=2))
    other = result_of(lenet, DIGIT, 3, SmoothGrad(samples=2, seed=1))
    assert not np.allclose(one.values, other.values)


def test_classes_by_name():
    card = linear().card
    assert class_index(card, "dog") == 1
    assert class_name(card, 1) == "dog"
    with pytest.raises(SettingError, match=r"no class 'cow'\. Its classes are: cat, dog"):
        class_index(card, "cow")
    nameless = model_of(SIZE, linear().card.network.layers, linear().weights, classes=())
    assert class_name(nameless.card, 1) == "output 2"
    with pytest.raises(ModelError, match="names no classes"):
        class_index(nameless.card, "cat")
    assert result_of(nameless, PICTURE, 1, Saliency()).class_name == "output 2"


def test_what_cannot_be_explained(lenet):
    with pytest.raises(SettingError, match=r"no class 3.*gives 2 values"):
        result_of(linear(), PICTURE, 2, Saliency())
    with pytest.raises(NetworkError, match="takes 1 × 28 × 28"):
        result_of(lenet, PICTURE, 0, Saliency())
    with pytest.raises(ModelError, match="not finite"):
        result_of(linear(), np.full(SIZE, 3e38, np.float32), 0, Saliency())
