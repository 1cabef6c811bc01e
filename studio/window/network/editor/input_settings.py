"""What a network is given and what it tells apart, as settings of a form."""

from typing import Literal

from pydantic import field_validator

from studio.declare import Declared, option
from studio.nets.layer import Size
from studio.nets.network import Network

_LARGEST = 4096  # side of a picture; the window computes maps of it


class InputSettings(Declared):
    """The parts of a network that are no layers."""

    title: str = option("My network", "Name", "What the network is called.")
    channels: Literal["1", "3"] = option(
        "3", "Picture", "What it is given.", names={"1": "Grey", "3": "Colour"}
    )
    rows: int = option(32, "Rows", "Height of the picture.", low=1, high=_LARGEST, unit="pixels")
    columns: int = option(
        32, "Columns", "Width of the picture.", low=1, high=_LARGEST, unit="pixels"
    )
    classes: str = option(
        "", "Classes", "What its answers stand for: names with commas between them, or nothing."
    )

    @field_validator("title")
    @classmethod
    def _named(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("a network needs a name")
        return title.strip()


def settings_of(network: Network) -> InputSettings:
    """What the form shows for a network."""
    channels, rows, columns = network.input
    return InputSettings.build(
        {
            "title": network.title,
            "channels": "1" if channels == 1 else "3",
            "rows": min(rows, _LARGEST),
            "columns": min(columns, _LARGEST),
            "classes": ", ".join(network.classes),
        }
    )


def with_settings(network: Network, settings: InputSettings) -> Network:
    """The network with what a person set."""
    names = tuple(name.strip() for name in settings.classes.split(",") if name.strip())
    size = Size(int(settings.channels), settings.rows, settings.columns)
    return network.change(title=settings.title, input=size, classes=names)
