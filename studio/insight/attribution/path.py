"""Integrated Gradients: gradients added up on the way from a baseline to the picture."""

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np

from studio.declare import option
from studio.insight.attribution.baseline import Baseline, baseline_option, baseline_values
from studio.insight.attribution.method import Asked, Method, Part


class IntegratedGradients(Method):
    """What each pixel adds to the logit on the straight way from a baseline.

    The way is walked in stretches, each by Captum with Gauss-Legendre points, so that it can be
    left in between; the values of all stretches add up to those of the whole way.
    """

    kind: ClassVar[str] = "integrated_gradients"
    title: ClassVar[str] = "Integrated Gradients"
    summary: ClassVar[str] = "What each pixel adds on the way from a baseline to this picture."
    formula: ClassVar[str] = "(x − b) · ∫ ∂z / ∂x at b + t · (x − b), t from 0 to 1"
    source: ClassVar[str] = "Sundararajan, Taly and Yan, 2017"
    caveat: ClassVar[str] = (
        "It explains the difference from the baseline: pixels that look like the baseline get "
        "nothing, whatever they mean."
    )
    signed: ClassVar[bool] = True
    together: ClassVar[Literal["sum", "largest"]] = "sum"

    steps: int = option(
        64,
        "Steps",
        "Points on the way at which the gradient is taken; more make the sum more exact.",
        low=2,
        high=2000,
    )
    baseline: Baseline = baseline_option()

    def parts(self, asked: Asked) -> Iterator[Part]:
        from captum.attr import IntegratedGradients as Captum

        start = baseline_values(asked, self.baseline)
        way = asked.values - start
        start_logit = asked.logit_of(start)
        captum = Captum(asked.logits)
        total = np.zeros(asked.values.shape[1:], np.float64)
        done = 0
        stretches = math.ceil(self.steps / asked.batch)
        for number in range(1, stretches + 1):
            until = number * self.steps // stretches
            here, there = done / self.steps, until / self.steps
            found = captum.attribute(
                start + there * way,
                baselines=start + here * way,
                target=asked.index,
                n_steps=until - done,
                method="gausslegendre",
            )
            total += found[0].double().numpy(force=True)
            done = until
            is_last = done == self.steps
            residual = float(total.sum()) - (asked.logit - start_logit) if is_last else None
            yield Part(
                there,
                np.asarray(total, np.float32),
                baseline_logit=start_logit,
                residual=residual,
            )
