import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

import studio.window
from studio.paths import RESOURCES
from studio.window.chrome import theme
from studio.window.chrome.icons import app_icon, icon

NAMES = sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg"))
DRAWN = [name for name in NAMES if name != "studio"]

# Where the name of an icon stands among the arguments of what takes one.
ARGUMENTS = {
    "icon": 0,
    "svg": 0,
    "set_icon": 0,
    "IconButton": 0,
    "Button": 1,
    "PrimaryButton": 1,
    "EmptyState": 2,
    "LinkButton": 3,
}


def named_in_code():
    for path in Path(studio.window.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [word.value for word in node.keywords if word.arg in ("icon", "icon_name")]
            if called in ARGUMENTS:
                given += node.args[ARGUMENTS[called] : ARGUMENTS[called] + 1]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield path.name, value.value


def test_every_icon_named_in_code_is_drawn():
    named = list(named_in_code())
    assert ("rail.py", "help") in named
    assert [(file, name) for file, name in named if name not in NAMES] == []


def colours(drawn, size=20, mode=QIcon.Mode.Normal, state=QIcon.State.Off):
    """The colours of the pixels that are wholly covered."""
    image = drawn.pixmap(QSize(size, size), 1.0, mode, state).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", DRAWN)
def test_icons_are_drawn_in_one_colour_inside_20_units(name):
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 20 20"' in text
    assert 'stroke-linecap="round"' in text
    assert "#" not in text
    assert colours(icon(name), 80) == {theme.tokens().text}


def test_an_icon_follows_the_theme(looks):
    drawn = icon("eye", "text3", "accent")
    for choice in ("dark", "light"):
        looks.choose(choice)
        tokens = theme.tokens()
        assert colours(drawn, 80) == {tokens.text3}
        assert colours(drawn, 80, state=QIcon.State.On) == {tokens.accent}
        assert colours(drawn, 80, mode=QIcon.Mode.Disabled) == {tokens.disabled}


def test_an_icon_is_sharp_at_two_device_pixels():
    drawn = icon("plus").pixmap(QSize(20, 20), 2.0)
    assert drawn.size() == QSize(40, 40)
    assert drawn.devicePixelRatio() == 2
    # Drawn anew, not enlarged: the stroke of 1.5 units is 3 device pixels wide.
    image = drawn.toImage()
    covered = [image.pixelColor(10, y).alpha() == 255 for y in range(40)]
    assert covered.count(True) in (2, 3)


def test_an_unknown_icon_is_an_error_where_it_is_made():
    with pytest.raises(FileNotFoundError):
        icon("unicorn")


def test_the_application_has_an_icon():
    image = app_icon().pixmap(64).toImage()
    assert image.pixelColor(32, 32) == QColor("#E8E9EB")
