"""A chain gives the same wherever, whenever and on however many cores it is computed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import SettingError
from studio.filters.chain import Chain, parse_step
from studio.filters.cutting import Box
from studio.filters.evaluation import Evaluation
from studio.filters.threads import each

PIXELS = np.random.default_rng(3).integers(0, 256, (300, 700, 3), dtype=np.uint8)


def filters(*texts):
    return tuple(parse_step(text).filter for text in texts)


LONG = filters(
    "convolution kernel=gaussian-5 border=wrap",
    "median radius=2 border=mirror",
    "grey",
    "sobel output=x border=valid",
    "convolution kernel=sharpen border=constant border_value=9",
)


@pytest.fixture(scope="module")
def whole():
    pixels = PIXELS
    for one in LONG:
        pixels = Evaluation((one,), pixels, workers=1).whole()
    return pixels


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_number_of_cores_changes_nothing(whole, workers):
    np.testing.assert_array_equal(Evaluation(LONG, PIXELS, workers=workers).whole(), whole)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_part_of_any_chain(whole, data):
    evaluation = Evaluation(LONG, PIXELS)
    for kept in data.draw(st.sets(st.integers(1, len(LONG)))):
        evaluation.keep((kept,), room=10**6 * kept)
    height, width = evaluation.size()
    for _ in range(3):
        top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        bottom = data.draw(st.integers(top + 1, height))
        right = data.draw(st.integers(left + 1, width))
        part = evaluation.get(Box(top, bottom, left, right))
        np.testing.assert_array_equal(part, whole[top:bottom, left:right])


def test_the_sizes_are_known_before_anything_is_computed():
    evaluation = Evaluation(LONG, PIXELS)
    assert [evaluation.size(stage) for stage in range(6)] == [(300, 700)] * 4 + [(298, 698)] * 2


def test_what_is_kept_is_computed_once(monkeypatch):
    counted = []
    kind = type(LONG[1])
    compute = kind.compute
    monkeypatch.setattr(kind, "compute", lambda self, p: counted.append(p.top) or compute(self, p))
    evaluation = Evaluation(LONG, PIXELS)
    evaluation.keep((2,), room=10**6)
    counted.clear()
    evaluation.whole()
    first = len(counted)
    evaluation.whole()
    assert len(counted) == first > 0
    changed = (*LONG[:4], *filters("convolution kernel=box-3"))
    Evaluation(changed, PIXELS, like=evaluation).whole()
    assert len(counted) == first, "the stages before the change are taken over"
    Evaluation(changed, PIXELS.copy(), like=evaluation).whole()
    assert len(counted) > first, "another picture shares nothing"


def test_room_is_a_limit():
    evaluation = Evaluation(filters("grey", "median"), PIXELS)
    evaluation.keep((1,), room=300 * 700 - 1)
    assert evaluation.kept() == ()
    evaluation.keep((1,), room=300 * 700)
    assert evaluation.kept() == (1,)


def test_a_part_asked_for_by_many_threads_at_once(whole):
    evaluation = Evaluation(LONG, PIXELS)
    evaluation.keep((2,), room=10**7)
    box = Box(0, 298, 0, 698)
    for _, part in each(lambda _: evaluation.get(box), range(12), 6):
        np.testing.assert_array_equal(part, whole)


def test_a_picture_too_small_names_the_step():
    chain = Chain(steps=tuple(map(parse_step, ("grey", "sobel", "median border=valid radius=9"))))
    chain = chain.change(steps=(chain.steps[0].change(on=False), *chain.steps[1:]))
    with pytest.raises(SettingError, match="19 × 19 doesn't fit into a picture of 8 × 900") as e:
        chain.evaluate(np.zeros((8, 900, 1), np.uint8))
    assert e.value.step == 2
    assert e.value.field == "border"


def test_filling_tells_how_far_it_is():
    shares = list(Evaluation(LONG, PIXELS).filling())
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_closing_begins_nothing_more():
    begun = []
    work = each(lambda item: begun.append(item), range(100), 2)
    next(work)
    work.close()
    assert len(begun) <= 4


def test_an_error_in_a_piece_comes_out():
    def fail(item):
        if item == 3:
            raise ValueError(item)

    with pytest.raises(ValueError, match="3"):
        list(each(fail, range(9), 2))


@pytest.mark.parametrize(
    ("spec", "pieces"), [("sobel output=x", 1), ("invert", 1), ("sobel output=magnitude", 10)]
)
def test_a_light_filter_is_one_call(spec, pieces, monkeypatch):
    """Where memory takes longer than arithmetic, cutting would only add to it."""
    (one,) = filters(spec)
    kind, calls = type(one), []
    compute = kind.compute
    monkeypatch.setattr(kind, "compute", lambda self, p: calls.append(p.top) or compute(self, p))
    pixels = np.zeros((2000, 1000, 3), np.uint8)
    evaluation = Evaluation((one,), pixels, workers=2)
    evaluation.first()
    calls.clear()
    evaluation.whole()
    assert len(calls) >= pieces if pieces > 1 else len(calls) == 1
