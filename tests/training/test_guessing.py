"""The loss of guessing, against the loss itself at the best constant answer."""

import math

import pytest
import torch

from studio.training.guessing import guessing_loss
from studio.training.loss import loss_of
from studio.training.settings import TrainSettings

COUNTS = (50, 30, 15, 5)


@pytest.mark.parametrize("counts", [COUNTS, (1, 1, 1), (3, 7)])
@pytest.mark.parametrize("loss", ["cross_entropy", "binary", "squared", "l1"])
def test_it_is_the_loss_of_answering_with_the_frequencies(loss, counts):
    shares = torch.tensor(counts, dtype=torch.float64) / sum(counts)
    logits = torch.logit(shares) if loss == "binary" else shares.log()
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    found = loss_of(TrainSettings(loss=loss), logits.expand(len(labels), -1), labels)
    assert guessing_loss(loss, counts) == pytest.approx(float(found), rel=1e-12)


def test_known_values():
    assert guessing_loss("cross_entropy", [1] * 10) == pytest.approx(math.log(10))
    assert guessing_loss("squared", [1] * 4) == pytest.approx(0.75)
    assert guessing_loss("cross_entropy", [5, 0]) == 0
