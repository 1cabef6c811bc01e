"""What a learned kernel amounts to, in words."""

import numpy as np

from studio.filters.presets import Weights
from studio.image.write import number
from studio.insight.kernel_learning import BestKernel, LearningStep
from studio.window.filter.learning_curve import short_number
from studio.window.filter.learning_kernels import largest_difference
from studio.window.translate import tr

_FOUND = 0.005  # of the largest weight


def place_words(name: str, step: LearningStep, steps: int) -> str:
    """Where a run of so many steps stands."""
    words = tr("{name}, step {step} of {steps}, error {error}").format(
        name=name, step=f"{step.step:,}", steps=f"{steps:,}", error=short_number(step.error)
    )
    if not step.offset:
        return words
    return words + tr(", offset {value}").format(value=number(step.offset))


def findings(step: LearningStep, best: BestKernel, true: Weights | None) -> str:
    """How near the learned kernel is, and what no kernel of its size can do."""
    sentences = []
    if true is not None:
        weights = np.array(true, np.float64)
        difference = largest_difference(step.kernel, weights)
        words = (
            tr("Found: no weight is off by more than {value}.")
            if difference <= _FOUND * np.abs(weights).max()
            else tr("Largest difference of a weight: {value}.")
        )
        sentences.append(words.format(value=short_number(float(f"{difference:.2g}"))))
    if not best.is_exact:
        sentences.append(_remaining(best))
    if not best.settled:
        sentences.append(tr("This picture leaves some weights open: others do the same to it."))
    return " ".join(sentences) or tr("A kernel of this size does exactly this.")


def _remaining(best: BestKernel) -> str:
    rows, columns = best.kernel.shape
    share = (best.error / best.spread) ** 0.5 if best.spread else 1.0
    words = tr(
        "No {rows} × {columns} kernel does exactly this; what remains is {value} levels, {share} "
        "of the result's contrast."
    )
    return words.format(
        rows=rows,
        columns=columns,
        value=f"{best.error**0.5:.3g}",
        share=f"{100 * share:.2g}\u00a0%",
    )
