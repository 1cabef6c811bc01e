"""Pictures changed anew each time they are seen: on the batch, on its device, each its own way."""

import torch
from torch import Tensor

_SHIFT = 2  # pixels
_CROP = 4  # pixels


def shift(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Move each picture by up to 2 pixels along both axes; what is uncovered becomes 0 (black).

    Parameters
    ----------
    pictures : Tensor of uint8, N x height x width x channels
    generator : torch.Generator
        On the CPU, so that a seed means the same on every device.
    """
    moved = _offsets(len(pictures), _SHIFT, generator)
    return _pick(pictures, moved, mirrored=None, outside="black")


def crop_mirror(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Move each picture by up to 4 pixels and mirror half of them left to right.

    What is uncovered repeats the picture's edge as in a mirror.
    """
    moved = _offsets(len(pictures), _CROP, generator)
    mirrored = torch.rand(len(pictures), generator=generator) < 0.5
    return _pick(pictures, moved, mirrored, outside="reflected")


def _offsets(count: int, most: int, generator: torch.Generator) -> Tensor:
    """Count x 2 whole numbers, rows and columns."""
    return torch.randint(-most, most + 1, (count, 2), generator=generator)


def _pick(pictures: Tensor, moved: Tensor, mirrored: Tensor | None, outside: str) -> Tensor:
    count, height, width, _ = pictures.shape
    rows = torch.arange(height) + moved[:, :1]
    columns = torch.arange(width) + moved[:, 1:]
    if mirrored is not None:
        columns = torch.where(mirrored[:, None], width - 1 - columns, columns)
    where = pictures.device
    picked = pictures[
        torch.arange(count, device=where)[:, None, None],
        _reflected(rows, height).to(where)[:, :, None],
        _reflected(columns, width).to(where)[:, None, :],
    ]
    if outside == "black":
        inside = _within(rows, height)[:, :, None] & _within(columns, width)[:, None, :]
        picked = picked * inside.to(where)[..., None]
    return picked


def _reflected(places: Tensor, length: int) -> Tensor:
    """Places beyond an end counted back from it (dcb|abcd|cba), then cut for tiny pictures."""
    last = length - 1
    return (last - (last - places.abs()).abs()).clamp(0, last)


def _within(places: Tensor, length: int) -> Tensor:
    return (places >= 0) & (places < length)


AUGMENTATIONS = {"shift": shift, "crop_mirror": crop_mirror}
