"""What convolution and pooling share: a window that slides over maps."""

from studio.errors import NetworkError
from studio.nets.layer import Size, Window


def need_maps(size: Size, what: str) -> None:
    """Refuse a vector.

    Raises
    ------
    NetworkError
        When `size` is flat.
    """
    if size.flat:
        raise NetworkError(
            f"{what} needs maps, but the layers above give a vector of {size} values: "
            "put it above the flatten layer"
        )


def reach(window: Window) -> tuple[int, int]:
    """Height and width of the window from its first to its last value, holes counted."""
    kernel, dilation = window.kernel, window.dilation
    return dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1


def slide(size: Size, window: Window, channels: int, what: str) -> Size:
    """The output size, floor((in + 2 padding - reach) / stride) + 1 along each axis.

    Parameters
    ----------
    what : str
        What is slid, for the message: "kernel" or "window".

    Raises
    ------
    NetworkError
        When the window is larger than the padded map.
    """
    reached = reach(window)
    room = (size.height + 2 * window.padding[0], size.width + 2 * window.padding[1])
    if reached[0] > room[0] or reached[1] > room[1]:
        raise NetworkError(_does_not_fit(size, window, what))
    rows, columns = (
        (space - length) // stride + 1
        for space, length, stride in zip(room, reached, window.stride, strict=True)
    )
    return Size(channels, rows, columns)


def _does_not_fit(size: Size, window: Window, what: str) -> str:
    text = f"a {window.kernel[0]} × {window.kernel[1]} {what}"
    if window.dilation != (1, 1):
        reached = reach(window)
        text += f" with dilation {window.dilation[0]}, so {reached[0]} × {reached[1]},"
    text += f" doesn't fit in {size.height} × {size.width}"
    if window.padding != (0, 0):
        text += f" with padding {window.padding[0]}"
        return f"{text}: add more padding or use a smaller {what}"
    return f"{text}: add padding or use a smaller {what}"


def words_of(first: str, window: Window, usual_stride: int) -> str:
    """`first`, and then what is unusual about the window."""
    words = [first]
    if window.stride[0] != usual_stride:
        words.append(f"stride {window.stride[0]}")
    if window.padding[0]:
        words.append(f"padding {window.padding[0]}")
    if window.dilation[0] != 1:
        words.append(f"dilation {window.dilation[0]}")
    return ", ".join(words)
