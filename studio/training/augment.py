"""Pictures changed anew each time they are seen: on the batch, on its device, each its own way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto

import torch
from torch import Tensor
from torch.nn import functional

from studio.training.augmentation import AugmentationSettings

_GREY = (0.2989, 0.587, 0.114)  # of red, green and blue, as torchvision weighs them


class Choice(IntEnum):
    """What is drawn for each picture, whether it is used or not: one column each."""

    DOWN = 0
    RIGHT = auto()
    MIRRORED = auto()
    ANGLE = auto()
    SIZE = auto()
    BRIGHTNESS = auto()
    CONTRAST = auto()
    SATURATION = auto()
    CUT_ROW = auto()
    CUT_COLUMN = auto()


@dataclass(frozen=True, eq=False)
class Draws:
    """The random numbers of a batch, on the CPU.

    Attributes
    ----------
    uniform : Tensor of float32, N x 10
        From 0 to below 1.
    normal : Tensor of float32, N x height x width x channels, or None
        For the noise, where there is any.
    """

    uniform: Tensor
    normal: Tensor | None = None

    def of(self, pictures: slice | Tensor) -> "Draws":
        """Those of some of the pictures."""
        normal = None if self.normal is None else self.normal[pictures]
        return Draws(self.uniform[pictures], normal)

    def to(self, device: torch.device) -> "Draws":
        """The same on a device, without waiting for it."""
        normal = None if self.normal is None else _sent(self.normal, device)
        return Draws(_sent(self.uniform, device), normal)


class Augmenter:
    """Changes pictures as the settings say, each its own way.

    Ten numbers are drawn for each picture whatever the settings are, so that turning one change on
    leaves the others as they were. The changes, in their order:

    1. crop, mirror, rotation, scale: what is seen at each place is taken from where it was before.
       Crop and mirror alone pick bytes; with rotation or scale the picture is read between its
       pixels (bilinear), once for all four. It is scaled by 1 − s to 1 + s.
    2. colour: brightness, contrast, saturation, each by a factor from 1 − c to 1 + c, with
       torchvision's formulas, cut to 0 to 255 after each.
    3. noise: normal, not cut afterwards, so that its mean stays 0.
    4. cutout: a square around any pixel, cut off at the border (DeVries and Taylor, 2017).

    Parameters
    ----------
    settings : AugmentationSettings
        `mixup` is not done here; see `studio.training.mixup`.
    mean : sequence of float
        The mean colour that cutout covers with, 0 to 1, one number for each channel.
    """

    def __init__(self, settings: AugmentationSettings, mean: Sequence[float]) -> None:
        self.settings = settings
        self._mean = torch.tensor(mean) * 255
        self._moves = bool(settings.crop or settings.mirror)
        self._bends = bool(settings.rotation or settings.scale)
        self._colours = bool(settings.colour or settings.noise)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self._moves or self._bends or self._colours or self.settings.cutout > 0

    def __call__(
        self, pictures: Tensor, generator: torch.Generator, turned: Tensor | None = None
    ) -> Tensor:
        """Change every picture of a batch.

        Parameters
        ----------
        pictures : Tensor of uint8, N x height x width x channels
        generator : torch.Generator
            On the CPU, so that a seed means the same on every device.
        turned : Tensor of bool, N, optional
            Which pictures to mirror, where that is not drawn; see `Turns`.

        Returns
        -------
        Tensor, N x height x width x channels
            Of uint8 after crop, mirror and cutout; else of float32 on the same scale, 0 to 255.
        """
        return self.apply(pictures, self.draw(pictures.shape, generator), turned)

    def draw(self, shape: Sequence[int], generator: torch.Generator) -> Draws:
        """The random numbers for a batch of that shape, N x height x width x channels."""
        uniform = torch.rand((shape[0], len(Choice)), generator=generator)
        if not self.settings.noise:
            return Draws(uniform)
        return Draws(uniform, torch.randn(tuple(shape), generator=generator))

    def apply(self, pictures: Tensor, draws: Draws, turned: Tensor | None = None) -> Tensor:
        """Change every picture as the numbers drawn for it say."""
        draws = draws.to(pictures.device)
        if turned is not None:  # below a half is mirrored
            draws.uniform[:, Choice.MIRRORED] = 1 - turned.float()
        if self._bends:
            pictures = self._bent(pictures, draws.uniform)
        elif self._moves:
            pictures = self._picked(pictures, draws.uniform)
        if self.settings.colour:
            pictures = self._coloured(pictures.float(), draws.uniform)
        if draws.normal is not None:
            pictures = pictures.float() + draws.normal * (255 * self.settings.noise)
        return self._cut(pictures, draws.uniform) if self.settings.cutout else pictures

    def _shifts(self, uniform: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Whole numbers of pixels down and to the right, and whether it is mirrored, each N x 1."""
        most = self.settings.crop
        drawn = uniform[:, Choice.DOWN : Choice.MIRRORED]
        # rounding may bring the product up to its end
        moved = (drawn * (2 * most + 1)).floor().clamp(max=2 * most).long() - most
        mirrored = (uniform[:, Choice.MIRRORED, None] < 0.5) & self.settings.mirror
        return moved[:, :1], moved[:, 1:], mirrored

    def _picked(self, pictures: Tensor, uniform: Tensor) -> Tensor:
        """Moved and mirrored by picking pixels, one lookup for all."""
        count, height, width, channels = pictures.shape
        where = pictures.device
        down, right, mirrored = self._shifts(uniform)
        rows = torch.arange(height, device=where) + down
        columns = torch.arange(width, device=where) + right
        columns = torch.where(mirrored, width - 1 - columns, columns)
        first = torch.arange(0, count * height, height, device=where)[:, None]
        lines = (first + _reflected(rows, height)) * width
        places = lines[:, :, None] + _reflected(columns, width)[:, None, :]
        pixels = pictures.reshape(-1, channels).index_select(0, places.flatten())
        picked = pixels.view(count, height, width, channels)
        if self.settings.outside == "black" and self.settings.crop:
            inside = _within(rows, height)[:, :, None] & _within(columns, width)[:, None, :]
            picked = picked * inside[..., None]
        return picked

    def _bent(self, pictures: Tensor, uniform: Tensor) -> Tensor:
        """Moved, mirrored, turned and scaled about the middle, read between pixels (float32)."""
        _, height, width, _ = pictures.shape
        where = pictures.device
        down, right, mirrored = self._shifts(uniform)
        angle = math.radians(self.settings.rotation) * _around_zero(uniform[:, Choice.ANGLE])
        size = 1 + self.settings.scale * _around_zero(uniform[:, Choice.SIZE])
        sine, cosine = ((turn(angle) / size)[:, None, None] for turn in (torch.sin, torch.cos))
        y = (torch.arange(height, device=where) - (height - 1) / 2 + down)[:, :, None]
        x = (torch.arange(width, device=where) - (width - 1) / 2 + right)[:, None, :]
        across = cosine * x + sine * y
        across = torch.where(mirrored[:, :, None], -across, across)
        along = cosine * y - sine * x
        # `grid_sample` counts from −1 to 1: between the middles of the outermost pixels, about
        # which it then reflects, or between their outer edges, beyond which it sees zeros.
        reflects = self.settings.outside == "reflected"
        spans = [max(side - 1, 1) if reflects else side for side in (width, height)]
        grid = torch.stack([across * (2 / spans[0]), along * (2 / spans[1])], dim=-1)
        bent = functional.grid_sample(
            pictures.permute(0, 3, 1, 2).float(),
            grid,
            padding_mode="reflection" if reflects else "zeros",
            align_corners=reflects,
        )
        return bent.permute(0, 2, 3, 1)

    def _coloured(self, values: Tensor, uniform: Tensor) -> Tensor:
        drawn = uniform[:, Choice.BRIGHTNESS : Choice.CUT_ROW]
        factors = 1 + self.settings.colour * _around_zero(drawn)
        brightness, contrast, saturation = factors.T[..., None, None, None]
        values = (values * brightness).clamp(0, 255)
        mean = _brightness(values).mean((1, 2, 3), keepdim=True)
        values = torch.lerp(mean, values, contrast).clamp(0, 255)
        if values.shape[-1] == 1:
            return values
        return torch.lerp(_brightness(values), values, saturation).clamp(0, 255)

    def _cut(self, pictures: Tensor, uniform: Tensor) -> Tensor:
        """A square of the mean colour; its middle is in the picture, the rest may not be."""
        side = self.settings.cutout
        covered = []
        for choice, length in zip(
            (Choice.CUT_ROW, Choice.CUT_COLUMN), pictures.shape[1:3], strict=True
        ):
            middle = (uniform[:, choice, None] * length).floor().clamp(max=length - 1)
            place = torch.arange(length, device=pictures.device) - middle + side // 2
            covered.append(_within(place, side))
        self._mean = self._mean.to(pictures.device)
        square = covered[0][:, :, None, None] & covered[1][:, None, :, None]
        mean = self._mean if pictures.is_floating_point() else self._mean.round()
        return torch.where(square, mean.to(pictures.dtype), pictures)


class Turns:
    """Which pictures are mirrored in which epoch: each in every other one, half in the first.

    So a network sees every picture both ways in any two epochs (K. Jordan, 2024).

    Parameters
    ----------
    count : int
        Of the training pictures.
    """

    def __init__(self, count: int, seed: int, device: str) -> None:
        draws = torch.Generator().manual_seed(seed)
        self._first = torch.randint(2, (count,), generator=draws).bool().to(device)

    def of(self, indices: Tensor, epoch: int) -> Tensor:
        """For some of the pictures, in an epoch counted from 0; bool."""
        return self._first[indices] ^ bool(epoch % 2)


def _sent(part: Tensor, device: torch.device) -> Tensor:
    if device.type != "cuda":
        return part.to(device)
    return part.pin_memory().to(device, non_blocking=True)


def _around_zero(uniform: Tensor) -> Tensor:
    """From 0 to 1 to from −1 to 1."""
    return 2 * uniform - 1


def _brightness(values: Tensor) -> Tensor:
    """N x height x width x 1."""
    if values.shape[-1] == 1:
        return values
    red, green, blue = values.unbind(-1)
    return (_GREY[0] * red + _GREY[1] * green + _GREY[2] * blue)[..., None]


def _reflected(places: Tensor, length: int) -> Tensor:
    """Places beyond an end counted back from it, as often as needed (dcb|abcd|cba)."""
    around = max(2 * (length - 1), 1)
    places = places.remainder(around)
    return torch.minimum(places, (around - places) % around)


def _within(places: Tensor, length: int) -> Tensor:
    return (places >= 0) & (places < length)
