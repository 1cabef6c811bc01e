"""What a step by hand did, in a sentence."""

import math
from collections.abc import Mapping

from studio.image.write import number
from studio.window.train.by_hand.work import Answered, Moved, Ready, Sloped
from studio.window.translate import tr


def ready_words(ready: Ready, title: str) -> str:
    """Where the weights come from, and what comes next."""
    if ready.from_checkpoint:
        words = tr("The weights of {run} after step {step}; the run itself stays as it is.")
        origin = words.format(run=title.lower(), step=f"{ready.step:,}")
    else:
        origin = tr("Fresh weights, drawn with the run's seed.")
    return f"{origin} {tr('Forward answers a batch of pictures.')}"


def forward_words(said: Answered) -> str:
    """The loss of the batch."""
    if not math.isfinite(said.forward.loss):
        return _diverged(said.step, tr("the loss of this batch"))
    words = tr(
        "Step {step}: the loss of this batch is {loss}. Backward finds its gradient: how it "
        "changes with every weight."
    )
    return words.format(step=f"{said.step:,}", loss=figure(said.forward.loss))


def backward_words(said: Sloped) -> str:
    """How long the gradient is."""
    if not math.isfinite(_length(said.backward.lengths)):
        return _diverged(said.step, tr("the gradient"))
    words = tr("Step {step}: the gradient has the length {length}. Update moves every weight.")
    return words.format(step=f"{said.step:,}", length=figure(_length(said.backward.lengths)))


def update_words(said: Moved) -> str:
    """What the step did to the loss of its batch."""
    words = tr("Step {step}: the loss of this batch was {before}; after the update it is {after}.")
    text = words.format(
        step=f"{said.step:,}", before=figure(said.before), after=figure(said.update.loss)
    )
    if not math.isfinite(said.update.loss):
        return f"{text} {tr('It diverged: start over with a smaller learning rate.')}"
    if said.update.loss > said.before:
        return f"{text} {tr('It rose: a smaller learning rate makes shorter steps.')}"
    return text


def _diverged(step: int, what: str) -> str:
    words = tr("Step {step}: {what} is not finite. Start over with a smaller learning rate.")
    return words.format(step=f"{step:,}", what=what)


def figure(value: float) -> str:
    """A loss or a length with four figures."""
    return number(float(f"{value:.4g}")) if math.isfinite(value) else tr("not a finite number")


def _length(lengths: Mapping[str, float]) -> float:
    return math.hypot(*lengths.values())
