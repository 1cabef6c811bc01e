"""What a filter is: settings, how far it looks, and how it computes a piece of a picture."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.declare import Declared, option
from studio.errors import SettingError
from studio.filters.working import Numbers, View, Working
from studio.image.display import Mode
from studio.image.picture import DEPTHS, Pixels

Border = Literal["mirror", "reflect", "replicate", "wrap", "zero", "constant", "valid"]
Family = Literal["Linear", "Rank", "Gradient", "Smoothing", "Resample", "Noise", "Tone", "Shape"]

CV_BORDER = {
    "mirror": cv2.BORDER_REFLECT_101,
    "reflect": cv2.BORDER_REFLECT,
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "zero": cv2.BORDER_CONSTANT,
    "constant": cv2.BORDER_CONSTANT,
}

CV_BORDER_NAMES = {
    "mirror": "cv2.BORDER_REFLECT_101",
    "reflect": "cv2.BORDER_REFLECT",
    "replicate": "cv2.BORDER_REPLICATE",
    "wrap": "cv2.BORDER_WRAP",
    "zero": "cv2.BORDER_CONSTANT",
    "constant": "cv2.BORDER_CONSTANT",
}

BORDER_NAMES = {
    "mirror": "Mirror (dcb|abcd|cba)",
    "reflect": "Reflect (cba|abcd|dcb)",
    "replicate": "Replicate (aaa|abcd|ddd)",
    "wrap": "Wrap (bcd|abcd|abc)",
    "zero": "Zero (000|abcd|000)",
    "constant": "Constant (kkk|abcd|kkk)",
    "valid": "None: the result is smaller",
}

SIZE_FORMULA = "size: ⌊(n + 2·p − d·(k − 1) − 1)/s⌋ + 1"


def border_option(default: Border) -> Any:
    """The border setting, with the default of the library the filter is known from."""
    return option(
        default,
        "Border",
        "What stands beyond the edge of the picture, where the window reaches outside it.",
        names=BORDER_NAMES,
    )


def border_value_option() -> Any:
    """What a constant border consists of."""
    return option(
        0.0,
        "Border value",
        "The number beyond the edge, in the picture's own numbers: 255 is white for 8 bits.",
        low=-1e6,
        high=1e6,
        step=1,
        when={"border": ("constant",)},
    )


class Reach(NamedTuple):
    """Numbers of pixels beyond a pixel, or beyond the edges of a picture, on each side."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a picture on its way through a filter.

    Attributes
    ----------
    pixels : array, rows x columns x channels
        With all neighbours that the wanted results need. Not to be changed.
    border : int
        OpenCV's code for what lies beyond `pixels`. Where the picture goes on there, or where the
        border was already put around it, the results near the edge are thrown away.
    top, left : int
        The row and column of the picture that the piece begins at; negative inside a border.
    height, width : int
        Of the whole picture.
    measured : Any
        What `Filter.measure` found in the whole picture.
    """

    pixels: Pixels
    border: int
    top: int
    left: int
    height: int
    width: int
    measured: Any = None


class Filter(Declared):
    """One operation on a picture, with its settings.

    A filter is one class in one file of this package: give it the class variables below, fields
    made with `option`, and `compute`. The window, the command line, the help and the tests find it.
    It is computed in pieces, several at once, so `compute` depends on nothing but the piece.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    family: ClassVar[Family]
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    # Whether it can only be computed on the whole picture at once; `reach` doesn't count then.
    needs_all: ClassVar[bool] = False
    # The field that is named when the window doesn't fit into the picture.
    size_field: ClassVar[str] = "border"

    @property
    def reach(self) -> Reach:
        """How far the window reaches beyond its centre."""
        return Reach()

    @property
    def padding(self) -> Reach:
        """How many pixels of border are invented around the picture."""
        return Reach()

    @property
    def strides(self) -> tuple[int, int]:
        """Rows and columns from one result to the next."""
        return 1, 1

    @property
    def dilations(self) -> tuple[int, int]:
        """Rows and columns from one value of the window to the next; those between don't count."""
        return 1, 1

    @property
    def beyond(self) -> tuple[Border, float]:
        """What the padding consists of; the number is for a constant one."""
        return "valid", 0.0

    @property
    def pads_itself(self) -> bool:
        """Whether `compute` is given the border as OpenCV's code, not put around the pixels."""
        return False

    @property
    def measures(self) -> bool:
        """Whether it looks for something in the whole picture first; see `measure`."""
        return False

    # In pictures of which depths it looks, if it does.
    measured_depths: ClassVar[frozenset[str]] = frozenset(DEPTHS)

    @property
    def is_slow(self) -> bool:
        """Whether a pixel costs so much that strips stay small, for a person to cancel between."""
        return False

    @property
    def as_kernel(self) -> NDArray[np.float64] | None:
        """The weights as they lie on the picture, where the filter is a weighted sum of a window.

        An offset that is added to the sum doesn't stand in the way.
        """
        return None

    @property
    def is_explained(self) -> bool:
        """Whether `working` tells how a single value comes about."""
        return any(self.reach) and not self.needs_all

    @property
    def is_light(self) -> bool:
        """Whether memory takes longer than arithmetic, so that one call of OpenCV is fastest."""
        return False

    @property
    def words(self) -> str:
        """The settings in a few words, for a line of the chain."""
        return ""

    @property
    def shown_as(self) -> Mode:
        """What kind of numbers the result is, for whoever shows it."""
        return "auto"

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of the result for a picture of this height and width.

        Raises
        ------
        SettingError
            When nothing would be left.
        """
        top, bottom, left, right = self.reach
        pad, (down, across) = self.padding, self.strides
        tall, wide = 1 + top + bottom, 1 + left + right
        room_down, room_across = height + pad.top + pad.bottom, width + pad.left + pad.right
        if tall > room_down or wide > room_across:
            raise SettingError(
                f"the window of {tall} × {wide} doesn't fit into a picture of {height} × {width}",
                "Take a smaller window, more padding, or another border than none",
                self.size_field,
            )
        return (room_down - tall) // down + 1, (room_across - wide) // across + 1

    def size_words(self, height: int, width: int) -> tuple[str, str]:
        """The formula of the result's height and that of its width, with their numbers.

        Such as ``⌊(600 + 2·0 − 1·(2 − 1) − 1)/2⌋ + 1 = 300``: of length, padding, dilation, window
        and stride. V. Dumoulin and F. Visin, A Guide to Convolution Arithmetic
        for Deep Learning, 2016.

        Raises
        ------
        SettingError
            As `size` does.
        """
        results = self.size(height, width)
        return self._axis_words(0, height, results[0]), self._axis_words(1, width, results[1])

    def _axis_words(self, axis: int, length: int, result: int) -> str:
        before, after = self.padding[2 * axis : 2 * axis + 2]
        gap, step = self.dilations[axis], self.strides[axis]
        taps = sum(self.reach[2 * axis : 2 * axis + 2]) // gap + 1
        if before == after:
            padded = f"{length} + 2·{before}"
        else:
            signed = [f" {'−' if pad < 0 else '+'} {abs(pad)}" for pad in (before, after) if pad]
            padded = f"{length}{''.join(signed)}"
        return f"⌊({padded} − {gap}·({taps} − 1) − 1)/{step}⌋ + 1 = {result}"

    def measure(self, pixels: Pixels) -> Any:
        """What has to be known of the whole picture, for filters with `measures`."""
        return None

    def compute(self, piece: Piece) -> Pixels:
        """Filter a piece of a picture.

        Returns
        -------
        array, as high and wide as the piece
            The results for all its pixels, whatever the stride; those near its edges are left out
            by the caller as far as `reach` says. With `needs_all`: the whole result.
        """
        raise NotImplementedError

    def code(self, border: str) -> str:
        """What `compute` does, as statements of a script; see `studio.filters.script`.

        They change the variable ``picture``, an array of height x width x channels with the border
        already around it unless `pads_itself`; what is too much at its edges is cut off after them.
        They know ``np``, ``cv2``, ``ndimage`` (of SciPy) and the functions of `script_parts`.

        Parameters
        ----------
        border : str
            OpenCV's name for what lies beyond the picture, such as ``cv2.BORDER_REFLECT``.
        """
        raise NotImplementedError

    def apply(self, pixels: Pixels) -> Pixels:
        """Filter a whole picture; height x width x channels in and out.

        Raises
        ------
        StudioError
            When the picture can't be filtered with these settings.
        """
        from studio.filters.evaluation import Evaluation

        return Evaluation((self,), pixels).whole()

    def working(self, window: Numbers) -> Working:
        """The way from one neighbourhood to its result, for whoever shows the arithmetic.

        Parameters
        ----------
        window : array, (top + 1 + bottom) x (left + 1 + right)
            The neighbourhood in one channel, border included.
        """
        return Working()

    def working_of(self, view: View) -> Working:
        """As `working`, for filters that have to know more than the numbers of the window."""
        return self.working(view.window)


class NeighbourhoodFilter(Filter):
    """A filter whose output pixel depends on a window around it."""

    # The borders that OpenCV makes itself in the function that `compute` calls. It may round a last
    # bit differently around pixels that were padded before, so these are left to it.
    own_borders: ClassVar[frozenset[str]] = frozenset()

    border: Border = border_option("mirror")
    border_value: float = border_value_option()

    @property
    def padding(self) -> Reach:
        return Reach() if self.border == "valid" else self.reach

    @property
    def beyond(self) -> tuple[Border, float]:
        return self.border, self.border_value if self.border == "constant" else 0.0

    @property
    def pads_itself(self) -> bool:
        return self.border in self.own_borders


def with_channels(filtered: Any, like: Pixels) -> Pixels:
    """OpenCV drops the axis of a single channel; this puts it back."""
    whole: Pixels = filtered.reshape(*like.shape[:2], -1)
    return whole
