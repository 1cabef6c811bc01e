"""The errors of two filters side by side, and of what goes into them."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.filters.quality import SSIM_WINDOW, Errors
from studio.window.chrome import theme
from studio.window.chrome.controls import label, set_property
from studio.window.filter.comparing_errors import Measured
from studio.window.filter.learning_curve import short_number
from studio.window.translate import tr

ROWS = ("A", "B", "")
_MOST_DECIMALS = 6
_BETTER = "\N{BLACK UP-POINTING SMALL TRIANGLE}"
_NUMBER_WIDTH, _ROW = 64, 26

_TITLES = ("MSE", "PSNR, dB", "SSIM")
_TIPS = (
    "Mean squared error: the mean of (result − reference)², in levels squared. 0 is best.",
    "Peak signal-to-noise ratio: 10 · log₁₀(white² / MSE), in decibels. Higher is better, ∞ is "
    "best.",
    "Structural similarity: compares mean, contrast and pattern in windows of {side} × {side} "
    "pixels, nearer to what an eye sees. 1 is best. Z. Wang et al., 2004.",
)


class ErrorTable(QWidget):
    """Three rows: the chosen filter, the other one, and no filter; the better of two stands out."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, (title, words) in enumerate(zip(_TITLES, _TIPS, strict=True)):
            head = label(title, "caption")
            head.setAlignment(right)
            head.setToolTip(tr(words).format(side=SSIM_WINDOW))
            self._grid.addWidget(head, 0, 2 + place)
            self._grid.setColumnMinimumWidth(2 + place, theme.px(_NUMBER_WIDTH))
        self._names = [label(elide=True) for _ in ROWS]
        self._numbers = [[QLabel() for _ in _TIPS] for _ in ROWS]
        for row, letter in enumerate(ROWS):
            mark = label(letter, "title")
            self._grid.addWidget(mark, 1 + row, 0)
            self._grid.addWidget(self._names[row], 1 + row, 1)
            self._grid.setRowMinimumHeight(1 + row, theme.px(_ROW))
            for place, number in enumerate(self._numbers[row]):
                number.setAlignment(right)
                self._grid.addWidget(number, 1 + row, 2 + place)
        self._grid.setColumnMinimumWidth(0, theme.px(12))
        self.show_errors(None)

    def set_names(self, chosen: str, other: str, unfiltered: str) -> None:
        """What the rows are about."""
        for shown, words in zip(self._names, (chosen, other, unfiltered), strict=True):
            shown.setText(words)

    def show_errors(self, measured: Measured | None) -> None:
        """Show numbers, or dashes until they are known."""
        if measured is None:
            for row in range(len(ROWS)):
                self._show_row(row, ("–", "–", "–"), (False,) * 3)
            return
        wins = better(measured.chosen, measured.other)
        rows = measured.chosen, measured.other, measured.unfiltered
        decimals = decimals_for([errors.mse for errors in rows[:2]])
        for row, errors in enumerate(rows):
            marks = tuple(win == ROWS[row] for win in wins) if ROWS[row] else (False,) * 3
            self._show_row(row, error_words(errors, decimals), marks)

    def words(self, row: int) -> tuple[str, ...]:
        """The numbers of a row, as they are shown."""
        return tuple(number.text() for number in self._numbers[row])

    def is_marked(self, row: int) -> tuple[bool, ...]:
        """Which numbers of a row stand out."""
        return tuple(bool(number.property("role")) for number in self._numbers[row])

    def _show_row(self, row: int, words: tuple[str, ...], marks: tuple[bool, ...]) -> None:
        named = [self._names[row].text()]
        for number, text, mark in zip(self._numbers[row], words, marks, strict=True):
            number.setText(f"{_BETTER} {text}" if mark else text)
            set_property(number, "role", "title" if mark else "")
            number.setFont(theme.font(weight=600 if mark else 400))
            named.append(f"{text}, {tr('better')}" if mark else text)
        self._names[row].setAccessibleName(", ".join(named))


def better(chosen: Errors, other: Errors) -> tuple[str, str, str]:
    """Which of A and B is nearer to the reference by each measure; empty where neither is."""

    def which(first: float, second: float) -> str:
        if first == second or math.isnan(first) or math.isnan(second):
            return ""
        return "A" if first < second else "B"

    by_squares = which(chosen.mse, other.mse)
    return by_squares, by_squares, which(-chosen.ssim, -other.ssim)


def decimals_for(values: list[float]) -> int | None:
    """How many decimals give the smallest of some errors four figures; None for powers of ten."""
    known = [value for value in values if value > 0 and math.isfinite(value)]
    if not known:
        return 0
    decimals = 3 - math.floor(math.log10(min(known)))
    return None if decimals > _MOST_DECIMALS else max(0, decimals)


def error_words(errors: Errors, decimals: int | None) -> tuple[str, str, str]:
    """The three numbers, as short as they can be compared; what isn't perfect never looks so."""
    mse, psnr, ssim = errors.mse, errors.psnr, errors.ssim
    if not math.isfinite(mse):
        squares = "–"
    elif not mse or decimals is None:
        squares = short_number(float(f"{mse:.4g}"))
    else:
        squares = f"{mse:,.{decimals}f}"
    ratio = "–" if math.isnan(psnr) else "∞" if psnr == math.inf else f"{psnr:.2f}"
    if math.isnan(ssim):
        return squares, _minus(ratio), "–"
    alike = "0.9999" if 0.99995 <= ssim < 1 else f"{ssim:.4f}"
    return squares, _minus(ratio), _minus(alike)


def _minus(words: str) -> str:
    return words.replace("-", "−")


def verdict(measured: Measured) -> str:
    """Which filter comes nearer to the reference, in a sentence or two."""
    chosen, other, unfiltered, is_whole = measured
    by_squares, _, by_structure = better(chosen, other)
    sentences = [_nearer(by_squares, by_structure, chosen, other)]
    if unfiltered.mse < min(chosen.mse, other.mse):
        sentences.append(tr("Without a filter the mean squared error is smaller still."))
    if not is_whole:
        sentences.append(tr("Measured where all of them have pixels: one has no border."))
    return " ".join(sentences)


def _nearer(by_squares: str, by_structure: str, chosen: Errors, other: Errors) -> str:
    if not by_squares and not by_structure:
        return tr("Neither comes nearer to the reference than the other.")
    if by_squares and by_structure and by_squares != by_structure:
        words = tr("{first} is nearer by MSE and PSNR, {second} by SSIM.")
        return words.format(first=by_squares, second=by_structure)
    if not by_squares:
        return tr("{name} is nearer to the reference by SSIM.").format(name=by_structure)
    low, high = sorted((chosen.mse, other.mse))
    if low == 0:
        return tr("{name} gives the reference exactly.").format(name=by_squares)
    words = tr(
        "{name} is nearer to the reference: its mean squared error is {times} times smaller."
    )
    if high / low < 1.1:
        words = tr("{name} is a little nearer to the reference.")
    return words.format(name=by_squares, times=f"{high / low:.1f}")
