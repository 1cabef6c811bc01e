import json

import numpy as np
import pytest

from studio.errors import SettingError
from studio.filters.chain import Chain, Step, make_filter, parse_step
from studio.filters.gradient import Sobel
from studio.filters.linear import Convolution
from studio.filters.rank import Median
from studio.filters.tone import Grey

PIXELS = np.random.default_rng(0).integers(0, 256, (11, 12, 3), np.uint8)


def chain(*texts):
    return Chain(steps=tuple(map(parse_step, texts)))


def test_steps_follow_one_another():
    done = chain("grey", "median radius=2", "sobel output=x").run(PIXELS)
    wanted = Sobel(output="x").apply(Median(radius=2).apply(Grey().apply(PIXELS)))
    np.testing.assert_array_equal(done, wanted)


def test_a_step_that_is_off_passes_the_picture_through():
    steps = chain("grey", "median radius=2", "sobel").steps
    off = Chain(steps=(steps[0], steps[1].change(on=False), steps[2]))
    np.testing.assert_array_equal(off.run(PIXELS), chain("grey", "sobel").run(PIXELS))
    assert [off.stage(step) for step in range(3)] == [1, 1, 2]


def test_no_steps_give_the_picture():
    np.testing.assert_array_equal(Chain().run(PIXELS), PIXELS)


def test_json_and_back():
    kept = chain("grey", 'convolution kernel="1 2; 3 4" flip=yes scale=-0.5', "sobel")
    kept = kept.change(steps=(*kept.steps[:-1], kept.steps[-1].change(on=False)))
    text = json.dumps(kept.model_dump(mode="json"))
    assert Chain.build(json.loads(text)) == kept
    assert json.loads(text)["steps"][0] == {"filter": {"kind": "grey"}, "on": True}
    assert Chain.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize(
    ("text", "filtering"),
    [
        ("median radius=2", Median(radius=2)),
        ("  median   radius=2  border=wrap ", Median(radius=2, border="wrap")),
        ("grey", Grey()),
        ("sobel output=magnitude", Sobel(output="magnitude")),
        ("convolution kernel=sharpen", Convolution(kernel="sharpen")),
        ("convolution kernel='1 0; 0 1' flip=true", Convolution(kernel="1 0; 0 1", flip=True)),
        ('convolution kernel="1/9 1/9" offset=-3.5', Convolution(kernel="1/9 1/9", offset=-3.5)),
    ],
)
def test_a_step_as_text(text, filtering):
    assert parse_step(text) == Step(filter=filtering)


@pytest.mark.parametrize(
    ("text", "message", "field"),
    [
        ("", "names no filter.*as in: median radius=2", ""),
        ("blur", "no filter 'blur'. The filters are: .*convolution, ", ""),
        ("median radius=0", "median: radius can't be '0'.*at least 1 and at most 63", "radius"),
        ("median radius=two", "median: radius can't be 'two'.*a whole number", "radius"),
        ("median size=3", "median: there is no setting 'size'. The settings are: radius", "size"),
        ("median 3", "median: '3' has no value. Write it as radius=VALUE", "3"),
        ("median radius=1 radius=2", "median: radius is given twice", "radius"),
        ("sobel output=z", "sobel: output can't be 'z'.*one of x, y, magnitude", "output"),
        ("convolution kernel=blur", "convolution: kernel: 'blur' is neither", "kernel"),
        ("convolution kernel='1 2", "a quote isn't closed", ""),
        ("grey x=1", "grey: there is no setting 'x'. The settings are: none", "x"),
    ],
)
def test_a_wrong_step_is_named(text, message, field):
    with pytest.raises(SettingError, match=message) as caught:
        parse_step(text)
    assert caught.value.field == field


@pytest.mark.parametrize("kept", [{"kind": "nothing"}, {}, {"kind": "median", "radius": 99}])
def test_a_wrong_file_is_refused(kept):
    with pytest.raises(SettingError):
        Chain.build({"steps": [{"filter": kept}]})


def test_make_filter_without_values_takes_the_defaults():
    assert make_filter("median") == Median()
