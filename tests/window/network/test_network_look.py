"""What the Network workspace shows: words, selection, and looks; without a widget."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.image.picture import Picture
from studio.nets.layer import Flat, Size
from studio.nets.model import Model
from studio.nets.network import Network
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS
from studio.window.network.facts import (
    count_words,
    field_words,
    layer_facts,
    reach_words,
    size_words,
    span_words,
    unit_words,
)
from studio.window.network.look import Looker, table
from studio.window.network.selection import Selection, nearest_unit

CONVNET = table(NETWORKS["convnet"])
NAMES = [row.name for row in CONVNET]


# Words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (999, "999"),
        (1000, "1.0 k"),
        (99_949, "99.9 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.0 M"),
        (39_321_600, "39.3 M"),
        (8_589_934_592, "8.6 G"),
        (3 * 10**15, "3000 T"),
    ],
)
def test_counts(count, words):
    assert count_words(count) == words


def test_sizes_and_fields():
    assert size_words(Size(64, 16, 8)) == "64×16×8"
    assert size_words(Flat(1000, 1, 1)) == "1,000"
    assert (field_words((14, 14)), field_words((14, 10))) == ("14", "14×10")
    assert (span_words(-2, 12), span_words(5, 6), span_words(-3, -2)) == ("−2 to 11", "5", "−3")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ((0, 0, 32, 32), ""),
        ((4, 24, 18, 38), "reaches 6 pixels beyond the right edge"),
        ((-1, 3, 4, 8), "reaches 1 pixel beyond the top edge"),
        ((2, -2, 34, 30), "reaches 2 pixels beyond the left and bottom edges"),
        ((-3, -1, 4, 8), "reaches up to 3 pixels beyond the edges"),
        ((-14, -14, 46, 46), "reaches 14 pixels beyond the edges"),
    ],
)
def test_how_far_a_field_reaches(field, words):
    assert reach_words(field, Size(3, 32, 32)) == words


def test_facts_of_a_convolution():
    facts = dict(layer_facts(CONVNET[NAMES.index("conv2")]))
    inputs, outputs = 32 * 16 * 16, 64 * 16 * 16
    dense = inputs * outputs + outputs
    assert facts["Output"] == "64×16×16 = 16,384 values"
    assert facts["Kernel"] == "5 × 5 over all 32 maps"
    assert facts["Padding"] == "2 zeros on every side"
    assert facts["Field moves"] == "2 pixels from unit to unit"
    assert facts["Weights"] == "51,264"
    assert facts["If dense"] == f"{count_words(dense)} weights; these are {5126400 / dense:.2g} %"


def test_facts_of_other_layers():
    pool = dict(layer_facts(CONVNET[NAMES.index("pool1")]))
    assert (pool["Window"], pool["Stride"]) == ("2 × 2 in each map", "moves 2 values")
    assert pool["Padding"] == "none"
    assert dict(layer_facts(CONVNET[NAMES.index("dense1")])) == {
        "Output": "1,000",
        "Weights": "1,025,000",
    }
    assert layer_facts(CONVNET[0]) == [("Size", "3×32×32 = 3,072 values")]


def test_which_unit():
    assert unit_words(CONVNET[1], 21, 27, 48) == "Map 21, row 27, column 48"
    assert unit_words(CONVNET[0], 2, 0, 1) == "Blue, row 0, column 1"
    assert unit_words(table(NETWORKS["lenet5"])[0], 0, 0, 1) == "Grey, row 0, column 1"
    assert unit_words(CONVNET[-1], 3, 0, 0) == "Unit 3"
    assert unit_words(CONVNET[-1], 3, 0, 0, ("a", "b", "c", "cat")) == "Class cat"


# Selection


@given(
    number=st.integers(0, NAMES.index("pool3")),
    y=st.floats(-40, 80, allow_nan=False),
    x=st.floats(-40, 80, allow_nan=False),
)
def test_the_nearest_unit_is_the_nearest(number, y, x):
    row = CONVNET[number]

    def distance(unit, place, axis):
        top, left, bottom, right = row.field_of(*((unit, 0) if axis == 0 else (0, unit)))
        first, end = ((top, bottom), (left, right))[axis]
        return abs((first + end) / 2 - place)

    found = nearest_unit(row, y, x)
    for axis, place in enumerate((y, x)):
        every = [distance(unit, place, axis) for unit in range(row.output[1 + axis])]
        assert every[found[axis]] == pytest.approx(min(every))


def random_maps(rows, seed=0):
    numbers = np.random.default_rng(seed)
    return {row.name: numbers.normal(size=row.output).astype(np.float32) for row in rows}


def test_the_first_unit_is_the_strongest_of_the_first_activation():
    chosen, maps = Selection(), random_maps(CONVNET)
    assert chosen.row is None
    assert chosen.take_rows(CONVNET)
    assert chosen.row.name == "relu1"
    maps["relu1"][7, 3, 30] = 99
    chosen.find_unit(maps)
    assert chosen.unit == (7, 3, 30)
    assert not chosen.take_rows(CONVNET)


def test_a_unit_keeps_its_place_through_other_layers():
    chosen, maps = Selection(), random_maps(CONVNET)
    chosen.take_rows(CONVNET)
    chosen.take_unit(20, 30, 1)
    for name in ("pool3", "dense1", "relu1"):
        assert chosen.take_number(NAMES.index(name))
        chosen.find_unit(maps)
        if name == "pool3":
            assert chosen.unit == (20, 3, 0)
        if name == "dense1":
            assert chosen.unit == (int(maps["dense1"].argmax()), 0, 0)
    assert chosen.unit == (20, 30, 1)


def test_there_is_no_row_before_the_first_or_after_the_last():
    chosen = Selection()
    assert not chosen.take_number(0)
    chosen.take_rows(CONVNET)
    assert not chosen.take_number(-1)
    assert not chosen.take_number(len(CONVNET))
    assert not chosen.take_number(chosen.number)
    assert not chosen.take_number(99)


def test_fewer_maps_take_the_last():
    chosen, maps = Selection(), random_maps(CONVNET)
    chosen.take_rows(CONVNET)
    chosen.take_number(NAMES.index("conv3"))
    chosen.take_unit(63, 2, 2)
    chosen.take_number(0)
    chosen.find_unit(maps)
    assert chosen.unit[0] == 2


# Look


def small_model(**preprocessing):
    network = Network(
        input=Size(1, 8, 8),
        classes=("one", "two"),
        layers=(
            {"kind": "conv", "filters": 2, "kernel": 3, "padding": 1},
            {"kind": "max_pool"},
            {"kind": "conv", "filters": 2, "kernel": 3, "padding": 1},
            {"kind": "flatten"},
            {"kind": "dense", "units": 2},
            {"kind": "softmax"},
        ),
    )
    model = untrained(network)
    changed = model.card.preprocessing.change(**preprocessing)
    return Model(model.card.change(preprocessing=changed), model.weights)


def look_at(model, pixels):
    return Looker().look("small", lambda: model, Picture(pixels))


@pytest.mark.parametrize("resize", ["crop", "stretch", "fit"])
@pytest.mark.parametrize("shape", [(48, 80), (80, 48), (64, 64)])
def test_what_lies_outside_the_rectangle_never_matters(resize, shape):
    """The oracle changes pixels and looks whether the unit notices."""
    model, looker = small_model(resize=resize), Looker()
    numbers = np.random.default_rng(1)
    pixels = numbers.integers(0, 256, (*shape, 1), np.uint8)

    def look_at(pixels):
        return looker.look("small", lambda: model, Picture(pixels))

    look = look_at(pixels)
    row = look.rows[3]  # conv2: 4 x 4 units of 8 x 8 pixels, 2 apart
    for y, x in ((0, 0), (2, 1), (3, 3)):
        box, _ = look.field_of(row, y, x)
        scale = look.seen.shape[0] / (look.region.bottom - look.region.top)
        top, left = box.top / scale + look.region.top, box.left / scale + look.region.left
        bottom, right = box.bottom / scale + look.region.top, box.right / scale + look.region.left
        inside = np.zeros(shape, bool)
        inside[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = True
        before = look.maps[row.name][:, y, x]
        noise = numbers.integers(0, 256, pixels.shape, np.uint8)
        outside_changed = np.where(inside[..., None], pixels, noise)
        inside_changed = np.where(inside[..., None], noise, pixels)
        assert np.allclose(look_at(outside_changed).maps[row.name][:, y, x], before)
        assert not np.allclose(look_at(inside_changed).maps[row.name][:, y, x], before)


def test_sides_that_are_cut_off():
    look = look_at(small_model(), np.zeros((64, 64, 1), np.uint8))
    row = look.rows[3]
    assert look.field_of(row, 0, 1)[1] == (True, True, False, False)
    assert look.field_of(row, 3, 3)[1] == (False, False, True, True)
    assert look.field_of(look.rows[0], 0, 0) == ((0, 0, 8, 8), (False, False, False, False))


def test_a_place_on_the_picture_leads_to_the_unit_around_it():
    look = look_at(small_model(), np.zeros((64, 96, 1), np.uint8))
    assert look.seen.shape == (64, 64, 3)
    for number in (0, 1, 2, 3):
        row = look.rows[number]
        for y, x in itertools.product(range(row.output.height), range(row.output.width)):
            box, cut = look.field_of(row, y, x)
            if not any(cut):
                middle = (box.top + box.bottom) / 2, (box.left + box.right) / 2
                assert look.unit_at(row, *middle) == (y, x)


def test_a_large_picture_is_made_smaller_to_be_shown():
    pixels = np.full((3000, 2000, 1), 7, np.uint16)
    look = look_at(small_model(), pixels)
    assert look.seen.shape == (1024, 1024, 3)
    assert look.region == (500, 0, 2500, 2000)
    (top, left, bottom, right), _ = look.field_of(look.rows[0], 7, 7)
    assert (top, left, bottom, right) == pytest.approx((896, 896, 1024, 1024))


def test_the_input_is_shown_without_its_normalisation():
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8, 1) * 4
    look = look_at(small_model(), pixels)
    assert np.array_equal(look.input, np.repeat(pixels, 3, axis=2))


def test_only_the_answer_s_values_are_classes():
    look = look_at(small_model(), np.zeros((8, 8, 1), np.uint8))
    named = [row.name for number, row in enumerate(look.rows) if look.names_of(number)]
    assert named == ["dense1", "softmax1"]


def test_maps_cannot_be_written_to():
    model = untrained(NETWORKS["lenet5"])
    look = Looker().look("lenet5", lambda: model, Picture(np.zeros((40, 40, 1), np.uint8)))
    for name, array in look.maps.items():
        if name != "input":
            with pytest.raises(ValueError, match="read-only"):
                array[:] = 0


def test_a_module_is_made_once():
    looker, model, made = Looker(), small_model(), []
    picture = Picture(np.zeros((8, 8, 1), np.uint8))

    class Counting(Model):
        def module(self, device="cpu", shared=False):
            made.append(self)
            return super().module(device, shared)

    first, other = (Counting(model.card, model.weights) for _ in range(2))
    for each in (first, first, other, other):
        looker.look("small", lambda each=each: each, picture)
    assert made == [first, other]
