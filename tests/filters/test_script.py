"""The scripts do what the chains do, to the last bit."""

import ast
import subprocess
import sys

import numpy as np
import pytest
from variants import DEPTHS, EACH, pixels

from studio.filters import FILTERS
from studio.filters.chain import Chain, Step, parse_step
from studio.filters.script import script_of
from studio.filters.script_parts import PARTS
from studio.image.picture import Picture
from studio.image.read import read_picture
from studio.image.write import write_picture


def chain(*texts):
    return Chain(steps=tuple(map(parse_step, texts)))


def names_of(script):
    names = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), names)
    return names


def function_of(script):
    return names_of(script)["filtered"]


def assert_same(script_s, studio_s):
    assert script_s.dtype == studio_s.dtype
    assert script_s.shape == studio_s.shape
    np.testing.assert_array_equal(script_s, studio_s)
    assert script_s.tobytes() == studio_s.tobytes()


@pytest.mark.parametrize(("kind", "values"), EACH)
def test_every_filter(kind, values):
    one = Chain(steps=(Step(filter=FILTERS[kind](**values)),))
    filtered = function_of(script_of(one))
    for depth in DEPTHS:
        for channels in (1, 3):
            given = pixels((19, 23, channels), depth)
            before = given.copy()
            assert_same(filtered(given), one.run(given))
            np.testing.assert_array_equal(given, before, err_msg="the input was changed")


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 1)])
@pytest.mark.parametrize("border", ["wrap", "constant border_value=3", "mirror"])
def test_the_smallest_pictures(shape, border):
    several = chain(f"median radius=2 border={border}", f"convolution border={border}")
    for depth in DEPTHS:
        given = pixels((*shape, 3), depth)
        assert_same(function_of(script_of(several))(given), several.run(given))


@pytest.mark.parametrize(
    "spec",
    [
        "convolution kernel='gaussian size=9 sigma=2'",
        "convolution kernel='gaussian size=9 sigma=2' result=float offset=-3.5",
        "convolution kernel='1 2 3; 4 5 6; 7 8 -9' result=same scale=0.1",
        "convolution kernel='1 2 3; 4 5 6; 7 8 -9' result=same dilation=3",
        "convolution kernel='1 2 3; 4 5 6; 7 8 -9' border=wrap anchor_row=0 anchor_column=2",
        "convolution kernel='motion' result=same",
        "median radius=5",
        "max_pool window=5 stride=2 pad=2 dilation=3",
        "mean_pool window=7 stride=3 pad=3 border=mirror",
        "stride stride=3 offset=2",
        "equalise colours=each",
        "threshold method=otsu",
    ],
)
def test_settings_together(spec):
    one = chain(spec)
    for depth in DEPTHS:
        given = pixels((61, 300, 3), depth)
        assert_same(function_of(script_of(one))(given), one.run(given))


def test_a_chain_with_steps_that_are_off():
    several = chain("grey", "median radius=3 border=wrap", "convolution kernel=sobel-x")
    several = several.change(steps=(several.steps[0].change(on=False), *several.steps[1:]))
    script = script_of(several)
    assert "Grey" not in script
    given = pixels((40, 50, 3), "uint8")
    assert_same(function_of(script)(given), several.run(given))


def test_an_empty_chain_gives_the_picture():
    given = pixels()
    assert_same(function_of(script_of(Chain()))(given), given)


def test_only_what_is_needed_is_written():
    plain, whole = script_of(chain("grey")), script_of(chain("median radius=3 border=wrap"))
    assert "def bordered" not in plain
    assert "scipy" not in plain
    assert "def bordered" in whole
    assert "from scipy import ndimage" in whole
    noisy = script_of(chain("gaussian_noise"))
    assert noisy.count("def rounded") == noisy.count("def random_numbers") == 1


@pytest.mark.parametrize("kind", FILTERS)
def test_it_reads_as_a_person_s(kind):
    script = script_of(Chain(steps=(Step(filter=FILTERS[kind]()),)))
    tree = ast.parse(script)
    assert all(len(line) <= 100 for line in script.splitlines())
    assert script == "".join(f"{line.rstrip()}\n" for line in script.splitlines())
    imported = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert imported == {"sys", "cv2", "numpy"}
    assert "studio" not in script
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert defined - set(PARTS) == {"filtered", "read", "write"}
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert defined <= called
    assert FILTERS[kind].title in script


def test_each_part_is_a_function_of_its_name():
    for name, part in PARTS.items():
        (function,) = ast.parse(part).body
        assert function.name == name
        assert ast.get_docstring(function).endswith(".")


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("channels", [1, 3])
def test_files_keep_depth_and_order_of_colours(tmp_path, depth, channels):
    names = names_of(script_of(Chain()))
    source = tmp_path / ("a.tiff" if depth == "float32" else "a.png")
    given = pixels((20, 30, channels), depth)
    write_picture(Picture(given), source)
    assert_same(names["read"](str(source)), given)
    names["write"](str(tmp_path / "b.tiff"), given)
    assert_same(read_picture(tmp_path / "b.tiff").pixels, given)


def test_files_that_can_not_be_used_are_named(tmp_path):
    names = names_of(script_of(Chain()))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(SystemExit, match=r"text\.png can't be read as a picture"):
        names["read"](str(tmp_path / "text.png"))
    with pytest.raises(SystemExit, match=r"a\.png can't be written"):
        names["write"](str(tmp_path / "none" / "a.png"), pixels())
    with pytest.raises(SystemExit, match=r"floating point, which a\.png can't keep"):
        names["write"]("a.png", pixels(depth="float32"))


def test_on_a_command_line(tmp_path):
    given = pixels((20, 30, 3), "uint8")
    write_picture(Picture(given), tmp_path / "a.png")
    several = chain("convolution kernel='0 0 0; 0 0 1; 0 0 0'", "median")
    (tmp_path / "mine.py").write_text(script_of(several), encoding="utf-8")
    start = [sys.executable, "-I", tmp_path / "mine.py"]
    subprocess.run([*start, "a.png", "b.png"], check=True, cwd=tmp_path)
    assert_same(read_picture(tmp_path / "b.png").pixels, several.run(given))
    done = subprocess.run(start, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("usage: ")
