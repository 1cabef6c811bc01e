import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from studio.errors import SettingError
from studio.filters.chain import Chain, parse_step
from studio.image.colour_map import COLOUR_MAPS, apply_map, colour_map
from studio.image.display import Shown, scale_of, show, signed_limit, to_display
from studio.image.samples import sample


def column(*values):
    return np.array(values, np.float32).reshape(-1, 1, 1)


def shown(*values, **more):
    return to_display(column(*values), **more).rgb[:, 0].tolist()


def test_8_bits_are_shown_as_they_are():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    image = to_display(pixels)
    np.testing.assert_array_equal(image.rgb, pixels)
    assert (image.kind, image.low, image.high) == ("plain", 0, 255)
    grey = to_display(pixels[..., :1])
    np.testing.assert_array_equal(grey.rgb, np.repeat(pixels[..., :1], 3, axis=2))


@pytest.mark.parametrize("channels", [1, 3])
def test_16_bits_are_scaled(channels):
    pixels = np.linspace(0, 65535, 300).round().astype(np.uint16).reshape(10, 30, 1)
    image = to_display(np.repeat(pixels, channels, axis=2))
    np.testing.assert_array_equal(image.rgb, np.rint(pixels / 257).repeat(3, axis=2))
    assert (image.kind, image.high) == ("plain", 65535)


def test_floats_from_zero_to_one_are_plain():
    image = to_display(column(0, 0.2, 1))
    assert (image.kind, image.low, image.high) == ("plain", 0, 1)
    assert image.rgb[:, 0, 0].tolist() == [0, 51, 255]


def test_floats_beyond_white_are_a_magnitude():
    image = to_display(column(0, 5, 10))
    assert (image.kind, image.low, image.high) == ("magnitude", 0, 10)
    assert image.rgb[:, 0, 0].tolist() == [0, 128, 255]


def test_white_tells_what_floats_came_from():
    image = to_display(column(0, 51, 200), white=255)
    assert (image.kind, image.high) == ("plain", 255)
    assert image.rgb[:, 0, 0].tolist() == [0, 51, 200]
    assert to_display(column(0, 256), white=255).kind == "magnitude"


def test_signed_has_zero_at_mid_grey_and_even_ends():
    image = to_display(column(-50, 0, 100))
    assert (image.kind, image.low, image.high) == ("signed", -100, 100)
    low, zero, high = image.rgb[:, 0].tolist()
    assert zero == [0x76, 0x76, 0x76]
    assert high == [0xFF, 0xDC, 0x96]
    assert np.abs(np.subtract(low, [0x28, 0x8C, 0xEB])).max() <= 2  # half-way down: blue
    assert shown(-100, 0, 1)[0] == [0x96, 0xD7, 0xFF]


def test_signed_colours_go_up_and_down_from_mid_grey():
    image = to_display(np.array([[[-8, 0, 8], [0, 0, 4]]], np.float32))
    assert (image.kind, image.low, image.high) == ("signed", -8, 8)
    assert image.rgb[0].tolist() == [[0, 118, 236], [118, 118, 177]]


def test_a_mode_can_be_asked_for():
    values = column(-10, 0, 300)
    assert to_display(values, "plain", white=255).rgb[:, 0, 0].tolist() == [0, 0, 255]
    assert to_display(values, "magnitude").rgb[:, 0, 0].tolist() == [0, 0, 255]
    assert to_display(column(0, 1), "signed").rgb[0, 0].tolist() == [118, 118, 118]
    assert to_display(values, "signed", limit=10).high == 10
    assert to_display(column(0, 300), limit=600).high == 600


def test_a_few_large_values_do_not_flatten_the_scale():
    values = np.random.default_rng(0).normal(0, 10, (200, 200, 1)).astype(np.float32)
    values[0, :5] = 5000
    assert 25 <= signed_limit(values) <= 35


@pytest.mark.parametrize(
    ("values", "limit"),
    [([0, 0], 1), ([-0.03, 0], 0.03), ([7.31, -2], 7.4), ([1017.5], 1100), ([-256], 260)],
)
def test_the_end_of_a_signed_scale_has_two_figures(values, limit):
    assert signed_limit(column(*values)) == limit


def test_a_lone_value_among_zeros_is_seen():
    values = np.zeros((2000, 2000, 1), np.float32)
    values[1, 1] = -9
    assert to_display(values).low == -9


@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_no_number_does_no_harm(channels):
    values = np.zeros((2, 3, channels), np.float32)
    values[0] = [[np.nan] * channels, [np.inf] * channels, [-np.inf] * channels]
    values[1] = [[-2] * channels, [0] * channels, [1] * channels]
    image = to_display(values)
    assert (image.kind, image.high) == ("signed", 2)
    assert image.rgb[0, 0].tolist() == [118, 118, 118]
    np.testing.assert_array_equal(image.rgb[0, 2], image.rgb[1, 0])
    assert to_display(np.full((1, 1, 1), np.nan, np.float32)).rgb.tolist() == [[[0, 0, 0]]]


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=5).map(lambda shape: (*shape, 1)),
        elements=st.floats(width=32),
    ),
    st.sampled_from([None, 255.0]),
)
def test_any_floats_can_be_shown(values, white):
    image = to_display(values, white=white)
    assert image.rgb.dtype == np.uint8
    assert image.rgb.shape == (*values.shape[:2], 3)
    assert image.rgb.flags.c_contiguous
    assert image.low < image.high


def test_nothing_is_changed():
    values = column(-3, np.nan, 5)
    before = values.copy()
    to_display(values)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_colour_maps(name):
    colours = colour_map(name)
    assert colours.shape == (256, 3)
    assert colours.dtype == np.uint8
    assert np.abs(np.diff(colours.astype(int), axis=0)).max() < 12  # no jumps


def test_the_signed_map():
    colours = colour_map("signed")
    assert colours[128].tolist() == [118, 118, 118]
    assert colours[1].tolist() == [0x96, 0xD7, 0xFF]
    assert colours[255].tolist() == [0xFF, 0xDC, 0x96]


def test_direction_ends_where_it_begins():
    colours = colour_map("direction").astype(int)
    assert np.abs(colours[0] - colours[-1]).max() < 8


def test_inferno_gets_brighter():
    brightness = colour_map("inferno") @ [0.299, 0.587, 0.114]
    assert (np.diff(brightness) > -0.5).all()
    assert brightness[0] < 5
    assert brightness[-1] > 230


def test_apply_map():
    values = np.array([[-1, 0, 3, 9]], np.float32)
    out = apply_map(values, "inferno", 0, 3)
    colours = colour_map("inferno")
    np.testing.assert_array_equal(out, colours[[[0, 0, 255, 255]]])
    assert (apply_map(values, "grey", 5, 5) == 0).all()
    large = np.array([[1e6, 1e6 + 1]], np.float32)
    assert apply_map(large, "grey", 1e6, 1e6 + 1)[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("convolution kernel=sharpen", "plain"),
        ("convolution kernel=sobel-x", "signed"),
        ("prewitt output=y", "signed"),
        ("convolution kernel=box-3 scale=3 result=float", "magnitude"),
    ],
)
def test_what_a_filtered_photo_is_shown_as(spec, kind):
    pixels = parse_step(spec).filter.apply(sample("coffee").pixels)
    assert to_display(pixels, white=255).kind == kind


def test_directions_go_round():
    angles = np.array([[-180, 180, 0, 90]], np.float32)[..., None]
    image = to_display(angles, "direction")
    assert (image.kind, image.low, image.high) == ("direction", -180, 180)
    first, last, right, down = image.rgb[0].astype(int)
    assert np.abs(first - last).max() <= 8  # the same direction, nearly the same colour
    assert np.abs(right - down).max() > 30
    assert to_display(np.repeat(angles, 3, axis=2), "direction").kind == "signed"


@pytest.mark.parametrize(
    ("spec", "kind"), [("sobel output=x", "signed"), ("sobel output=direction", "direction")]
)
def test_a_gradient_says_what_it_is(spec, kind):
    assert Chain(steps=(parse_step("median"), parse_step(spec))).shown_as == kind
    off = parse_step(spec).change(on=False)
    assert Chain(steps=(parse_step("median"), off)).shown_as == "auto"


PLAIN = np.random.default_rng(1).integers(0, 256, (33, 21, 3), np.uint8)
FLOATS = np.random.default_rng(2).normal(0, 60, (33, 21, 3)).astype(np.float32)
SHOWNS = (
    Shown(),
    Shown(levels="set", black=20, white=90),
    Shown(channel="green"),
    Shown(channel="blue", tinted=True, levels="set", black=0, white=100),
    Shown(channel="red", colour_map="inferno"),
    Shown(colours="magnitude"),
    Shown(colours="plain", channel="red", colour_map="signed"),
    Shown(colours="direction", channel="red"),
)


@pytest.mark.parametrize("shown", SHOWNS)
@pytest.mark.parametrize("pixels", [PLAIN, PLAIN.astype(np.uint16) * 257, FLOATS, FLOATS[..., :1]])
def test_pieces_are_shown_as_the_whole(pixels, shown):
    scale = scale_of(pixels, shown, "auto", 255)
    whole = show(pixels, scale)
    assert (whole.dtype, whole.shape) == (np.uint8, (33, 21, 3))
    assert whole.flags.c_contiguous
    piece = show(pixels[5:20, 3:17], scale)
    np.testing.assert_array_equal(piece, whole[5:20, 3:17])
    np.testing.assert_array_equal(to_display(pixels, white=255, shown=shown).rgb, whole)


def test_8_bits_as_they_are_are_not_copied():
    assert np.shares_memory(show(PLAIN, scale_of(PLAIN)), PLAIN)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16, np.float32])
def test_black_and_white_point(depth):
    pixels = np.arange(256).reshape(16, 16, 1).astype(depth)
    scale = scale_of(pixels, Shown(levels="set", black=50, white=150), "plain", 255)
    assert (scale.low, scale.high) == (50, 150)
    expected = np.rint(np.clip((pixels.astype(float) - 50) * 2.55, 0, 255))
    assert np.abs(show(pixels, scale) - expected).max() <= 1
    at = show(np.array([[[49], [50], [150], [151]]], depth), scale)[0, :, 0]
    assert at.tolist() == [0, 0, 255, 255]


def test_levels_around_zero_stay_even():
    scale = scale_of(FLOATS, Shown(levels="set", black=-10, white=40), "signed")
    assert (scale.low, scale.high) == (-40, 40)
    assert show(np.zeros((1, 1, 1), np.float32), scale).tolist() == [[[118] * 3]]


def test_levels_of_directions_stay_a_turn():
    scale = scale_of(FLOATS[..., :1], Shown(levels="set", black=0, white=1), "direction")
    assert (scale.low, scale.high) == (-180, 180)


@pytest.mark.parametrize(("place", "name"), [(0, "red"), (1, "green"), (2, "blue")])
def test_one_channel(place, name):
    grey = show(PLAIN, scale_of(PLAIN, Shown(channel=name)))
    np.testing.assert_array_equal(grey, PLAIN[..., [place] * 3])
    tinted = show(PLAIN, scale_of(PLAIN, Shown(channel=name, tinted=True)))
    np.testing.assert_array_equal(tinted[..., place], PLAIN[..., place])
    assert not np.delete(tinted, place, axis=2).any()


def test_a_channel_keeps_the_scale_of_all():
    all_of_them = scale_of(FLOATS, Shown())
    for name in ("red", "green", "blue"):
        one = scale_of(FLOATS, Shown(channel=name))
        assert (one.kind, one.low, one.high) == ("signed", all_of_them.low, all_of_them.high)
        assert one.map == "signed"


def test_zero_is_mid_grey_in_every_signed_view():
    zero = np.zeros((1, 1, 3), np.float32)
    for shown in (Shown(), Shown(channel="red"), Shown(channel="red", colour_map="grey")):
        scale = scale_of(FLOATS, shown)
        assert show(zero, scale).tolist() == [[[118] * 3]]


def test_a_channel_of_grey_is_the_grey():
    scale = scale_of(FLOATS[..., :1], Shown(channel="blue", tinted=True))
    assert (scale.channel, scale.map) == ("all", "signed")


def test_the_chosen_map_is_used():
    scale = scale_of(PLAIN[..., :1], Shown(colour_map="inferno"))
    np.testing.assert_array_equal(show(PLAIN[..., :1], scale), colour_map("inferno")[PLAIN[..., 0]])
    assert scale_of(PLAIN, Shown(colour_map="inferno")).map == "grey"


def test_whole_numbers_are_always_plain():
    pixels = np.array([[[0], [100], [4000]]], np.uint16)
    scale = scale_of(pixels, Shown(colours="signed"), "magnitude", 255)
    assert (scale.kind, scale.low, scale.high) == ("plain", 0, 65535)


def test_a_few_values_in_a_row_decide_for_all():
    sample_of_it = FLOATS.reshape(-1, 1, 3)
    assert scale_of(sample_of_it) == scale_of(FLOATS)


def test_white_is_above_black():
    with pytest.raises(SettingError, match="above the black point") as refused:
        Shown().change(levels="set", black=9, white=9)
    assert refused.value.field == "white"
    assert Shown().change(black=300).black == 300  # nobody looks at it
    scale = scale_of(PLAIN, Shown(levels="set", black=300))
    assert scale.low < scale.high
    assert not show(PLAIN, scale).any()
