import os
import subprocess
import sys

import pytest

NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere fonts come with it")
def test_a_system_without_fonts_is_told_what_to_install(tmp_path):
    config = tmp_path / "fonts.conf"
    config.write_text(NO_FONTS.format(folder=tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "studio", "tour", str(tmp_path / "tour")],
        capture_output=True,
        text=True,
        env={**os.environ, "FONTCONFIG_FILE": str(config), "HOME": str(tmp_path)},
    )
    assert done.returncode == 2
    assert "fonts-dejavu-core" in done.stderr
    assert "Traceback" not in done.stderr
