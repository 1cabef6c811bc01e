"""What is said while data is being made ready."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preparing:
    """Data or a network is being made ready; `fraction` is None while nobody can tell."""

    what: str
    fraction: float | None = None
