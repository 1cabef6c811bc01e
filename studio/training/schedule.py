"""The learning rate of each step."""

from studio.training.settings import TrainSettings

_LAST_SHARE = 0.01  # of the learning rate, at the end of the exponential schedule
_RISE = 0.25  # share of the run in which one_cycle rises
_FIRST_SHARE = 0.1  # of the learning rate, at the start of one_cycle


def learning_rate(settings: TrainSettings, step: int, steps: int) -> float:
    """The learning rate of a step.

    With the rate a and t = step / steps, which goes from 0 to almost 1:

    - constant: a
    - exponential: a × 0.01^t
    - one_cycle: from 0.1 a in a straight line to a at t = 0.25, then in another to 0 at t = 1
      (after L. Smith and N. Topin, Super-convergence, 2017)

    Parameters
    ----------
    step : int
        Counted from 0.
    steps : int
        Of the whole run.
    """
    top, t = settings.learning_rate, step / steps
    match settings.schedule:
        case "constant":
            return top
        case "exponential":
            return float(top * _LAST_SHARE**t)
        case "one_cycle":
            if t < _RISE:
                return top * (_FIRST_SHARE + (1 - _FIRST_SHARE) * t / _RISE)
            return top * (1 - t) / (1 - _RISE)
