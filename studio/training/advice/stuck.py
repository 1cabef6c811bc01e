"""Rules for runs that learn nothing: they diverged, haven't moved, or get no gradient."""

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from studio.training.advice.curves import (
    Advice,
    Curves,
    Values,
    near_guessing,
    range_to_end,
    running_median,
    value,
)

_RAISE = "raise the learning rate: the weights have hardly changed"


def diverged(curves: Curves) -> Advice | None:
    """Loss not finite, far above guessing for long after it had been lower, or never back from it.

    Far is twice the loss of guessing: a network that is sure of wrong answers. Long is 20 steps,
    each by the median of the 9 around it, so that no single bad batch counts. It must also have
    grown to half as much again, against the steps before or within the stretch: a run that begins
    with large weights starts far above guessing, too, and then falls. Never back is a mean over an
    epoch of ten times the loss of guessing, and no epoch since with less than 95 % of that loss:
    what remains of an exploded network may fall back to guessing, but no further.
    """
    first = _first_not_finite(curves)
    if first is not None:
        step = curves.history.steps[first]
        return _divergence(curves, step, "loss is not finite")
    return _far_away(curves) or _never_back(curves)


def _far_away(curves: Curves) -> Advice | None:
    """The second rule of `diverged`."""
    far, long, grown = 2 * curves.uniform, 20, 1.5
    smooth = running_median(curves.losses, 9)
    below = np.flatnonzero(smooth <= far)
    begin = int(below[-1]) + 1 if below.size else 0
    stretch = smooth[begin:]
    if len(stretch) < long:
        return None
    half = len(stretch) // 2
    has_grown = np.median(stretch[half:]) >= grown * np.median(stretch[:half])
    if begin:
        has_grown |= np.median(stretch) >= grown * np.median(smooth[max(0, begin - long) : begin])
    else:  # it fills all that is looked at: the epochs before say when it began
        lower = [epoch.step for epoch in curves.epochs if epoch.train_loss <= far]
        has_grown |= bool(lower)
        step = lower[-1] + 1 if lower else curves.steps[0]
    if not has_grown:
        return None
    if begin:
        step = curves.steps[begin]
    level = float(np.median(stretch[-long:]))
    words = f"loss has stayed near {value(level)}, and guessing gives {value(curves.uniform)}"
    return _divergence(curves, step, words)


def _never_back(curves: Curves) -> Advice | None:
    """The third rule of `diverged`."""
    history, exploded = curves.history, np.flatnonzero(curves.train > 10 * curves.uniform)
    if not exploded.size or history.losses[0] > 2 * curves.uniform:
        return None
    place = int(exploded[0])
    if (curves.train[place:] < 0.95 * curves.guessing).any():
        return None
    begin = bisect_left(history.steps, curves.epochs[place - 1].step + 1) if place else 0
    end = bisect_left(history.steps, curves.epochs[place].step + 1)
    part = np.array(history.losses[begin:end], np.float64)
    if not (part > 2 * curves.uniform).any():
        return None
    step = history.steps[begin + int(np.argmax(part > 2 * curves.uniform))]
    evidence = f"loss rose to {value(float(part.max()))}, and has not come below guessing since"
    return _divergence(curves, step, evidence)


def _divergence(curves: Curves, step: int, evidence: str) -> Advice:
    epoch = curves.epoch_of(step)
    remedy = "lower the learning rate"
    return Advice("diverged", step, epoch, f"diverged at step {step:,}", evidence, remedy)


def _first_not_finite(curves: Curves) -> int | None:
    """The place of the first loss that is not a finite number."""
    history, begin = curves.history, 0
    for epoch in curves.epochs:
        end = bisect_left(history.steps, epoch.step + 1)
        if not math.isfinite(epoch.train_loss):
            break
        begin = end
    else:
        end = len(history.losses)
    part = history.losses[begin:end]
    if math.isfinite(sum(part)):  # at the speed of C, for an epoch of a million steps
        return None
    return next((begin + at for at, loss in enumerate(part) if not math.isfinite(loss)), None)


def unmoved(curves: Curves) -> Advice | None:
    """Loss within a narrow band, without a trend.

    Over at least four epochs, training loss and checked loss stay within bands of 1 and 2 %; or
    within 2 and 4 % of guessing, which the noise of small batches asks for; or the checked loss,
    which dropout and augmentation don't touch, within 0.1 %. Without a trend is, but for the last
    case, that the mean of the last third is not below that of the first by more than half of the
    band that was used, where this is more than a thousandth: what falls steadily falls by two
    thirds.

    Not said of what has learned its pictures (training accuracy 98 %, or loss 5 % of guessing),
    nor where the schedule has made the learning rate small (5 % of its largest) or still raises
    it.
    """
    since = _since_epoch(curves) if len(curves.epochs) >= 4 else None
    if since is None:
        return _unmoved_from_the_start(curves)
    epochs, rates = curves.epochs, [curves.rate_at(epoch.step) for epoch in curves.epochs]
    train, checked = curves.train[since:], curves.checked[since:]
    is_guessing = bool(
        near_guessing(curves, train, 0.02).all() and near_guessing(curves, checked, 0.04).all()
    )
    if curves.is_learned or rates[-1] > 1.5 * rates[since]:
        return None
    if rates[-1] < 0.05 * max(rates) and not (is_guessing and since == 0):
        return None
    epoch, level = epochs[since], float(train.mean())
    evidence = f"training loss has stayed near {value(level)}"
    if is_guessing:
        evidence += ", which is what guessing gives"
        remedy = _what_to_move(curves)
    elif _weights_rest(curves):
        remedy = _RAISE
    else:
        remedy = "lower the learning rate, choose a larger network, or stop here"
    words = f"hasn't moved since epoch {epoch.epoch:,}"
    return Advice("unmoved", epoch.step, epoch.epoch, words, evidence, remedy)


def _since_epoch(curves: Curves) -> int | None:
    """Where the longest stretch of at least four epochs begins in which nothing moved."""
    train, checked = curves.train, curves.checked
    if not (np.isfinite(train[-4:]).all() and np.isfinite(checked[-4:]).all()):
        return None
    spread, checked_spread = (range_to_end(values) / curves.uniform for values in (train, checked))
    is_frozen = checked_spread <= 0.001
    is_still = is_frozen | ((spread <= 0.01) & (checked_spread <= 0.02))
    is_still |= _stays_near_guessing(curves, train, 0.02) & _stays_near_guessing(
        curves, checked, 0.04
    )
    moved = np.flatnonzero(~is_still)
    since = int(moved[-1]) + 1 if moved.size else 0
    third = (len(train) - since) // 3
    if len(train) - since < 4:
        return None
    fall = float(train[since : since + third].mean() - train[-third:].mean()) / curves.uniform
    has_trend = not is_frozen[since] and fall > max(0.001, spread[since] / 2)
    return None if has_trend else since


def _stays_near_guessing(curves: Curves, values: Values, margin: float) -> NDArray[np.bool_]:
    """Whether all values from a place to the end are near guessing, for each place."""
    near = near_guessing(curves, values, margin)
    return np.asarray(np.logical_and.accumulate(near[::-1])[::-1])


def _unmoved_from_the_start(curves: Curves) -> Advice | None:
    """Before there are four epochs: 300 steps or more in which blocks of 30 stay at guessing.

    The mean of 30 batches of any size is steadier than 2 % where all answers are alike; half a
    per cent from the first third to the last is a trend, as networks leave the plateau slowly.
    """
    block, least = 30, 10
    if len(curves.epochs) >= 4:
        return None
    count = len(curves.losses) // block
    means = curves.losses[len(curves.losses) - count * block :].reshape(count, block).mean(axis=1)
    off = np.flatnonzero(~near_guessing(curves, means, 0.02))
    since = int(off[-1]) + 1 if off.size else 0
    stretch = means[since:]
    if len(stretch) < least:
        return None
    third = len(stretch) // 3
    if stretch[:third].mean() - stretch[-third:].mean() > 0.005 * curves.uniform:
        return None
    step = curves.steps[len(curves.losses) - len(stretch) * block]
    if curves.rate_at(curves.steps[-1]) > 1.5 * curves.rate_at(step):
        return None
    level = value(float(stretch.mean()))
    return Advice(
        "unmoved",
        step,
        curves.epoch_of(step),
        f"hasn't moved since step {step:,}",
        f"training loss has stayed near {level}, which is what guessing gives",
        _what_to_move(curves),
    )


def _weights_rest(curves: Curves) -> bool:
    """Whether the weights are as long as at first, to a thousandth, though they get gradients."""
    norms = curves.history.norms
    if len(norms) < 2 or norms[0].layers != norms[-1].layers:
        return False
    before, now = np.array(norms[0].weights), np.array(norms[-1].weights)
    return bool(np.all(np.abs(now - before) <= 1e-3 * before) and any(norms[-1].gradients))


def _what_to_move(curves: Curves) -> str:
    """What to change in a run that only guesses, as its weights and losses tell."""
    if _weights_rest(curves):
        return _RAISE
    high = max(curves.train.max(initial=0.0), curves.losses.max(initial=0.0))
    if high > 1.5 * curves.uniform:
        return "lower the learning rate: the loss was higher before"
    return "try another learning rate or initialisation"


def vanishing(curves: Curves) -> Advice | None:
    """The first layer's gradient, relative to its weights, is a thousandth of the last layer's.

    By the median of the last ten readings, of at least five; layers that were frozen meanwhile
    don't count. Ratios between a hundredth and a hundred are usual in networks that learn; ten
    sigmoid layers, each with a slope of at most a quarter, give a millionth. Not said once the
    training pictures are known.
    """
    norms = curves.history.norms[-10:]
    if len(norms) < 5 or len(norms[-1].layers) < 2:
        return None
    if curves.epochs and curves.is_learned:
        return None
    at = _frozen_meanwhile(curves)
    first, last = (
        float(np.median([one.gradients[end] / max(one.weights[end], 1e-12) for one in norms]))
        for end in (at, -1)
    )
    if not (math.isfinite(first) and math.isfinite(last)) or last <= 0 or first > 1e-3 * last:
        return None
    step, names = norms[0].step, norms[-1].layers
    if first == 0:
        words = f"no gradient reaches {names[at]}"
        remedy = "lower the learning rate or begin anew: the ReLU units behind it may be dead"
    else:
        words = f"the gradient vanishes before {names[at]}"
        remedy = "use ReLU, batch normalisation or residual blocks"
    return Advice(
        "vanishing",
        step,
        curves.epoch_of(step),
        words,
        f"relative to the weights it is {value(first)} there and {value(last)} at {names[-1]}",
        remedy,
    )


def _frozen_meanwhile(curves: Curves) -> int:
    """How many of the first layers get no gradient any more because the run has frozen them."""
    started, norms = curves.history.started, curves.history.norms
    asked = started.settings if started else {}
    if not (asked.get("frozen") and asked.get("frozen_from")):
        return 0
    still = [gradient == 0 for gradient in norms[-1].gradients[:-1]]
    return still.index(False) if False in still else len(still)
