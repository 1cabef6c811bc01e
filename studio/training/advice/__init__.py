"""What a run's curves say, in words: each from a stated rule, none without evidence on them."""

from studio.training.advice.curves import Advice, Curves
from studio.training.advice.learning import best, improving, over_fitting, unsteady
from studio.training.advice.stuck import diverged, unmoved, vanishing
from studio.training.history import History

__all__ = ["Advice", "advise"]


def advise(history: History) -> tuple[Advice, ...]:
    """What the curves of a run show so far, the gravest first.

    A run that diverged, or that learns nothing, gets that one warning: all others would follow
    from it. The rules and the reasons for their constants stand at the functions below.
    """
    if history.started is None:
        return ()
    curves = Curves(history)
    grave = diverged(curves) or unmoved(curves)
    if grave:
        why = vanishing(curves) if grave.kind == "unmoved" else None
        return (grave, why) if why else (grave,)
    rules = (over_fitting, unsteady, vanishing, improving, best)
    return tuple(found for rule in rules if (found := rule(curves)))
