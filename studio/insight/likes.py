"""What a unit likes: a picture that is changed until it excites the unit as much as it can."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.declare import SELDOM, Declared, option
from studio.errors import ModelError, SettingError
from studio.insight.maps import device_of
from studio.nets.model import Model

if TYPE_CHECKING:
    from torch import Tensor

    from studio.nets.steps import Steps


class Aim(NamedTuple):
    """What is to be excited.

    Attributes
    ----------
    row : str
        The row that it belongs to; empty for the logits.
    channel : int
        The map, the value of a vector, or the class.
    place : tuple of int, optional
        Row and column of one unit in its map; the mean of the whole map if left out.
    """

    row: str
    channel: int
    place: tuple[int, int] | None = None


class Excitement(Declared):
    """How a picture is changed.

    Gradient ascent on the activation (Erhan et al., 2009), by Adam, with what keeps the picture
    from turning into noise: weight decay (Simonyan et al., 2013), blur (Yosinski et al., 2015) and
    jitter (Mordvintsev et al., 2015).
    """

    steps: int = option(200, "Steps", "How often the picture is changed.", low=1, high=10_000)
    rate: float = option(
        0.05,
        "Rate",
        "How far a value of the network's input moves in one step, about.",
        above=0.0,
        high=10.0,
        logarithmic=True,
        group=SELDOM,
    )
    start: Literal["noise", "grey"] = option(
        "noise", "Start", "What the picture is before the first step.", group=SELDOM
    )
    blur: float = option(
        0.5,
        "Blur",
        "Standard deviation of a blur after every fourth step, but for the last quarter; 0 for "
        "none.",
        low=0.0,
        high=8.0,
        step=0.1,
        unit="input pixels",
    )
    jitter: int = option(
        2,
        "Jitter",
        "By how far the picture is shifted at random before each step.",
        low=0,
        high=64,
        unit="input pixels",
        group=SELDOM,
    )
    decay: float = option(
        0.0,
        "Decay",
        "Penalty for contrast: half of it, times the sum of the squared input, is taken away from "
        "the activation.",
        low=0.0,
        high=100.0,
        group=SELDOM,
    )
    seed: int = option(
        0, "Seed", "Another seed starts from other noise.", low=0, high=2**31 - 1, group=SELDOM
    )


@dataclass(frozen=True, eq=False)
class Liked:
    """A picture on its way.

    Attributes
    ----------
    step : int
        From 0, the start.
    values : array, channels x height x width
        The network's input.
    levels : array, height x width x channels
        The same as a possible picture, 0 to 1.
    activation : float
        What the network makes of it.
    """

    step: int
    values: NDArray[np.float32]
    levels: NDArray[np.float32]
    activation: float


_START = 0.1  # standard deviation of the noise, in levels
_BLUR_EVERY = 4


def excite(
    model: Model, aim: Aim, how: Excitement, steps: "Steps | None" = None
) -> Iterator[Liked]:
    """Change a picture step by step; the first that is given is the start.

    Every picture is one that the preprocessing could have made: its levels are 0 to 1.

    Parameters
    ----------
    steps : Steps, optional
        What `Model.steps` gave, on any device. Evaluation mode is set during a step, and the mode
        that was there before is put back before each result is given.

    Raises
    ------
    SettingError
        When the network has no such unit.
    ModelError
        When its values are not finite.
    """
    import torch

    from studio.insight.logits import evaluation_mode

    steps = model.steps() if steps is None else steps
    device = device_of(steps.module)
    preprocessing = model.card.preprocessing
    mean, std = (
        torch.tensor(numbers, dtype=torch.float32, device=device).reshape(1, -1, 1, 1)
        for numbers in (preprocessing.mean, preprocessing.std)
    )
    low, high = -mean / std, (1 - mean) / std
    rng = np.random.default_rng(how.seed)
    shape = (1, *model.card.network.input)
    noise = rng.standard_normal(shape, np.float32) * np.float32(_START)
    levels = torch.from_numpy(noise if how.start == "noise" else np.zeros(shape, np.float32))
    values = ((levels.to(device) + 0.5 - mean) / std).clamp(low, high).requires_grad_()
    ascent = torch.optim.Adam([values], lr=how.rate, maximize=True)
    excited = _Excited(model, steps, aim)
    for step in range(how.steps + 1):
        with evaluation_mode(steps.module):
            if step:
                shift = tuple(rng.integers(-how.jitter, how.jitter + 1, 2).tolist())
                shifted = torch.roll(values, shift, (2, 3))
                goal = excited(shifted) - how.decay / 2 * values.square().sum()
                ascent.zero_grad()
                (values.grad,) = torch.autograd.grad(goal, values)
                ascent.step()
                with torch.no_grad():
                    is_early = step <= how.steps * 3 // 4
                    if how.blur and is_early and step % _BLUR_EVERY == 0:
                        values.copy_(_blurred(values, how.blur))
                    values.clamp_(low, high)
            with torch.no_grad():
                activation = float(excited(values))
        if not np.isfinite(activation):
            raise ModelError(f"{model.card.title} gives values that are not finite")
        found = values.detach()
        yield Liked(
            step, _array(found[0]), _array((found * std + mean)[0].permute(1, 2, 0)), activation
        )


class _Excited:
    """The activation of what is aimed at, as a torch scalar."""

    def __init__(self, model: Model, steps: "Steps", aim: Aim) -> None:
        from studio.insight.logits import logits_step

        self._steps, self._aim = steps, aim
        self._row = aim.row or logits_step(steps)
        if self._row not in steps.names:
            raise SettingError(f"there is no layer '{aim.row}'", "See the network's table", "row")
        sizes = {row.name: row.output for row in model.card.network.table()}
        self._size = sizes.get(self._row)

    def __call__(self, values: "Tensor") -> "Tensor":
        found: Tensor = self._steps.run(values, self._row, keep=(self._row,))[self._row][0]
        size = self._size or (len(found), 1, 1)
        channel, (y, x) = self._aim.channel, self._aim.place or (0, 0)
        if not all(0 <= place < count for place, count in zip((channel, y, x), size, strict=True)):
            raise SettingError(
                f"{self._row} has no unit {channel + 1}"
                + ("" if self._aim.place is None else f" at row {y}, column {x}"),
                f"It gives {' × '.join(map(str, size))}",
            )
        maps = found.reshape(size)
        return maps[channel].mean() if self._aim.place is None else maps[channel, y, x]


def _blurred(values: "Tensor", sigma: float) -> "Tensor":
    """1 x channels x height x width, through a Gaussian whose border repeats the edge."""
    import cv2
    import torch

    rows = values[0].numpy(force=True)
    blurred = [
        cv2.GaussianBlur(channel, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        for channel in rows
    ]
    return torch.from_numpy(np.stack(blurred)[None]).to(values.device)


def _array(tensor: "Tensor") -> NDArray[np.float32]:
    return np.array(tensor.numpy(force=True), np.float32)
