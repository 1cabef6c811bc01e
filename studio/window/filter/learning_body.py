"""Settings, error curve and kernels of the learning, laid out for wide and narrow windows."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.insight.kernel_learning import KernelLearning
from studio.window.chrome import theme
from studio.window.chrome.controls import label, set_property
from studio.window.filter.learning_curve import ErrorCurve
from studio.window.filter.learning_kernels import LearnedKernels
from studio.window.forms.form import Form
from studio.window.translate import tr

_MARGIN, _BETWEEN = 16, 20
_FORM_WIDTH = 272
_WIDE = 820  # from here on form, curve and kernels have room side by side
_NARROWEST = 560
_NARROWEST_CURVE = 200
_NARROWEST_KERNELS = 240


class LearningBody(QWidget):
    """The three parts, or one sentence where there is nothing to show.

    Signals: `form_shown` with whether the settings are to be seen.
    """

    form_shown = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        # Its own, or three parts side by side would keep a window from becoming narrow.
        self.setMinimumWidth(theme.px(_NARROWEST))
        self._is_empty = True
        self._form_wanted: bool | None = None  # None: where there is room
        self.form = Form(KernelLearning())
        self.curve = ErrorCurve()
        self.kernels = LearnedKernels()
        self.kernels.resized.connect(self._fit_kernels)
        self._words = label(role="label", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._words.setMinimumHeight(2 * QFontMetrics(theme.font()).lineSpacing())
        self._empty = label(role="label", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._form_part = self._make_form_part()
        self._curve_part = self._make_curve_part()
        self._kernels_part = QWidget()
        kernels_column = _column(self._kernels_part, theme.px(4))
        kernels_column.addWidget(self.kernels)
        kernels_column.addWidget(self._words)
        kernels_column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(_MARGIN), 0, theme.px(_MARGIN), theme.px(8))
        row.setSpacing(theme.px(_BETWEEN))
        row.addWidget(self._form_part)
        row.addWidget(self._curve_part, 1)
        row.addWidget(self._kernels_part)
        row.addWidget(self._empty, 1)
        self._arrange()

    @property
    def said(self) -> str:
        """The sentence under the kernels, or in place of everything."""
        return self._empty.text() if self._is_empty else self._words.text()

    def say(self, words: str, is_error: bool = False) -> None:
        """Put a sentence under the kernels."""
        set_property(self._words, "role", "error" if is_error else "label")
        self._words.setText(words)

    def show_empty(self, words: str) -> None:
        """Show a sentence and nothing else."""
        self._is_empty = True
        self._empty.setText(words)
        self._arrange()

    def show_parts(self) -> None:
        """Show form, curve and kernels."""
        self._is_empty = False
        self._arrange()

    def show_form(self, wanted: bool) -> None:
        """Show or hide the settings; a narrow window shows them in the curve's place."""
        self._form_wanted = wanted
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _make_form_part(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, theme.px(2), theme.px(8), theme.px(8))
        column.addWidget(self.form)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumWidth(theme.px(_FORM_WIDTH))
        area.setWidget(inside)
        return area

    def _make_curve_part(self) -> QWidget:
        title = label("Mean squared error", "label")
        title.setFont(theme.font(12))
        title.setToolTip(
            tr("The mean of (learned result − real result)², in levels squared, at each step.")
        )
        part = QWidget()
        column = _column(part)
        column.addWidget(title)
        column.addWidget(self.curve, 1)
        return part

    def _arrange(self) -> None:
        wide = self.width() >= theme.px(_WIDE)
        form = wide if self._form_wanted is None else self._form_wanted
        shown = {
            self._empty: self._is_empty,
            self._form_part: form and not self._is_empty,
            self._curve_part: (wide or not form) and not self._is_empty,
            self._kernels_part: not self._is_empty,
        }
        # First what goes away, lest the panel grow for a moment.
        for part, is_shown in sorted(shown.items(), key=lambda item: item[1]):
            part.setHidden(not is_shown)
        self._form_part.setMaximumWidth(theme.px(_FORM_WIDTH if wide else _WIDE))
        self._fit_kernels()
        self.form_shown.emit(form)

    @Slot()
    def _fit_kernels(self) -> None:
        """As wide as the kernels are, where form and curve leave room for it."""
        least = theme.px(_NARROWEST_KERNELS)
        room = self.width() - 2 * theme.px(_MARGIN)
        if not self._form_part.isHidden():
            room -= theme.px(_FORM_WIDTH + _BETWEEN)
        if not self._curve_part.isHidden():
            room -= theme.px(_NARROWEST_CURVE + _BETWEEN)
        wanted = max(self.kernels.sizeHint().width(), least)
        self._kernels_part.setFixedWidth(max(min(wanted, room), least))


def _column(part: QWidget, spacing: int = 0) -> QVBoxLayout:
    made = QVBoxLayout(part)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    return made
