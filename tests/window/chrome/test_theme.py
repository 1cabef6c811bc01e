import re

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QLabel

from studio.paths import RESOURCES
from studio.window.chrome import theme
from studio.window.chrome.theme import DARK, LIGHT

SCHEMES = {"dark": DARK, "light": LIGHT}


def luminance(colour):
    """WCAG 2.2's relative luminance of `#RRGGBB`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


# Role, ground, and the ratio of the design in the dark and in the light scheme.
DESIGN = [
    ("text", "window", 14.0, 15.1),
    ("text2", "window", 8.7, 7.6),
    ("text3", "window", 5.9, 5.0),
    ("accent", "window", 7.7, 5.7),
    ("on_fill", "fill", 4.9, 5.7),
    ("text", "selection", 9.6, 13.6),
    ("ok", "window", 7.3, 5.1),
    ("warning", "warning_ground", 7.7, 5.6),
    ("error", "window", 7.0, 5.4),
]


@pytest.mark.parametrize(("role", "ground", "dark", "light"), DESIGN)
def test_contrast_is_the_designs(role, ground, dark, light):
    for tokens, ratio in ((DARK, dark), (LIGHT, light)):
        found = contrast(getattr(tokens, role), getattr(tokens, ground))
        assert found == pytest.approx(ratio, abs=0.06)


@pytest.mark.parametrize("tokens", SCHEMES.values(), ids=SCHEMES)
def test_text_keeps_4_5_and_marks_keep_3(tokens):
    grounds = ("window", "panel", "control")
    for ground in grounds:
        for role in ("text", "text2", "text3", "accent", "error", "warning", "ok"):
            assert contrast(getattr(tokens, role), getattr(tokens, ground)) >= 4.5, (role, ground)
        assert contrast(tokens.box, getattr(tokens, ground)) >= 3
    for role in ("text", "text2"):
        for ground in ("well", "hover", "selection", "warning_ground", "error_ground"):
            assert contrast(getattr(tokens, role), getattr(tokens, ground)) >= 4.5, (role, ground)
    assert contrast(tokens.error, tokens.error_ground) >= 4.5
    assert contrast(tokens.accent, tokens.warning_ground) >= 4.5
    assert contrast(tokens.accent, tokens.error_ground) >= 4.5
    assert contrast(tokens.on_fill, tokens.fill_hover) >= 4.5
    for run in tokens.runs:
        assert contrast(run, tokens.window) >= 3.3


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_a_choice_colours_the_application(qapp, looks, choice):
    looks.choose(choice)
    tokens = SCHEMES[choice]
    assert theme.tokens() is tokens
    window = qapp.palette().color(QPalette.ColorRole.Window)
    assert window.name().upper() == tokens.window
    assert tokens.control in qapp.styleSheet()
    label = QLabel()
    label.setProperty("role", "caption")
    label.ensurePolished()
    text = label.palette().color(QPalette.ColorRole.WindowText)
    assert text.name().upper() == tokens.text3


def test_the_systems_scheme_is_followed_until_one_is_chosen(qapp, looks, monkeypatch):
    scheme = Qt.ColorScheme.Dark
    monkeypatch.setattr(type(qapp.styleHints()), "colorScheme", lambda self: scheme)
    looks.choose("system")
    assert theme.tokens() is DARK
    scheme = Qt.ColorScheme.Light
    qapp.styleHints().colorSchemeChanged.emit(scheme)
    assert theme.tokens() is LIGHT
    looks.choose("dark")
    qapp.styleHints().colorSchemeChanged.emit(scheme)
    assert theme.tokens() is DARK


def test_nothing_in_the_style_sheet_is_left_to_fill(looks):
    sheet = looks.style_sheet()
    assert "$" not in sheet
    for path in re.findall(r'url\("(.+?)"\)', sheet):
        with open(path, "rb") as file:
            assert b"currentColor" not in file.read()


def test_the_style_sheet_names_no_colour_itself():
    template = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", template)


def test_fonts_have_tabular_figures_also_where_the_style_sheet_sets_the_size(looks):
    label = QLabel("1")
    label.setProperty("role", "big")
    label.ensurePolished()
    assert label.font().pixelSize() == theme.px(24)
    assert label.font().featureValue(QFont.Tag("tnum")) == 1


def test_sizes_grow_with_the_systems_font(looks, monkeypatch):
    assert theme.px(28) == 28
    monkeypatch.setattr(looks, "scale", 1.5)
    assert theme.px(28) == 42
    assert theme.font(12).pixelSize() == 18
    assert "min-height: 39px" in looks.style_sheet()


def test_an_unknown_saved_choice_is_the_systems():
    assert theme.saved_choice() == "system"
    QSettings().setValue("theme", "dark")
    assert theme.saved_choice() == "dark"
    QSettings().setValue("theme", "mauve")
    assert theme.saved_choice() == "system"
