"""What a filter is, and what happens beyond the edge of a picture."""

from typing import Any, ClassVar, Literal, NamedTuple

import cv2

from studio.declare import Declared, option
from studio.errors import SettingError
from studio.filters.working import Numbers, Working
from studio.image.display import Mode
from studio.image.picture import Pixels

Border = Literal["mirror", "reflect", "replicate", "wrap", "zero", "valid"]

CV_BORDER = {
    "mirror": cv2.BORDER_REFLECT_101,
    "reflect": cv2.BORDER_REFLECT,
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "zero": cv2.BORDER_CONSTANT,
}

BORDER_NAMES = {
    "mirror": "Mirror (dcb|abcd|cba)",
    "reflect": "Reflect (cba|abcd|dcb)",
    "replicate": "Replicate (aaa|abcd|ddd)",
    "wrap": "Wrap (bcd|abcd|abc)",
    "zero": "Zero (000|abcd|000)",
    "valid": "None: the result is smaller",
}


def border_option(default: Border) -> Any:
    """The border setting, with the default of the library the filter is known from."""
    return option(
        default,
        "Border",
        "What stands beyond the edge of the picture, where the window reaches outside it.",
        names=BORDER_NAMES,
    )


class Reach(NamedTuple):
    """How many pixels beyond an output pixel a filter looks, on each side."""

    top: int
    bottom: int
    left: int
    right: int


class Filter(Declared):
    """One operation on a picture, with its settings.

    A filter is one class in one file of this package: give it the class variables below, fields
    made with `option`, and `compute`. The window, the command line, the help and the tests find it.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""

    @property
    def reach(self) -> Reach:
        return Reach(0, 0, 0, 0)

    @property
    def words(self) -> str:
        """The settings in a few words, for a line of the chain."""
        return ""

    @property
    def shown_as(self) -> Mode:
        """What kind of numbers the result is, for whoever shows it."""
        return "auto"

    def compute(self, padded: Pixels) -> Pixels:
        """Filter the inside of an array that already has its border.

        Parameters
        ----------
        padded : array, (top + height + bottom) x (left + width + right) x channels
            The picture with `reach` more pixels on each side.

        Returns
        -------
        array, height x width x channels
        """
        raise NotImplementedError

    def apply(self, pixels: Pixels) -> Pixels:
        """Filter a whole picture; height x width x channels in and out.

        Raises
        ------
        StudioError
            When the picture can't be filtered with these settings.
        """
        return self.compute(pixels)


class NeighbourhoodFilter(Filter):
    """A filter whose output pixel depends on a window around it."""

    border: Border = border_option("mirror")

    def apply(self, pixels: Pixels) -> Pixels:
        return self.compute(pad(pixels, self.reach, self.border))

    def working(self, window: Numbers) -> Working:
        """The way from one neighbourhood to its result, for whoever shows the arithmetic.

        Parameters
        ----------
        window : array, (top + 1 + bottom) x (left + 1 + right)
            The neighbourhood in one channel, border included.
        """
        return Working()


def cut(filtered: Any, reach: Reach) -> Pixels:
    """The inside of a padded array that was filtered.

    OpenCV drops the axis of a single channel; this puts it back.
    """
    height, width = filtered.shape[:2]
    whole: Pixels = filtered.reshape(height, width, -1)
    return whole[reach.top : height - reach.bottom, reach.left : width - reach.right]


def pad(pixels: Pixels, reach: Reach, border: Border) -> Pixels:
    """The picture with invented pixels around it, as `border` says ("valid" adds none).

    Raises
    ------
    SettingError
        When nothing would be left of a picture without border.
    """
    if border == "valid":
        _check_room(pixels, reach)
        return pixels
    if not any(reach):
        return pixels
    padded: Any = cv2.copyMakeBorder(pixels, *reach, CV_BORDER[border])
    return padded.reshape(*padded.shape[:2], pixels.shape[2])  # type: ignore[no-any-return]


def _check_room(pixels: Pixels, reach: Reach) -> None:
    height, width = pixels.shape[:2]
    tall, wide = 1 + reach.top + reach.bottom, 1 + reach.left + reach.right
    if tall > height or wide > width:
        raise SettingError(
            f"the window of {tall} × {wide} doesn't fit into a picture of {height} × {width}",
            "Take a smaller window, or another border than none",
            "border",
        )
