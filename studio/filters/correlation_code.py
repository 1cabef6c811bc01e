"""The lines of a script that do what `studio.filters.correlation` does."""

import textwrap

from studio.filters.correlation import FOURIER_FROM, Numbers, passes

_WIDTH = 84  # characters of a line of weights


def correlation_code(
    kernel: Numbers,
    anchor: tuple[int, int],
    keeps_depth: bool,
    offset: float,
    dilation: int,
    border: str,
) -> str:
    """Statements that make ``picture`` the weighted sums around its pixels.

    Parameters
    ----------
    kernel, anchor, offset, dilation
        As with `correlate`.
    keeps_depth : bool
        Whether the result has the depth of the picture, or is floating point.
    border : str
        OpenCV's name for what lies beyond the picture.
    """
    parts = passes(kernel)
    names = ["kernel"] if len(parts) == 1 else ["row", "column"]
    lines = [_array(name, part) for name, part in zip(names, parts, strict=True)]
    if dilation > 1:
        lines.append("height, width, channels = picture.shape")
        lines.append(f"picture = interleaved(picture, {dilation})")
    calls = [
        _call(name, part, anchor, offset if part is parts[-1] else 0.0, border)
        for name, part in zip(names, parts, strict=True)
    ]
    in_floats = ["picture = picture.astype(np.float32)", *calls]
    if not keeps_depth:
        lines += in_floats
    elif len(parts) == 1 and kernel.size < FOURIER_FROM:
        floats = [*in_floats, "picture = rounded(picture, depth)"]
        lines.append("depth = picture.dtype")
        lines += ["if depth == np.uint8:", *_indented(calls)]
        lines += ["else:", *_indented(floats)]
    else:
        lines += ["depth = picture.dtype", *in_floats, "picture = rounded(picture, depth)"]
    if dilation > 1:
        lines.append(f"picture = picture.reshape({dilation} * len(picture), -1, channels)")
        lines.append("picture = picture[:height, :width]")
    else:
        lines.append("picture = np.atleast_3d(picture)")
    return "\n".join(lines)


def _call(name: str, part: Numbers, anchor: tuple[int, int], offset: float, border: str) -> str:
    height, width = part.shape
    row, column = anchor[0] if height > 1 else 0, anchor[1] if width > 1 else 0
    is_middle = (row, column) == (height // 2, width // 2)
    placed = "" if is_middle else f", anchor=({column}, {row})"
    added = f", delta={offset!r}" if offset else ""
    return f"picture = cv2.filter2D(picture, -1, {name}{placed}{added}, borderType={border})"


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _array(name: str, part: Numbers) -> str:
    """The assignment of a kernel, a line for each of its rows."""
    rows = ["[" + ", ".join(map(repr, row)) + "]" for row in part.tolist()]
    short = f"{name} = np.array([{', '.join(rows)}])"
    if len(rows) == 1 and len(short) <= _WIDTH:
        return short
    wrapped = [
        textwrap.fill(row + ",", _WIDTH, initial_indent="    ", subsequent_indent="     ")
        for row in rows
    ]
    return "\n".join([f"{name} = np.array([", *wrapped, "])"])
