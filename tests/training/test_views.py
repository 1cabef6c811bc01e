"""Answers as the mean over views of a picture."""

import pytest
import torch
from torch import nn

from studio.training.augmentation import VIEW_COUNTS
from studio.training.views import answers


class Corner(nn.Module):
    """The value at the top left as the one logit; it counts its calls."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, values):
        self.calls += 1
        return values[:, :1, 0, 0]


PICTURE = torch.arange(12.0).reshape(1, 1, 3, 4)  # 0 to 3 in the first row


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ("one", 0.0),
        ("mirrored", (0 + 3) / 2),
        # Up and left, as from (1, 1) with the border reflected, and down and right.
        ("moved", (0 + 3) / 4 + (5 + 6) / 8 + (5 + 6) / 8),
    ],
)
def test_the_mean_over_the_views(views, expected):
    module = Corner()
    assert float(answers(module, PICTURE, views)) == pytest.approx(expected)
    assert module.calls == VIEW_COUNTS[views]


def test_views_that_agree_change_nothing():
    module = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))
    flat = torch.ones(4, 2, 5, 5) * torch.arange(4.0).view(4, 1, 1, 1)
    with torch.no_grad():
        one, six = answers(module, flat, "one"), answers(module, flat, "moved")
    torch.testing.assert_close(one, six)
    assert one.shape == (4, 3)
