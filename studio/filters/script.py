"""A chain of filters as a plain Python script that needs NumPy, OpenCV and SciPy only."""

import re
import textwrap

from studio.filters.base import CV_BORDER_NAMES, Filter
from studio.filters.chain import Chain
from studio.filters.script_parts import PARTS

_WIDTH = 88  # characters of a line of words

_ABOUT = """\
It needs {needs}. The numbers are those of Convolution Studio, which wrote it. It reads pictures as
OpenCV does: without colour profiles, and transparency is left out."""

_FILES = '''\
def read(path):
    """The picture in a file: height x width x channels (1, or 3: red, green, blue)."""
    picture = cv2.imread(path, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR)
    if picture is None:
        sys.exit(f"{path} can't be read as a picture")
    picture = np.atleast_3d(picture)[..., ::-1]  # OpenCV has blue first
    return np.ascontiguousarray(picture)


def write(path, picture):
    """Write a picture into a file: .png or .tiff, which keep every value."""
    if picture.dtype == np.float32 and not path.lower().endswith((".tif", ".tiff")):
        sys.exit(f"the result is floating point, which {path} can't keep: name it .tiff")
    if not cv2.imwrite(path, np.ascontiguousarray(picture[..., ::-1])):
        sys.exit(f"{path} can't be written")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: python {sys.argv[0]} PICTURE RESULT")
    write(sys.argv[2], filtered(read(sys.argv[1])))
'''


def script_of(chain: Chain) -> str:
    """A script whose function ``filtered`` gives the same bytes as `Chain.run`.

    It takes and gives an array of height x width x channels (1, or 3 in the order red, green,
    blue) of 8 or 16 bits or floating point. On a command line, it filters a file.
    """
    titles = [filter.title.lower() for filter in chain.filters]
    blocks = [block(filter) for filter in chain.filters]
    lines = "\n\n".join([*blocks, "return picture"])
    function = (
        '"""The picture after all filters; height x width x channels, red first."""\n' + lines
    )
    body = "def filtered(picture):\n" + textwrap.indent(function, "    ") + "\n"
    parts = _needed(body)
    whole = "\n\n".join([*parts, body, _FILES])
    imports = "import sys\n\nimport cv2\nimport numpy as np\n"
    needs = "numpy and opencv-python"
    if "ndimage." in whole:
        imports += "from scipy import ndimage\n"
        needs = "numpy, scipy and opencv-python"
    what = textwrap.fill(f"Filters a picture: {', '.join(titles) or 'as it is'}.", _WIDTH)
    about = textwrap.fill(_ABOUT.format(needs=needs), _WIDTH)
    usage = "    python SCRIPT PICTURE RESULT"
    return f'"""{what}\n\n{usage}\n\n{about}\n"""\n\n{imports}\n\n{whole}'


def block(filter: Filter) -> str:
    """What one filter does to a whole picture: put the border around, compute, cut to size."""
    name, value = filter.beyond
    pad, reach = filter.padding, filter.reach
    border = CV_BORDER_NAMES[name] if filter.pads_itself else "cv2.BORDER_REPLICATE"
    lines = [f"# {filter.title}: {filter.words}" if filter.words else f"# {filter.title}"]
    put = max(pad) > 0 and not filter.pads_itself
    if put:
        amounts = ", ".join(map(str, pad))
        constant = f", {value!r}" if name == "constant" else ""
        lines.append(f"picture = bordered(picture, {amounts}, {CV_BORDER_NAMES[name]}{constant})")
    if code := filter.code(border):
        lines.append(code)
    # Results whose window would reach beyond what there is; OpenCV's own border gives them all.
    cut = [there - (0 if put else around) for there, around in zip(reach, pad, strict=True)]
    rows = _slice(cut[0], cut[1], filter.strides[0])
    columns = _slice(cut[2], cut[3], filter.strides[1])
    if (rows, columns) != (":", ":"):
        lines.append(f"picture = picture[{rows}, {columns}]")
    return "\n".join(lines)


def _slice(before: int, after: int, step: int) -> str:
    end = f"-{after}" if after else ""
    return f"{before or ''}:{end}" + (f":{step}" if step > 1 else "")


def _needed(body: str) -> list[str]:
    """The parts that the lines call, and those that these call, callees first."""
    seen: set[str] = set()
    ordered: list[str] = []

    def look(text: str) -> None:
        for name in sorted(set(PARTS) - seen):
            if name not in seen and _calls(text, name):
                seen.add(name)
                look(PARTS[name])
                ordered.append(PARTS[name])

    look(body)
    return ordered


def _calls(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\(", text) is not None
