"""Test pictures answered as the mean over several views of each."""

from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn import functional


def answers(module: nn.Module, values: Tensor, views: str) -> Tensor:
    """Logits, N x classes: the mean over the views.

    Mirrored ones count as much as the others; those moved by a pixel, up and left or down and
    right with the border reflected, together as much as the one that isn't moved.

    Parameters
    ----------
    values : Tensor of float32, N x channels x height x width
    views : str
        One of `studio.training.augmentation.Views`.
    """
    if views == "one":
        return _logits(module, values)
    total = None
    for share, view in _views(values, views):
        logits = share * (_logits(module, view) + _logits(module, view.flip(3))) / 2
        total = logits if total is None else total + logits
    assert total is not None
    return total


def _views(values: Tensor, views: str) -> Iterator[tuple[float, Tensor]]:
    """Each view with its share of the mean."""
    if views == "mirrored":
        yield 1.0, values
        return
    yield 0.5, values
    height, width = values.shape[2:]
    around = functional.pad(values, (1, 1, 1, 1), "reflect")
    for start in (0, 2):
        yield 0.25, around[:, :, start : start + height, start : start + width]


def _logits(module: nn.Module, values: Tensor) -> Tensor:
    logits: Tensor = module(values).flatten(1)
    return logits
