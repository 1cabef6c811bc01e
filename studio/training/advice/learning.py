"""Rules for runs that learn: over-fitting, unsteady, still improving, or better before."""

import math

import numpy as np

from studio.training.advice.curves import Advice, Curves, noise, running_median, value


def over_fitting(curves: Curves) -> Advice | None:
    """Checked loss has risen from its least while the training loss went on falling.

    Since the epoch of the least checked loss (by the median of three, so that one lucky epoch
    doesn't count) at least three have passed; the median of the last three is higher by 10 % of
    that least, by 2 % of guessing and by five times the noise, and none of them by less than half
    of that; and the training loss has fallen by another 10 %. The least of many noisy values lies
    two or three deviations below what they stand for, which five times the noise leaves room for;
    the noise is that of the second differences, which a steady rise doesn't have.
    """
    checked, train = curves.checked, curves.train
    if len(checked) < 4 or not (np.isfinite(checked).all() and np.isfinite(train).all()):
        return None
    smooth = running_median(checked, 3)
    middle = int(np.argmin(smooth))
    around = range(max(0, middle - 1), min(len(checked), middle + 2))
    best = min(around, key=lambda place: float(checked[place]))
    if len(checked) - 1 - best < 3:
        return None
    rises = np.sort(checked[-3:] - smooth[middle])
    needed = max(0.1 * smooth[middle], 0.02 * curves.uniform, 5 * noise(checked))
    if rises[1] < needed or rises[0] < needed / 2 or train[-1] > 0.9 * train[best]:
        return None
    epoch = curves.epochs[best]
    evidence = (
        f"{curves.name} loss {value(epoch.validation_loss)} to {value(float(checked[-1]))}, "
        f"training loss down to {value(float(train[-1]))}"
    )
    return Advice(
        "over-fitting",
        epoch.step,
        epoch.epoch,
        f"over-fitting since epoch {epoch.epoch:,}",
        evidence,
        f"stop at epoch {epoch.epoch:,}, or add augmentation, dropout or L2",
    )


def unsteady(curves: Curves) -> Advice | None:
    """Training loss, the mean over whole epochs, rises again and again.

    At least three of the last ten epochs, and of at least six in all, were higher than the one
    before by 10 % of it and by 5 % of guessing. Over an epoch every picture is seen once, so that
    chance can hardly do that; steps that are too long can.
    """
    train = curves.train
    if len(train) < 6 or not np.isfinite(train).all():
        return None
    recent = train[-11:]
    rises = np.diff(recent)
    is_high = (rises >= 0.1 * recent[:-1]) & (rises >= 0.05 * curves.uniform)
    if np.count_nonzero(is_high) < 3:
        return None
    place = len(train) - len(recent) + 1 + int(np.flatnonzero(is_high)[0])
    epoch = curves.epochs[place]
    count = np.count_nonzero(is_high)
    return Advice(
        "unsteady",
        epoch.step,
        epoch.epoch,
        f"unsteady since epoch {epoch.epoch:,}",
        f"training loss rose in {count} of the last {len(rises)} epochs, once from "
        f"{value(float(train[place - 1]))} to {value(epoch.train_loss)}",
        "lower the learning rate",
    )


def improving(curves: Curves) -> Advice | None:
    """A run of at least four epochs has ended while its checked loss was still falling.

    The last epoch's is the least, and the last quarter of the epochs, two at least, brought it
    down by 5 % and by 1 % of guessing.
    """
    finished, checked = curves.history.finished, curves.checked
    if finished is None or finished.early or len(checked) < 4:
        return None
    if not np.isfinite(checked).all() or checked[-1] > checked.min():
        return None
    before = len(checked) - 1 - max(2, len(checked) // 4)
    was, now = float(checked[before]), float(checked[-1])
    if was - now < max(0.05 * was, 0.01 * curves.uniform):
        return None
    epoch, from_epoch = curves.epochs[-1], curves.epochs[before].epoch
    return Advice(
        "improving",
        epoch.step,
        epoch.epoch,
        "still improving at the end",
        f"{curves.name} loss {value(was)} after epoch {from_epoch:,}, "
        f"{value(now)} after {epoch.epoch:,}",
        "train for more epochs",
    )


def best(curves: Curves) -> Advice | None:
    """A run that has ended was better before, by half a percentage point of accuracy.

    Half a point is the standard deviation of the accuracy on ten thousand pictures at its largest;
    on fewer, twice that deviation for their number is asked for.
    """
    if curves.history.finished is None:
        return None
    accuracies = [epoch.validation_accuracy for epoch in curves.epochs]
    place = int(np.argmax(accuracies)) if accuracies else 0
    if not accuracies or place == len(accuracies) - 1:
        return None
    best, last = accuracies[place], accuracies[-1]
    count = int(curves.epochs[place].confusion.sum())
    deviation = math.sqrt(best * (1 - best) / count) if count else 0.0
    if best - last < max(0.005, 2 * deviation):
        return None
    epoch = curves.epochs[place]
    return Advice(
        "best",
        epoch.step,
        epoch.epoch,
        f"epoch {epoch.epoch:,} was the best",
        f"{curves.name} accuracy {100 * best:.2f} %, and {100 * last:.2f} % at the end",
        "take the weights of that epoch",
    )
