"""What holds for every filter there is, found as the studio finds them."""

import json

import numpy as np
import pytest
from variants import DEPTHS, EACH, WITH_BORDER, pixels

from studio.declare import options
from studio.errors import SettingError
from studio.filters import FILTERS
from studio.filters.chain import Chain, Step
from studio.filters.cutting import Box
from studio.filters.evaluation import Evaluation


@pytest.mark.parametrize(("kind", "values"), EACH)
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("channels", [1, 3])
def test_size_depth_and_input(kind, values, depth, channels):
    filtering = FILTERS[kind](**values)
    given = pixels((9, 11, channels), depth)
    before = given.copy()
    out = filtering.apply(given)
    np.testing.assert_array_equal(given, before, err_msg="the input was changed")
    assert out.shape[:2] == filtering.size(9, 11)
    assert out.ndim == 3
    assert out.shape[2] in (1, channels)
    assert out.dtype in (depth, "float32")
    assert np.isfinite(out).all()


@pytest.mark.parametrize(("kind", "values"), WITH_BORDER)
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 1)])
def test_the_smallest_pictures(kind, values, shape):
    filtering = FILTERS[kind](**values)
    smaller = tuple(-(-n // step) for n, step in zip(shape, filtering.strides, strict=True))
    if filtering.family == "Resample":
        try:
            smaller = filtering.size(*shape)
        except SettingError:
            pytest.skip("the window doesn't fit")
    for depth in DEPTHS:
        assert filtering.apply(pixels((*shape, 3), depth)).shape[:2] == smaller


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_nothing_beyond_its_reach_counts(kind, values):
    filtering = FILTERS[kind](**values)
    if filtering.needs_all or filtering.measures:
        pytest.skip("looks at the whole picture")
    given = pixels((15, 17, 1), "uint16")
    (down, across), reach, padding = filtering.strides, filtering.reach, filtering.padding
    place = 7 // down, 8 // across
    y = place[0] * down + reach.top - padding.top
    x = place[1] * across + reach.left - padding.left
    window = (
        slice(max(0, y - reach.top), y + reach.bottom + 1),
        slice(max(0, x - reach.left), x + reach.right + 1),
    )
    changed = 65535 - given
    changed[window] = given[window]
    np.testing.assert_array_equal(filtering.apply(changed)[place], filtering.apply(given)[place])


@pytest.mark.parametrize(("kind", "values"), EACH)
@pytest.mark.parametrize("depth", DEPTHS)
def test_pieces_are_the_whole(kind, values, depth):
    """To the last bit, wherever a picture is cut; wide enough for whole blocks of a row."""
    filtering = FILTERS[kind](**values)
    given = pixels((37, 211, 3), depth)
    at_once = Evaluation((filtering,), given, workers=1)
    whole = at_once.whole()
    height, width = whole.shape[:2]
    pieces = Evaluation((filtering,), given)
    list(pieces.prepare())
    random = np.random.default_rng(1)
    for _ in range(12):
        top, bottom = np.sort(random.choice(height + 1, 2, replace=False))
        left, right = np.sort(random.choice(width + 1, 2, replace=False))
        piece = pieces.get(Box(top, bottom, left, right))
        np.testing.assert_array_equal(piece, whole[top:bottom, left:right])


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
