"""How far a run is, and how it ended, in words."""

from collections.abc import Sequence

from studio.insight.answers import counted
from studio.window.train.runs import Run
from studio.window.translate import tr


def fraction(run: Run) -> float | None:
    """How much of a run, or of what comes before it, is done; None while nobody can tell."""
    history = run.history
    if history.started is None and run.is_active:
        return history.preparing.fraction if history.preparing else None
    return history.fraction


def progress_words(run: Run) -> Sequence[str]:
    """The place, the speed and the time that is left, in words."""
    history = run.history
    if run.state == "new":
        return "", "", ""
    if run.state == "waiting" and history.started is None:
        return tr("Waits for its turn"), "", ""
    if history.started is None:
        preparing = history.preparing
        if run.state == "failed":
            return tr("Failed before the first step"), "", ""
        if not run.is_active:
            return tr("Stopped before the first step"), "", ""
        if run.is_stopping:
            return tr("Stopping"), "", ""
        return (tr(preparing.what) if preparing else tr("Getting ready")), "", ""
    place = tr("step {step} of {steps}").format(
        step=f"{history.steps[-1] if history.steps else 0:,}", steps=f"{history.started.steps:,}"
    )
    speed = tr("{count} pictures/s").format(count=f"{history.speed:,.0f}") if history.speed else ""
    match run.state:
        case "done":
            return place, speed, tr("done in {time}").format(time=duration(history.seconds))
        case "stopped":
            return place, "", tr("stopped")
        case "failed" | "waiting" | "interrupted":
            return place, "", tr(run.state)
        case "elsewhere":
            return place, "", tr("trained elsewhere")
    if run.is_stopping:
        return place, speed, tr("stopping")
    left = history.seconds_left
    words = tr("{time} left").format(time=duration(left)) if left is not None else ""
    return place, speed, tr("paused") if run.state == "paused" else words


def ending_words(run: Run) -> str:
    """How a run ended."""
    match run.state:
        case "done":
            words = tr("{run} is done: {accuracy} of the test pictures right")
            return words.format(run=run.title, accuracy=counted(run.history.test_accuracy or 0.0))
        case "stopped":
            return tr("{run} was stopped").format(run=run.title)
    return tr("{run} failed").format(run=run.title)


def duration(seconds: float) -> str:
    """A time in the units that matter.

    Examples
    --------
    >>> duration(20.6), duration(80), duration(3700)
    ('21 s', '1 min 20 s', '1 h 2 min')
    """
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return tr("{seconds} s").format(seconds=whole)
    if minutes < 60:
        return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
