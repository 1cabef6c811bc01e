import os
import subprocess
import sys

from PySide6.QtGui import QFont, QFontInfo, QRawFont

from studio.window.app import has_font, load_font

# What the window writes besides the letters of English.
NEEDED = "−×°–…Σ²≥≤·"


def test_a_system_with_fonts_uses_them(qapp):
    assert has_font(qapp)


def test_the_font_of_a_bare_system_has_every_sign(qapp):
    assert load_font() == ("Roboto",)
    for weight in (QFont.Weight.Normal, QFont.Weight.Bold):
        font = QFont("Roboto", weight=weight)
        assert QFontInfo(font).family() == "Roboto"
        raw = QRawFont.fromFont(font)
        assert [sign for sign in NEEDED if not raw.supportsCharacter(ord(sign))] == []


NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>"""


def test_a_bare_linux_system_gets_a_font(tmp_path):
    """Elsewhere Qt asks the system itself, and finds its fonts."""
    config = tmp_path / "fonts.conf"
    config.write_text(NO_FONTS.format(folder=tmp_path))
    code = (
        "from studio.window.app import create_app\n"
        "from PySide6.QtGui import QFontInfo\n"
        "app = create_app()\n"
        "print(QFontInfo(app.font()).family())"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(config), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    expected = "Roboto" if sys.platform.startswith("linux") else done.stdout.strip()
    assert done.stdout.strip() == expected
