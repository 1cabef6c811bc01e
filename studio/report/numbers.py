"""Numbers as a report writes them: a real minus, thousands apart, no digits that mean nothing."""

import math

NONE = "–"


def percent(share: float | None) -> str:
    """Two decimals; a dash where there is nothing to count, never 100 % for less than all."""
    if share is None or not math.isfinite(share):
        return NONE
    if 0.9999 < share < 1:
        return "99.99\N{NO-BREAK SPACE}%"
    return f"{100 * share:.2f}\N{NO-BREAK SPACE}%"


def figure(value: float | None) -> str:
    """A loss, a rate or a norm, with four figures."""
    if value is None:
        return NONE
    if not math.isfinite(value):
        return "not finite"
    return f"{value + 0.0:.4g}".replace("-", "−")


def counted(number: int, one: str, more: str = "") -> str:
    """``1 picture``, ``1,234 pictures``."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def duration(seconds: float) -> str:
    """``41.3 s``, ``4 min 10 s``, ``2 h 5 min``."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
