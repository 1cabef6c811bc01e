"""What holds for every filter there is, found as the studio finds them."""

import json

import numpy as np
import pytest

from studio.declare import options
from studio.filters import FILTERS
from studio.filters.base import NeighbourhoodFilter, Reach, pad
from studio.filters.chain import Chain, Step

DEPTHS = ("uint8", "uint16", "float32")


def variants(kind):
    """The filter as it comes, with each choice of each setting, and at its bounds."""
    yield {}
    for setting in options(FILTERS[kind]):
        yield from ({setting.name: choice} for choice in setting.choices)
        if setting.kind == "switch":
            yield {setting.name: not setting.default}
        if setting.kind == "integer":
            yield {setting.name: int(min(setting.high, 3))}
    if kind == "convolution":
        yield {"kernel": "1 2 3 4; 0 0 -7 1"}
        yield {"kernel": "1 2 3 4; 0 0 -7 1", "flip": True, "result": "same"}


EACH = [
    pytest.param(kind, values, id=f"{kind}-{'-'.join(map(str, values.values()))}")
    for kind in FILTERS
    for values in variants(kind)
]
WITH_BORDER = [each for each in EACH if each.values[1].get("border") != "valid"]


def pixels(shape=(9, 11, 3), depth="uint8"):
    values = np.random.default_rng(0).random(shape)
    return (values * {"uint8": 255, "uint16": 65535, "float32": 1}[depth]).astype(depth)


@pytest.mark.parametrize(("kind", "values"), EACH)
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("channels", [1, 3])
def test_size_depth_and_input(kind, values, depth, channels):
    filtering = FILTERS[kind](**values)
    given = pixels((9, 11, channels), depth)
    before = given.copy()
    out = filtering.apply(given)
    np.testing.assert_array_equal(given, before, err_msg="the input was changed")
    top, bottom, left, right = filtering.reach
    smaller = getattr(filtering, "border", "") == "valid"
    expected = (9 - top - bottom, 11 - left - right) if smaller else (9, 11)
    assert out.shape[:2] == expected
    assert out.ndim == 3
    assert out.shape[2] in (1, channels)
    assert out.dtype in (depth, "float32")
    assert np.isfinite(out).all()


@pytest.mark.parametrize(("kind", "values"), WITH_BORDER)
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 1)])
def test_the_smallest_pictures(kind, values, shape):
    for depth in DEPTHS:
        assert FILTERS[kind](**values).apply(pixels((*shape, 3), depth)).shape[:2] == shape


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_nothing_beyond_its_reach_counts(kind, values):
    filtering = FILTERS[kind](**values)
    given = pixels((15, 17, 1), "uint16")
    y, x = 7, 8
    top, bottom, left, right = filtering.reach
    changed = 65535 - given
    window = slice(y - top, y + bottom + 1), slice(x - left, x + right + 1)
    changed[window] = given[window]
    inset = (top, left) if getattr(filtering, "border", "") == "valid" else (0, 0)
    at = y - inset[0], x - inset[1]
    np.testing.assert_array_equal(filtering.apply(changed)[at], filtering.apply(given)[at])


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_a_padded_picture_gives_the_whole(kind, values):
    """`compute` is the whole filter: what runs in strips is what `apply` gives."""
    filtering = FILTERS[kind](**values)
    if not isinstance(filtering, NeighbourhoodFilter):
        assert filtering.reach == Reach(0, 0, 0, 0)
        return
    given = pixels((14, 9, 3), "uint8")
    padded = pad(given, filtering.reach, filtering.border)
    whole = filtering.apply(given)
    np.testing.assert_allclose(filtering.compute(padded), whole, rtol=1e-6)
    reach = filtering.reach
    strips = [
        filtering.compute(padded[row : row + 4 + reach.top + reach.bottom])
        for row in range(0, len(whole), 4)
    ]
    np.testing.assert_allclose(np.concatenate(strips), whole, rtol=1e-6)


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_json_and_back(kind, values):
    chain = Chain(steps=(Step(filter=FILTERS[kind](**values)),))
    text = json.dumps(chain.model_dump(mode="json"))
    again = Chain.build(json.loads(text))
    assert again == chain
    assert again.steps[0].filter.kind == kind


@pytest.mark.parametrize("kind", FILTERS)
def test_it_explains_itself(kind):
    filtering = FILTERS[kind]
    assert filtering.title[0].isupper()
    assert filtering.summary.endswith(".")
    assert filtering.formula
    assert any(part.isdigit() for part in filtering.source) or "chapter" in filtering.source
    for setting in options(filtering):
        assert setting.label
        assert setting.help[0].isupper(), setting.name
        assert setting.help.endswith("."), setting.name
        assert len(setting.help.split()) >= 4, setting.name


def test_the_kinds_are_named_once():
    assert {"convolution", "grey", "median", "prewitt", "sobel"} <= set(FILTERS)
    assert all(FILTERS[kind].kind == kind for kind in FILTERS)
