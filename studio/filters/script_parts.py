"""The small functions that a script calls; only those that it needs are written into it."""

PARTS: dict[str, str] = {
    "bordered": '''\
def bordered(picture, top, bottom, left, right, border, value=0):
    """The picture with so many rows and columns of border around it."""
    value = (value, value, value, value)
    picture = cv2.copyMakeBorder(picture, top, bottom, left, right, border, value=value)
    return np.atleast_3d(picture)  # OpenCV drops the axis of a single channel
''',
    "white_of": '''\
def white_of(picture):
    """The number that stands for white: 255, 65535, or 1 in floating point."""
    return {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}[picture.dtype.name]
''',
    "rounded": '''\
def rounded(values, dtype):
    """Floating-point numbers in a picture's depth: rounded, halves to even, and cut."""
    if dtype == np.float32:
        return values
    depth = cv2.CV_8U if dtype == np.uint8 else cv2.CV_16U
    return np.atleast_3d(cv2.addWeighted(values, 1, values, 0, 0, dtype=depth))
''',
    "interleaved": '''\
def interleaved(picture, step):
    """The pixels in another order: those `step` apart, across and down, become neighbours."""
    height, width, channels = picture.shape
    below, right = -height % step, 64 + -(width + 64) % step
    picture = cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return picture.reshape((height + below) // step, -1, step * channels)
''',
    "degrees": '''\
def degrees(right, down):
    """The direction of the rise: 0 to the right, 90 down, -90 up; more than -180."""
    angle = np.degrees(np.arctan2(down + 0.0, right)).astype(np.float32)
    angle[angle <= -180] = 180
    return angle
''',
    "window_mean": '''\
def window_mean(picture, side, by_doubling=False):
    """The mean of the side x side window around each pixel that has one."""
    before = side // 2
    if picture.dtype != np.float32:
        sums = cv2.boxFilter(
            picture, cv2.CV_32S, (side, side), anchor=(before, before), normalize=False
        )
        exact = np.float32 if picture.dtype == np.uint8 else np.float64
        mean = np.divide(sums, side * side, dtype=exact)
        return np.atleast_3d(np.rint(mean).astype(picture.dtype))
    columns = neighbour_sums(picture.astype(np.float64), side, by_doubling)
    sums = neighbour_sums(columns.swapaxes(0, 1), side, by_doubling).swapaxes(0, 1)
    mean = np.zeros_like(picture)
    height, width = sums.shape[:2]
    mean[before : before + height, before : before + width] = sums / (side * side)
    return mean
''',
    "neighbour_sums": '''\
def neighbour_sums(values, count, by_doubling):
    """Sums of `count` neighbours along the first axis."""
    length = len(values) - count + 1
    if not by_doubling:
        total = values[:length]
        for first in range(1, count):
            total = total + values[first : first + length]
        return total
    # Of sums of 1, 2, 4, 8 ... neighbours.
    total, done, width = values[:length] if count % 2 else 0.0, count % 2, 1
    while 2 * width <= count:
        values = values[:-width] + values[width:]
        width *= 2
        if count & width:
            total = total + values[done : done + length]
            done += width
    return total
''',
    "slopes": '''\
def slopes(brightness, sigma, side):
    """Sobel's x and y of the blurred brightness in 16 bits, and what they were multiplied by."""
    border = cv2.BORDER_REPLICATE
    if brightness.dtype == np.uint8 and sigma == 0 and side < 7:
        gx = cv2.Sobel(brightness, cv2.CV_16S, 1, 0, ksize=side, borderType=border)
        return gx, cv2.Sobel(brightness, cv2.CV_16S, 0, 1, ksize=side, borderType=border), 1
    blurred = brightness.astype(np.float32)
    if sigma > 0:
        blurred = cv2.GaussianBlur(blurred, (0, 0), sigma, borderType=border)
    gx = cv2.Sobel(blurred, cv2.CV_32F, 1, 0, ksize=side, borderType=border)
    gy = cv2.Sobel(blurred, cv2.CV_32F, 0, 1, ksize=side, borderType=border)
    largest = float(max(np.abs(gx).max(), np.abs(gy).max()))
    scale = 20000 / largest if largest > 0 and np.isfinite(20000 / largest) else 1.0
    gx, gy = np.rint(gx * np.float32(scale)), np.rint(gy * np.float32(scale))
    return gx.astype(np.int16), gy.astype(np.int16), scale
''',
    "number_range": '''\
def number_range(picture):
    """The smallest and the largest number; what is none counts as 0."""
    known = np.where(np.isfinite(picture), picture, 0)
    return float(known.min()), float(known.max())
''',
    "bilateral": '''\
def bilateral(picture, radius, sigma_space, sigma_colour):
    """A blur in which only pixels of a like colour count."""
    is_float = picture.dtype == np.float32
    white = np.float32(white_of(picture))
    least, most = number_range(picture) if is_float else (0, 1)
    values = np.nan_to_num(picture / white, nan=least, neginf=least, posinf=most)
    # The weights depend on the range of the numbers: two more rows make it what it has to be.
    whole = cv2.copyMakeBorder(values, 0, 2, 0, 0, cv2.BORDER_CONSTANT)
    whole[-2], whole[-1] = least, most
    means = cv2.bilateralFilter(whole, 2 * radius + 1, sigma_colour, sigma_space)[:-2]
    return np.atleast_3d(means if is_float else rounded(means * white, picture.dtype))
''',
    "non_local_means": '''\
def non_local_means(picture, strength, patch, search):
    """A mean of pixels whose surroundings look alike; float in 65536 steps."""
    if picture.dtype != np.float32:
        return denoised(picture, strength * white_of(picture), patch, search)
    least, most = number_range(picture)
    step = (most - least) / 65535
    if step == 0:
        return picture
    values = np.nan_to_num(picture, nan=least, neginf=least, posinf=most)
    levels = np.rint((values - least) / step).astype(np.uint16)
    return (denoised(levels, strength / step, patch, search) * step + least).astype(np.float32)
''',
    "denoised": '''\
def denoised(picture, strength, patch, search):
    """Non-local means of whole numbers."""
    sizes = {"templateWindowSize": 2 * patch + 1, "searchWindowSize": 2 * search + 1}
    norm = cv2.NORM_L2
    if picture.dtype == np.uint16:  # for which OpenCV has only L1, summed over the channels
        norm, strength = cv2.NORM_L1, strength * picture.shape[2] ** 0.5
    picture = np.ascontiguousarray(picture)
    return np.atleast_3d(cv2.fastNlMeansDenoising(picture, [strength], normType=norm, **sizes))
''',
    "random_numbers": '''\
def random_numbers(height, width, channels, seed, normal=True):
    """Random numbers, the same for the same seed: normal ones, or even ones from 0 to 1."""
    numbers = np.empty((height, width, channels), np.float32)
    for top in range(0, height, 64):
        for left in range(0, width, 256):
            # Each block has a generator of its own, and is made whole.
            generator = np.random.default_rng([seed, top // 64, left // 256])
            block = generator.random(64 * 256 * channels, dtype=np.float32)
            if normal:  # Box and Muller
                radius, angle = np.split(block, 2)
                radius = np.sqrt(-2 * np.log1p(-radius))
                angle = angle * (2 * np.pi)
                block = np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))
            rows, columns = min(64, height - top), min(256, width - left)
            block = block.reshape(64, 256, channels)[:rows, :columns]
            numbers[top : top + rows, left : left + columns] = block
    return numbers
''',
    "luma": '''\
def luma(picture):
    """The brightness of a picture by Rec. 601; height x width."""
    if picture.shape[2] == 1:
        return picture[..., 0]
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
''',
    "with_luma": '''\
def with_luma(picture, old, new):
    """Colours that get as much brighter as their luma does, from `old` to `new`."""
    if picture.shape[2] == 1:
        return new[..., None]
    if picture.dtype == np.float32:
        return picture + (new - old)[..., None]
    more = np.subtract(new, old, dtype=np.int32)[..., None]
    return (picture + more).clip(0, white_of(picture)).astype(picture.dtype)
''',
    "gamma_corrected": '''\
def gamma_corrected(picture, gamma):
    """Each value, as a share of white, raised to a power."""
    if picture.dtype == np.float32:
        with np.errstate(over="ignore"):
            return np.copysign(np.power(np.abs(picture), np.float32(gamma)), picture)
    white = white_of(picture)
    levels = np.arange(int(white) + 1) / white
    return np.rint(levels**gamma * white).astype(picture.dtype)[picture]
''',
    "range_of": '''\
def range_of(values):
    """The smallest and the largest finite value."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
''',
    "to_levels": '''\
def to_levels(values, low, high):
    """Floating-point values in 65536 steps from `low` to `high`."""
    if high <= low:
        return np.zeros(values.shape, np.uint16)
    levels = (values - np.float32(low)) * np.float32(65535 / (high - low))
    return np.rint(np.fmin(np.fmax(levels, 0), 65535)).astype(np.uint16)
''',
    "from_levels": '''\
def from_levels(levels, low, high):
    """What `to_levels` turned into levels, as near as 65536 steps are."""
    return (levels * np.float32((high - low) / 65535) + np.float32(low)).astype(np.float32)
''',
    "equalised": '''\
def equalised(plane):
    """Levels spread so that each part of the scale holds about as many pixels."""
    is_float = plane.dtype == np.float32
    low, high = range_of(plane) if is_float else (0, 0)
    levels = to_levels(plane, low, high) if is_float else plane
    counts = np.bincount(levels.ravel(), minlength=256 if levels.dtype == np.uint8 else 65536)
    first = np.argmax(counts > 0)
    rest = counts.sum() - counts[first]
    table = np.arange(len(counts)).astype(levels.dtype)
    if rest > 0:
        summed = np.cumsum(counts) - counts[first]
        summed[:first] = 0
        factor = np.float32(len(counts) - 1) / np.float32(rest)
        spread = np.rint(summed.astype(np.float32) * factor)
        table = np.minimum(spread, len(counts) - 1).astype(levels.dtype)
    return (from_levels(table, low, high) if is_float else table)[levels]
''',
    "locally_equalised": '''\
def locally_equalised(plane, limit, tiles):
    """Levels spread in each of tiles x tiles parts, with a limited contrast."""
    clahe = cv2.createCLAHE(limit, (tiles, tiles))
    if plane.dtype != np.float32:
        return clahe.apply(np.ascontiguousarray(plane))
    low, high = range_of(plane)
    return from_levels(clahe.apply(to_levels(plane, low, high)), low, high)
''',
    "otsu_level": '''\
def otsu_level(plane):
    """The level that parts dark and bright pixels best: the variance between them is largest."""
    if plane.dtype == np.float32:
        low, high = range_of(plane)
        level = otsu_level(to_levels(plane, low, high)) + 0.5
        return float(from_levels(np.array(level), low, high))
    counts = np.bincount(plane.ravel(), minlength=256 if plane.dtype == np.uint8 else 65536)
    share = counts / counts.sum()
    below = np.cumsum(share)
    moment = np.cumsum(share * np.arange(len(counts)))
    known = (np.cumsum(counts) > 0) & (np.cumsum(counts) < counts.sum())
    if not known.any():  # one level only
        return int(np.argmax(counts))
    between = np.zeros(len(counts))
    difference = (moment[-1] * below[known] - moment[known]) ** 2
    between[known] = difference / (below * (1 - below))[known]
    return int(np.argmax(between))
''',
}
