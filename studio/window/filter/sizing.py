"""How large each filter's result is, and which filter of a chain leaves nothing of it."""

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.errors import SettingError
from studio.filters.base import Filter
from studio.filters.chain import Chain
from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.translate import tr

Size = tuple[int, int]  # height and width

_JOINED = "\N{NO-BREAK SPACE}"

_HELP = (
    "⌊(n + 2·p − d·(k − 1) − 1)/s⌋ + 1, where n is the length of what goes in, p the padding on "
    "each side, d the dilation, k the length of the window and s the stride. ⌊ ⌋ rounds down."
)


class Sizes(NamedTuple):
    """What is known of sizes without computing a pixel.

    Attributes
    ----------
    before : (int, int), optional
        Of what goes into the chosen filter; None where that is nothing.
    fault : SettingError, optional
        Why the chain has no result; its `step` is the row to blame.
    """

    before: Size | None = None
    fault: SettingError | None = None


def sizes_of(chain: Chain, size: Size, row: int) -> Sizes:
    """Follow a picture's size through the filters of a chain that are on."""
    before = None
    for place, step in enumerate(chain.steps):
        before = size if place == row else before
        try:
            size = step.filter.size(*size) if step.on else size
        except SettingError as error:
            error.step = place
            return Sizes(before, error)
    return Sizes(before)


class SizeLines(QWidget):
    """The formulas of a result's height and width, for filters that change them."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(2))
        grid.setColumnStretch(1, 1)
        self.formulas = [label(role="caption", wrap=True) for _ in range(2)]
        for row, (name, formula) in enumerate(zip(("Height", "Width"), self.formulas, strict=True)):
            grid.addWidget(label(name, "caption"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(formula, row, 1)
        self.setToolTip(tr(_HELP))
        self.hide()

    def show_size(self, filter: Filter | None, before: Size | None) -> None:
        """Show what a filter makes of a size, if it changes sizes at all."""
        words = _words(filter, before) if filter is not None and before is not None else None
        self.setVisible(words is not None)
        for line, text in zip(self.formulas, words or (), strict=False):
            line.setText(_broken(text))


def _words(filter: Filter, before: Size) -> tuple[str, str] | None:
    try:
        is_other = filter.family == "Resample" or filter.size(*before) != before
        return filter.size_words(*before) if is_other else None
    except SettingError:
        return None  # the field says it


def _broken(text: str) -> str:
    """The formula on one line; where that is too long, the result stands below it."""
    formula, result = text.replace(" ", _JOINED).rsplit(f"{_JOINED}={_JOINED}", 1)
    return f"{formula} ={_JOINED}{result}"
