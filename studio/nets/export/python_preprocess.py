"""The preprocessing of a model as a Python function that needs only NumPy and OpenCV."""

from studio.nets.preprocess import Preprocessing

_HEAD = '''\
MEAN = {mean}  # taken away from each channel, on the scale 0 to 1
STD = {std}  # each channel is divided by it


def preprocess(picture):
    """The network's input, 1 x {channels} x {height} x {width}.

    `picture` is an array, height x width x 3 (RGB) or x 1 (grey), of uint8, uint16 or float from
    0 to 1. For the same pixels the numbers are the very ones the network was made for.
    """
    white = {{"uint8": 255, "uint16": 65535}}.get(picture.dtype.name, 1)
    picture = picture.reshape(*picture.shape[:2], -1)
    height, width, channels = picture.shape
'''

_CROP = """\
    # The middle of the picture, in the shape of the network's input.
    scale = max({height} / height, {width} / width){share}
    rows = min(height, max(1, round({height} / scale)))
    columns = min(width, max(1, round({width} / scale)))
    top, left = (height - rows) // 2, (width - columns) // 2
    picture = picture[top : top + rows, left : left + columns]
    size = {height}, {width}
"""
_FIT = """\
    # All of the picture: a border is added below.
    scale = min({height} / height, {width} / width)
    rows = min({height}, max(1, round(height * scale)))
    size = rows, min({width}, max(1, round(width * scale)))
"""
_STRETCH = """\
    size = {height}, {width}
"""

_RESIZE = """\
    # By area along an axis that shrinks, linearly where it grows.
    smaller = min(picture.shape[0], size[0]), min(picture.shape[1], size[1])
    picture = np.ascontiguousarray(picture)
    for target, how in ((smaller, cv2.INTER_AREA), (size, cv2.INTER_LINEAR)):
        if picture.shape[:2] != target:
            picture = cv2.resize(picture, target[::-1], interpolation=how)
    values = picture.reshape(*size, channels).astype(np.float32) / np.float32(white)
"""
_SMOOTH_CROP = """\
    # The middle of the picture, in the shape of the network's input, once it is resized.
    scale = max({height} / height, {width} / width){share}
    whole = max({height}, int(height * scale + 1e-6)), max({width}, int(width * scale + 1e-6))
    size = {height}, {width}
    top, left = round((whole[0] - size[0]) / 2), round((whole[1] - size[1]) / 2)
"""
_SMOOTH = """\
    # As Pillow does it: smoothed where it shrinks, 8 bits rounded to whole levels.
    if picture.dtype != np.uint8:
        picture = picture.astype(np.float32)
    planes = []
    for channel in range(channels):
        plane = Image.fromarray(np.ascontiguousarray(picture[..., channel]))
        planes.append(resize(plane, {whole}, {start}, size))
    values = np.stack(planes, axis=2).astype(np.float32) / np.float32(white)
"""
_SMOOTH_FUNCTION = '''\
def resize(plane, whole, start, size):
    """A part of one channel, once all of it is resized to `whole`, height and width."""
    (top, left), (rows, columns) = start, size
    if whole[0] * whole[1] <= 16 * rows * columns:
        resized = np.asarray(plane.resize(whole[::-1], Image.Resampling.{method}))
        return resized[top : top + rows, left : left + columns]
    # A long strip would need too much memory: only the part.
    down, across = plane.height / whole[0], plane.width / whole[1]
    bottom = min(plane.height, top * down + rows * down)
    right = min(plane.width, left * across + columns * across)
    box = (left * across, top * down, right, bottom)
    return np.asarray(plane.resize((columns, rows), Image.Resampling.{method}, box=box))


'''
_GREY = """\
    if channels == 3:
        values = (values @ np.array([0.299, 0.587, 0.114], np.float32))[..., None]
"""
_COLOUR = """\
    if channels == 1:
        values = np.repeat(values, 3, axis=2)
"""
_INK = """\
    # Light ink on a dark ground: a picture whose edge is light is inverted.
    grey = {grey}
    edge = np.median(np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]]))
    if edge > 0.5:
        values, edge = 1 - values, 1 - edge
    ground = np.full({channels}, edge, np.float32)
"""
_GROUND = """\
    ground = np.array(MEAN, np.float32)
"""
_BORDER = """\
    whole = np.empty(({height}, {width}, {channels}), np.float32)
    whole[:] = ground
    top, left = ({height} - size[0]) // 2, ({width} - size[1]) // 2
    whole[top : top + size[0], left : left + size[1]] = values
    values = whole
"""
_TAIL = """\
    values = (values - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None]
"""


def preprocess_text(preprocessing: Preprocessing) -> str:
    """The source of ``preprocess(picture)``.

    It takes the steps of `Preprocessing.apply` in the same order with the same functions, so the
    numbers are equal for the same pixels. It doesn't know transparency.
    """
    is_crop = preprocessing.resize == "crop"
    is_smooth = preprocessing.interpolation != "area"
    crop = _SMOOTH_CROP if is_smooth else _CROP
    resize = {"crop": crop, "fit": _FIT, "stretch": _STRETCH}[preprocessing.resize]
    fits, inks = preprocessing.resize == "fit", preprocessing.ink == "light"
    channels = _GREY if preprocessing.channels == 1 else _COLOUR
    parts = [_HEAD, resize, _SMOOTH if is_smooth else _RESIZE, channels]
    if is_smooth:
        parts[0] = parts[0].replace("def preprocess", f"{_SMOOTH_FUNCTION}def preprocess")
    if inks:
        parts.append(_INK)
    elif fits:
        parts.append(_GROUND)
    if fits:
        parts.append(_BORDER)
    parts.append(_TAIL)
    luma = "values @ np.array([0.299, 0.587, 0.114], np.float32)"
    return "".join(parts).format(
        mean=preprocessing.mean,
        std=preprocessing.std,
        channels=preprocessing.channels,
        height=preprocessing.size[0],
        width=preprocessing.size[1],
        share="" if preprocessing.share == 1 else f" / {preprocessing.share!r}",
        method=preprocessing.interpolation.upper(),
        whole="whole" if is_crop else "size",
        start="(top, left)" if is_crop else "(0, 0)",
        grey="values[..., 0]" if preprocessing.channels == 1 else luma,
    )
