"""The parts of a report: markup, numbers, charts, and colours that can be read."""

import math
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.paths import RESOURCES
from studio.report.chart import Chart, Line, Mark
from studio.report.curves import Curve, charts_beside, charts_of
from studio.report.markup import page, tag
from studio.report.matrix import confusion_section
from studio.report.numbers import counted, duration, figure, percent
from studio.training.advice import advise
from studio.training.events import Epoch, Started, Step
from studio.training.history import History


class Text(HTMLParser):
    def __init__(self, data):
        super().__init__()
        self.found, self.attributes = [], []
        self.feed(data.decode())

    def handle_data(self, data):
        self.found.append(data)

    def handle_starttag(self, tag, attributes):
        self.attributes += [value for name, value in attributes if name == "title"]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_text_comes_back(text):
    found = Text(page("x", tag("p", text, title=text)))
    assert text in found.attributes or text in ("\ufffe", "\uffff") or "\uffff" in text
    assert "".join(found.found).count(text) >= 1 or {"\ufffe", "\uffff"} & set(text)


def test_what_no_page_may_hold_is_replaced():
    data = page("x", tag("p", "a\x00b\udc80c\x1bd"))
    assert "a\ufffdb\ufffdc\ufffdd" in Text(data).found


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (percent(0.5), "50.00\xa0%"),
        (percent(0.99999), "99.99\xa0%"),
        (percent(1), "100.00\xa0%"),
        (percent(None), "–"),
        (percent(math.nan), "–"),
        (figure(-0.00012345), "−0.0001234"),
        (figure(1e-7), "1e−07"),
        (figure(-0.0), "0"),
        (figure(math.inf), "not finite"),
        (counted(1, "run"), "1 run"),
        (counted(1234, "run"), "1,234 runs"),
        (duration(41.26), "41.3 s"),
        (duration(250), "4 min 10 s"),
        (duration(7500), "2 h 5 min"),
    ],
)
def test_numbers(found, expected):
    assert found == expected


# Charts


def numbers(element, kind):
    """The coordinates of a path, one list for each stretch."""
    path = next(one for one in element.iter("path") if kind in one.get("class"))
    stretches = re.findall(r"M[^M]*", path.get("d"))
    points = [[tuple(map(float, p.split())) for p in re.split("[ML]", s)[1:]] for s in stretches]
    return points


def test_a_line_is_where_its_values_are():
    values = np.array([1.0, 3.0, 2.0, 0.0])
    chart = Chart("Loss", [Line("test", np.arange(1.0, 5), values, end="1")], across=4)
    (points,) = numbers(chart.draw(), "line")
    across = [right[0] - left[0] for left, right in pairwise(points)]
    assert across == pytest.approx([across[0]] * 3, abs=0.11)
    heights = [-y for _, y in points]
    scaled = (np.array(heights) - heights[3]) / (heights[1] - heights[3]) * 3
    assert scaled == pytest.approx(values, abs=0.01)


def test_what_is_not_finite_is_a_gap():
    values = np.array([1.0, 2.0, math.nan, 1.0, math.inf])
    chart = Chart("Loss", [Line("test", np.arange(1.0, 6), values, end="1")], across=5)
    assert [len(points) for points in numbers(chart.draw(), "line")] == [2, 1]


def test_a_value_beyond_the_ceiling_stays_on_the_chart():
    values = np.array([2.0, 1e9, 1.0])
    line = Line("test", np.arange(1.0, 4), values, end="1")
    chart = Chart("Loss", [line], [Mark(2, 1e9, "here")], across=3, ceiling=6.9)
    (points,) = numbers(chart.draw(), "line")
    assert all(0 <= y <= 300 for _, y in points)
    assert points[0][1] - points[1][1] > 100
    assert "here" in [one.text for one in chart.draw().iter("text")]


def test_a_logarithmic_chart_puts_decades_at_one_distance():
    line = Line("a", np.arange(1.0, 5), np.array([1e-3, 1e-2, 1e-1, 1.0]), end="1")
    (points,) = numbers(Chart("Norms", [line], across=4, is_logarithmic=True).draw(), "line")
    steps = [left[1] - right[1] for left, right in pairwise(points)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.11)


def test_each_epoch_tells_its_values():
    lines = [
        Line("1 a", np.array([1.0, 2]), np.array([0.5, 0.75]), end="1"),
        Line("2 b", np.array([1.0]), np.array([0.25]), colour=2, end="2"),
    ]
    drawn = Chart("Accuracy", lines, across=2, is_share=True).draw()
    bands = [one.find("title").text for one in drawn.iter("rect")]
    assert bands == [
        "Epoch 1\n1 a: 50.00\xa0%\n2 b: 25.00\xa0%",
        "Epoch 2\n1 a: 75.00\xa0%",
    ]


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40),
    st.booleans(),
    st.booleans(),
)
def test_any_values_are_drawn_inside(values, is_share, is_logarithmic):
    line = Line("a", np.arange(1.0, len(values) + 1), np.array(values, float), end="1")
    chart = Chart("X", [line], (), max(1, len(values)), 7.0, is_share, is_logarithmic)
    with np.errstate(all="ignore"):
        drawn = chart.draw()
    for part in drawn.iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy"):
            if part.get(name) is not None:
                assert -30 <= float(part.get(name)) <= 600


def history_of(epochs, per_epoch=10, last=math.nan):
    history = History()
    history.add(
        Started(
            settings={"loss": "cross_entropy", "epochs": epochs},
            device="CPU",
            train_count=100,
            test_count=100,
            weights=1,
            steps=epochs * per_epoch,
            classes=("a", "b"),
        )
    )
    for step in range(1, epochs * per_epoch + 1):
        loss = last if step == epochs * per_epoch else 1 / step
        history.add(Step(step, 1 + (step - 1) // per_epoch, loss, 0.5, 0.1, 10.0))
    for number in range(1, epochs):
        confusion = np.array([[30, 20], [10, 40]])
        history.add(Epoch(number, number * per_epoch, 0.6, 0.6, 0.6, 0.7, 1.0, confusion))
    return history


def test_a_run_s_charts_mark_where_it_diverged():
    history = history_of(3, last=math.inf)
    said = advise(history)
    assert [one.kind for one in said] == ["diverged"]
    drawn = charts_of(history, said)
    assert len(list(drawn.iter("figure"))) == 3
    finite = history_of(3, last=0.1)
    assert len(list(charts_of(finite, ()).iter("figure"))) == 3
    assert charts_of(History(), ()) is None


def test_long_runs_have_short_charts():
    history = history_of(2, per_epoch=20_000, last=0.1)
    points = numbers(next(charts_of(history, ()).iter("figure")), "thin")
    assert sum(map(len, points)) == 240


def test_many_runs_have_each_their_number():
    curves = [Curve(number, f"run <{number}>", history_of(3)) for number in range(1, 9)]
    drawn = charts_beside([*curves, Curve(9, "not begun", History())])
    ends = [one for one in drawn.iter("text") if one.get("class") == "number"]
    assert sorted({one.text for one in ends}) == [str(number) for number in range(1, 9)]
    for chart in drawn.iter("svg"):
        heights = [float(one.get("y")) for one in chart.iter("text") if one.get("class")]
        assert np.diff(sorted(heights)).min() >= 12.9
    assert charts_beside([]) is None


# The matrix


def test_many_classes_are_a_picture_and_a_folded_table():
    confusion = np.eye(100, dtype=int) * 9
    confusion[3, 5] = 7
    names = [f"class {number}" for number in range(100)]
    parts = tag("div", confusion_section(confusion, names))
    assert next(parts.iter("img")).get("src").startswith("data:image/png")
    assert "class 3 as class 5: 7 (43.75\xa0%)" in "".join(parts.itertext())
    assert next(parts.iter("details")).find("summary").text == "All 100 classes"


def test_empty_classes_are_said():
    parts = tag("div", confusion_section(np.array([[0, 0], [0, 4]]), ("a", "b")))
    assert "a (no pictures, never answered)" in list(parts.itertext())
    assert "Nothing is confused." in list(parts.itertext())


def luminance(colour):
    """Relative luminance of the Web Content Accessibility Guidelines."""
    parts = np.asarray(colour, float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes():
    style = (RESOURCES / "report.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    found = []
    for text in (light, dark):
        values = dict(re.findall(r"--([\w-]+): ([^;]+);", text))
        found.append(
            {
                name: tuple(bytes.fromhex(value[1:]))
                if value.startswith("#")
                else tuple(map(int, value.split()))
                for name, value in values.items()
            }
        )
    return found


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark"])
def test_everything_can_be_read(scheme):
    for text in ("text", "text2", "text3", "accent"):
        assert contrast(scheme[text], scheme["window"]) >= 4.5
    for ground in ("warning-ground", "error-ground", "panel"):
        assert contrast(scheme["text"], scheme[ground]) >= 4.5
    for number in range(1, 7):
        assert contrast(scheme[f"run{number}"], scheme["window"]) >= 3
    for share in (0.12, 0.44):
        for colour in ("cold", "warm"):
            cell = share * np.array(scheme[colour]) + (1 - share) * np.array(scheme["window"])
            assert contrast(scheme["text"], cell) >= 4.5
