"""Every filter there is, in every variety that tests of all filters go through."""

import numpy as np
import pytest

from studio.declare import options
from studio.filters import FILTERS

DEPTHS = ("uint8", "uint16", "float32")

# What a setting needs beside it to count, or to be allowed.
BESIDE = {
    (kind, name): beside
    for kind in ("max_pool", "mean_pool")
    for name, beside in (("border", {"window": 3, "pad": 1}), ("pad", {"window": 6}))
}
BESIDE["padding", "border"] = {"pad": 3}
BESIDE["non_local_means", "border"] = {"search": 2}


def variants(kind):
    """The filter as it comes, with each choice of each setting, and at its bounds."""
    yield {}
    for setting in options(FILTERS[kind]):
        beside = BESIDE.get((kind, setting.name), {})
        yield from ({**beside, setting.name: choice} for choice in setting.choices)
        if setting.kind == "switch":
            yield {setting.name: not setting.default}
        if setting.kind == "integer":
            number = int(min(setting.high, 3)) if setting.default >= 0 else 0
            yield {**beside, setting.name: number}
    if kind == "convolution":
        yield {"kernel": "gaussian size=8 sigma=2", "dilation": 2}
        yield {"kernel": "box size=7", "flip": True, "stride": 2, "border": "zero"}
        yield {"kernel": "1 2 3 4; 0 0 -7 1"}
        yield {"kernel": "1 2 3 4; 0 0 -7 1", "flip": True, "result": "same"}
    if kind == "max_pool":
        yield {"window": 3, "stride": 1, "pad": 1, "dilation": 2}
    if kind == "padding":
        yield {"sides": "each", "top": 2, "left": 5, "right": 1, "border": "mirror"}
    if kind in ("erode", "dilate", "open", "close"):
        yield {"shape": "disc", "radius": 9, "border": "constant", "border_value": 0.5}
        yield {"shape": "disc", "radius": 9, "border": "wrap"}


EACH = [
    pytest.param(kind, values, id=f"{kind}-{'-'.join(map(str, values.values()))}")
    for kind in FILTERS
    for values in variants(kind)
]
WITH_BORDER = [each for each in EACH if each.values[1].get("border") != "valid"]


def pixels(shape=(9, 11, 3), depth="uint8"):
    values = np.random.default_rng(0).random(shape)
    return (values * {"uint8": 255, "uint16": 65535, "float32": 1}[depth]).astype(depth)
