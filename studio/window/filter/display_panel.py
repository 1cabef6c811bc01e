"""The Display section of the inspector: which values a result has, and how they are shown."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.image.display import Scale, Shown
from studio.image.statistics import Histogram
from studio.image.write import number
from studio.window.canvas.cells import signed_number
from studio.window.canvas.histogram_view import HistogramView
from studio.window.chrome.controls import label
from studio.window.chrome.inspector import Section
from studio.window.forms.form import Form
from studio.window.translate import tr


class DisplayPanel(Section):
    """Histogram, scale and levels of a result; the numbers stay what they are.

    Signals: `shown_changed(Shown)` when the result is to be shown in another way.
    """

    shown_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__("Display")
        self._channels = 1
        self._is_float = False
        self.histogram = HistogramView()
        self.form = Form(Shown())
        self._odd = label(role="caption", wrap=True)
        self._odd.hide()
        self.add(self.histogram, self._odd, self.form)
        self.histogram.levels_changed.connect(self._set_levels)
        self.histogram.automatic_wanted.connect(self._find_levels)
        self.form.changed.connect(self._take)
        self._shown = Shown()
        self._show_fields()

    @property
    def shown(self) -> Shown:
        """How a person wants results to be shown."""
        return self._shown

    def set_shown(self, shown: Shown) -> None:
        """Show other settings without saying `shown_changed`."""
        self._shown = shown
        self.form.set_value(shown)
        self._show_fields()

    def show_scale(self, scale: Scale) -> None:
        """Show the scale of a new result, of which nothing was counted yet."""
        self.histogram.show_scale(scale)

    def show_result(
        self, histogram: Histogram, scale: Scale, depth: str, is_whole: bool = True
    ) -> None:
        """Show what was counted so far of a result, and the scale it is shown on.

        Parameters
        ----------
        depth : str
            Of the result: uint8, uint16 or float32.
        is_whole : bool
            Whether all of the result was counted, or only what was looked at.
        """
        self._channels = histogram.channels
        self._is_float = depth.startswith("float")
        self.histogram.show_histogram(histogram, scale, not self._is_float)
        self.set_title(tr("Display"), _range(histogram, self._is_float, is_whole))
        self._odd.setText(_odd(histogram))
        self._odd.setVisible(bool(self._odd.text()))
        self._show_fields()

    def stops(self) -> list[QWidget]:
        """Where Tab stops in the section, in order."""
        view = self.histogram
        return [view.log_button, view.low_handle, view.high_handle, *self.form.stops()]

    def _show_fields(self) -> None:
        """Only the settings that mean something for a result of these channels and this depth."""
        hidden = set()
        if not self._is_float:
            hidden.add("colours")
        if self._channels == 1:
            hidden |= {"channel", "tinted"}
        elif self._shown.channel == "all" or self._shown.tinted:
            hidden.add("colour_map")
        if self.histogram.scale.kind == "direction":
            hidden |= {"levels", "black", "white"}
        self.form.hide_fields(hidden)

    # What a person does

    @Slot(float, float)
    def _set_levels(self, low: float, high: float) -> None:
        self._tell(self._shown.change(levels="set", black=low, white=high))

    @Slot()
    def _find_levels(self) -> None:
        self._tell(self._shown.change(levels="auto"))

    @Slot(object)
    def _take(self, wanted: Shown) -> None:
        before, scale = self._shown, self.histogram.scale
        if wanted.levels == "set" and before.levels == "auto":  # from where they are
            wanted = wanted.change(black=scale.low, white=scale.high)
        elif wanted.levels == "set" and scale.kind == "signed":  # zero stays in the middle
            moved = wanted.black if wanted.black != before.black else wanted.white
            if moved and abs(moved) != abs(before.white):
                wanted = wanted.change(black=-abs(moved), white=abs(moved))
        self._tell(wanted)

    def _tell(self, shown: Shown) -> None:
        if shown == self._shown:
            return
        self.set_shown(shown)
        self.shown_changed.emit(shown)


def _range(histogram: Histogram, is_float: bool, is_whole: bool) -> str:
    """The smallest and the largest value, for the caption."""
    if not histogram.total:
        return tr("no value is a number") if histogram.nan or histogram.infinite else ""
    least, most = histogram.minimum, histogram.maximum
    words = signed_number if least < 0 else number
    if not is_whole:
        text = tr("so far {low} to {high}")
    else:
        text = tr("values are kept, {low} to {high}") if is_float else tr("values {low} to {high}")
    return text.format(low=words(least), high=words(most))


def _odd(histogram: Histogram) -> str:
    """How many values the histogram can't hold."""
    parts = []
    if histogram.nan:
        parts.append(tr("Not a number: {count}.").format(count=f"{histogram.nan:,}"))
    if histogram.infinite:
        parts.append(tr("Infinite: {count}.").format(count=f"{histogram.infinite:,}"))
    return " ".join(parts)
