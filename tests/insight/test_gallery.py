"""Many pictures: one in memory at a time, each ending in its classes or a reason."""

import weakref

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import ModelError, PictureError
from studio.image.picture import Picture
from studio.insight.answers import answer_values, percent
from studio.insight.gallery import (
    Answered,
    Looked,
    Unreadable,
    answer_pictures,
    small_copy,
)
from studio.nets import Size
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.model import Card, Model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing


@pytest.fixture
def model():
    """Logits are three weights times the mean of the picture."""
    layers = (Flatten(), Dense(units=3, bias=False))
    return Model(
        Card(
            network=Network(input=Size(1, 1, 1), classes=("a", "b", "c"), layers=layers),
            preprocessing=Preprocessing(size=(1, 1), channels=1, mean=(0,), std=(1,)),
        ),
        {"dense1.weight": np.array([[1.0], [2.0], [-1.0]], np.float32)},
    )


def grey(value, name=""):
    return Picture(np.full((3, 5, 1), value, np.uint8), name=name)


def broken():
    raise PictureError("broken.png is damaged")


def test_answers_are_those_of_one_large_batch(model):
    pictures = [grey(value) for value in range(0, 256, 3)]
    readers = [lambda picture=picture: picture for picture in pictures]
    events = list(answer_pictures(model, readers))
    assert [event.number for event in events] == list(range(len(pictures)))
    values = np.stack([model.card.preprocessing.apply(picture) for picture in pictures])
    at_once = answer_values(model, values, 5, model.module())
    for event, expected in zip(events, at_once, strict=True):
        assert [each.class_name for each in event.answers] == [e.class_name for e in expected]
        found = [each.probability for each in event.answers]
        assert found == pytest.approx([each.probability for each in expected], abs=1e-6)


def test_what_cannot_be_read_takes_nothing_else_along(model):
    no_number = Picture(np.full((1, 1, 1), np.nan, np.float32), name="nan.tiff")
    readers = [lambda: grey(0), broken, lambda: no_number, lambda: grey(255)]
    events = {event.number: event for event in answer_pictures(model, readers)}
    assert sorted(events) == [0, 1, 2, 3]
    assert isinstance(events[1], Unreadable)
    assert str(events[1].error) == "broken.png is damaged"
    assert isinstance(events[2], Unreadable)
    assert "nan.tiff" in str(events[2].error)
    assert isinstance(events[0], Answered)
    assert events[3].answers[0].class_name == "b"


def test_one_picture_is_in_memory_at_a_time(model):
    alive = weakref.WeakSet()
    most = []

    def read():
        most.append(len(alive))
        picture = grey(9)
        alive.add(picture)
        return picture

    assert len(list(answer_pictures(model, [read] * 50, thumbnail=2))) == 100
    assert max(most) == 0


def test_pictures_are_read_as_they_are_needed(model):
    read = []

    def reader(number):
        read.append(number)
        return grey(number)

    events = answer_pictures(model, (lambda n=n: reader(n) for n in range(1000)), thumbnail=1)
    first = next(events)
    assert isinstance(first, Looked)
    assert read == [0]
    events.close()


def test_each_is_looked_at_before_it_is_answered(model):
    events = list(answer_pictures(model, [lambda: grey(7)] * 3, thumbnail=2))
    order = [(type(event).__name__, event.number) for event in events]
    assert order.index(("Looked", 2)) < order.index(("Answered", 2))
    looked = next(event for event in events if isinstance(event, Looked))
    assert looked.words == "5 × 3, grey, 8-bit"
    np.testing.assert_array_equal(looked.thumbnail, np.full((2, 2, 3), 7))


def test_nothing_gives_nothing(model):
    assert list(answer_pictures(model, [])) == []


def test_a_model_without_classes_is_refused(model):
    card = model.card.change(network=model.card.network.change(classes=()))
    with pytest.raises(ModelError, match="names no classes"):
        list(answer_pictures(Model(card, model.weights), [lambda: grey(1)]))


@pytest.mark.parametrize(("height", "width"), [(40, 90), (90, 40), (80, 80)])
def test_small_copies_are_the_middle_by_area(height, width):
    noise = np.random.default_rng(2).integers(0, 256, (height, width, 3), np.uint8)
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = np.ascontiguousarray(noise[top : top + side, left : left + side])
    expected = cv2.resize(middle, (10, 10), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(small_copy(Picture(noise), 10), expected)


def test_small_copies_never_grow_and_are_their_own():
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    small = small_copy(Picture(pixels), 40)
    np.testing.assert_array_equal(small, pixels)
    assert not np.shares_memory(small, pixels)


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)])
def test_small_copies_lie_on_white(dtype, white):
    black = np.zeros((2, 2, 3), dtype)
    alpha = np.array([[0, white], [white, 0]], dtype)
    small = small_copy(Picture(black, alpha), 2)
    np.testing.assert_array_equal(small[..., 0], [[255, 0], [0, 255]])


@given(st.floats(0, 1))
def test_a_probability_is_never_rounded_to_certainty(probability):
    words = percent(probability)
    assert not words.startswith(("0.0", "100"))
    number = float(words.strip("<> %"))
    assert number == pytest.approx(100 * probability, abs=0.1)
    assert words.startswith(">") == (probability >= 0.9995)
    assert words.startswith("<") == (probability < 0.0005)
