"""The icons' files: drawn in one colour, 20 units wide, strokes of 1.5 with round ends."""

from functools import cache

from studio.paths import RESOURCES


def svg(name: str, colour: str) -> bytes:
    """An icon's drawing with its strokes in `colour`, as `#RRGGBB`."""
    return _drawing(name).replace(b"currentColor", colour.encode())


@cache
def _drawing(name: str) -> bytes:
    return (RESOURCES / "icons" / f"{name}.svg").read_bytes()
