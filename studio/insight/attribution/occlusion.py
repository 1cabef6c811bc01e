"""Occlusion: what the answer loses when a window of the picture is covered."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np

from studio.declare import option
from studio.errors import SettingError
from studio.insight.attribution.baseline import Baseline, baseline_option, baseline_values
from studio.insight.attribution.method import Asked, Method, Part

_WINDOWS_A_SIDE = 6


class Occlusion(Method):
    """A window slides over the picture; each place gets the mean loss of the windows over it.

    One row of windows is given to Captum at a time, so that it can be left in between.
    """

    kind: ClassVar[str] = "occlusion"
    title: ClassVar[str] = "Occlusion"
    summary: ClassVar[str] = "What the answer loses when a window of the picture is covered."
    formula: ClassVar[str] = "z(x) − z(x with the window covered), mean of the windows over a place"
    source: ClassVar[str] = "Zeiler and Fergus, 2014"
    caveat: ClassVar[str] = (
        "A covered picture is one that the network never learned from, and what is seen depends "
        "on the window's size."
    )
    signed: ClassVar[bool] = True
    together: ClassVar[Literal["sum", "largest"]] = "sum"

    window: int = option(
        0,
        "Window",
        "Side of the window; 0 takes a sixth of the shorter side.",
        low=0,
        high=4096,
        unit="input pixels",
    )
    stride: int = option(
        0,
        "Stride",
        "How far the window moves, at most its side; 0 takes half of it.",
        low=0,
        high=4096,
        unit="input pixels",
    )
    baseline: Baseline = baseline_option()

    def parts(self, asked: Asked) -> Iterator[Part]:
        import torch
        from captum.attr import Occlusion as Captum

        channels, height, width = asked.values.shape[1:]
        window, stride = self._window(height, width)
        cover = baseline_values(asked, self.baseline)
        total = np.zeros((height, width), np.float64)
        covered = np.zeros((height, 1), np.int64)
        tops = range(0, _last_start(height, window, stride) + 1, stride)
        for done, top in enumerate(tops, start=1):
            strip = slice(top, min(top + window, height))

            def logits_of(
                strips: torch.Tensor, strip: slice = strip
            ) -> torch.Tensor:  # N x channels x rows x width
                pictures = asked.values.repeat(len(strips), 1, 1, 1)
                pictures[:, :, strip] = strips
                found: torch.Tensor = asked.logits(pictures)
                return found

            with torch.no_grad():
                found = Captum(logits_of).attribute(
                    asked.values[:, :, strip],
                    sliding_window_shapes=(channels, strip.stop - strip.start, window),
                    strides=(channels, max(1, strip.stop - strip.start), stride),
                    baselines=cover[:, :, strip],
                    target=asked.index,
                    perturbations_per_eval=asked.batch,
                )
            total[strip] += found[0, 0].double().numpy(force=True)
            covered[strip] += 1
            mean = total / np.maximum(covered, 1)
            yield Part(done / len(tops), np.asarray(mean[None], np.float32))

    def _window(self, height: int, width: int) -> tuple[int, int]:
        shorter = min(height, width)
        window = self.window or max(1, round(shorter / _WINDOWS_A_SIDE))
        if window > shorter:
            raise SettingError(
                f"a window of {window} doesn't fit into {height} × {width}",
                f"It must be at most {shorter}",
                "window",
            )
        stride = self.stride or max(1, window // 2)
        if stride > window:
            raise SettingError(
                f"a stride of {stride} leaves out pixels between windows of {window}",
                f"It must be at most {window}",
                "stride",
            )
        return window, stride


def _last_start(side: int, window: int, stride: int) -> int:
    """Where the last window begins; it may end beyond the picture, as Captum's does."""
    return -(-(side - window) // stride) * stride
