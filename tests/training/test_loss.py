"""Losses against torch's own, their closed forms in NumPy, and numerical gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, log_softmax, softmax
from torch import nn

from studio.training.loss import loss_of
from studio.training.sections import OptimiserSettings

LOSSES = ("cross_entropy", "binary", "squared", "l1")


def formula(loss, z, t):
    """The loss of each picture, written out."""
    match loss:
        case "cross_entropy":
            return -(t * log_softmax(z, 1)).sum(1)
        case "binary":
            return -(t * np.log(expit(z)) + (1 - t) * np.log(expit(-z))).sum(1)
        case "squared":
            return np.square(softmax(z, 1) - t).sum(1)
        case "l1":
            return np.abs(softmax(z, 1) - t).sum(1)


@pytest.mark.parametrize("loss", LOSSES)
@settings(max_examples=30, deadline=None)
@given(
    logits=arrays(np.float64, (5, 3), elements=st.floats(-20, 20)),
    labels=arrays(np.int64, 5, elements=st.integers(0, 2)),
    smoothing=st.sampled_from((0.0, 0.1, 0.9)),
)
def test_losses_are_their_formulas(loss, logits, labels, smoothing):
    chosen = OptimiserSettings(loss=loss, label_smoothing=smoothing)
    truth = np.eye(3)[labels] * (1 - smoothing) + smoothing / 3
    expected = formula(loss, logits, truth)
    given_as = (torch.tensor(labels), torch.eye(3, dtype=torch.float64)[labels])
    for targets in given_as:
        each = loss_of(chosen, torch.tensor(logits), targets, reduction="none")
        np.testing.assert_allclose(each, expected, rtol=1e-9, atol=1e-12)
        mean = loss_of(chosen, torch.tensor(logits), targets)
        assert float(mean) == pytest.approx(expected.mean(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_answers_may_be_shared_between_classes(loss):
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    shares = torch.rand(6, 4, generator=torch.Generator().manual_seed(1)).softmax(1)
    found = loss_of(OptimiserSettings(loss=loss), logits, shares, reduction="none")
    assert found.dtype == torch.float32
    expected = formula(loss, logits.double().numpy(), shares.double().numpy())
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_torch_s_own_losses():
    logits = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(8) % 5
    truth = torch.eye(5)[labels]
    chosen = {loss: OptimiserSettings(loss=loss) for loss in LOSSES}
    expected = {
        "cross_entropy": nn.CrossEntropyLoss()(logits, labels),
        "binary": 5 * nn.BCEWithLogitsLoss()(logits, truth),
        "squared": 5 * nn.MSELoss()(logits.softmax(1), truth),
        "l1": 5 * nn.L1Loss()(logits.softmax(1), truth),
    }
    for loss, value in expected.items():
        torch.testing.assert_close(loss_of(chosen[loss], logits, labels), value)
    smoothed = nn.CrossEntropyLoss(label_smoothing=0.2)(logits, labels)
    found = loss_of(OptimiserSettings(label_smoothing=0.2), logits, labels)
    torch.testing.assert_close(found, smoothed)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_gradients_are_the_numerical_ones(loss, smoothing):
    chosen = OptimiserSettings(loss=loss, label_smoothing=smoothing)
    logits = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 2, 1, 1])
    assert torch.autograd.gradcheck(
        lambda values: loss_of(chosen, values, labels), logits.requires_grad_()
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_very_large_logits_stay_finite(loss):
    logits = torch.tensor([[1e4, -1e4], [-1e4, 1e4]], requires_grad=True)
    value = loss_of(OptimiserSettings(loss=loss), logits, torch.tensor([1, 1]))
    torch.autograd.backward(value)
    assert value.isfinite()
    assert logits.grad.isfinite().all()
