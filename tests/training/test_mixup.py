"""Mixup against its closed form and SciPy's Beta distribution."""

import pytest
import torch
from scipy import stats

from studio.training.mixup import mix


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_pictures_and_answers_are_mixed_in_the_same_shares():
    values = torch.eye(12).view(12, 3, 2, 2)  # each picture is told by one place
    labels = torch.arange(12) % 4
    mixed, targets = mix(values, labels, 4, 1.0, seeded())
    shares = mixed.flatten(1)  # of each picture, in each mixture
    assert shares.shape == (12, 12)
    torch.testing.assert_close(shares.sum(1), torch.ones(12))
    assert int((shares > 0).sum(1).max()) == 2
    expected = shares @ torch.nn.functional.one_hot(labels, 4).float()
    torch.testing.assert_close(targets, expected)
    assert targets.dtype == torch.float32


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_shares_are_drawn_from_beta(alpha):
    labels = torch.zeros(3000, dtype=torch.long)
    labels[0] = 1
    values = torch.arange(3000.0).view(-1, 1, 1, 1)
    mixed, _ = mix(values, labels, 2, alpha, seeded())
    again = seeded()
    torch.rand(3000, dtype=torch.float64, generator=again)
    partners = torch.randperm(3000, generator=again)
    own = torch.arange(3000)
    others = partners != own
    shares = (mixed.flatten() - partners)[others] / (own - partners)[others]
    assert stats.kstest(shares.numpy(), stats.beta(alpha, alpha).cdf).pvalue > 0.01


def test_a_seed_means_the_same_again():
    values, labels = torch.randn(8, 1, 3, 3, generator=seeded()), torch.arange(8)
    first, second, third = (mix(values, labels, 8, 0.4, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert not torch.equal(first[1], third[1])


def test_a_very_small_alpha_leaves_nearly_all_pictures_as_they_were_or_swaps_them():
    _, targets = mix(torch.zeros(50, 1, 1, 1), torch.arange(50), 50, 1e-3, seeded())
    assert int((targets.max(1).values > 0.999).sum()) > 45
    assert targets.isfinite().all()
