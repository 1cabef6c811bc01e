"""The field in theory and measured, beside each other: each magnified, with its size."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.insight.effective_field import SHARE
from studio.window.canvas.aim import MARGIN
from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.network.facts import reach_words
from studio.window.network.field.view import Patch
from studio.window.network.field.work import Measured
from studio.window.network.look import Look
from studio.window.translate import tr

_THEORY = "What the unit can depend on, from kernels, strides and padding alone"
_MEASURED = (
    "The fewest rows and the fewest columns in a run that hold {share} % of the gradient "
    "|d unit / d input|, summed over channels (Luo et al., 2016)"
)

_ALL = 1 - 1e-4  # of the gradient, but for rounding


class _Side(QWidget):
    """A patch, and its size in words."""

    def __init__(self, title: str, about: str) -> None:
        super().__init__()
        self.patch = Patch()
        self.patch.setAccessibleName(tr(title))
        self.extent = label(role="title")
        self.setToolTip(about)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        self.unit = label("pixels", "label")
        for part in (label(title, "small"), self.extent, self.unit):
            words.addWidget(part)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        row.addWidget(self.patch, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class FieldSizes(QWidget):
    """Theory and measurement.

    `words` say what else there is to tell of them; whoever shows this puts them somewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.theory = _Side("Theory", tr(_THEORY))
        self.measured = _Side("Measured", tr(_MEASURED).format(share=f"{100 * SHARE:.0f}"))
        self.words = label(role="caption", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.setSpacing(theme.px(4))
        row.addWidget(self.theory, 1)
        row.addWidget(self.measured, 1)
        self._field: tuple[int, int, int, int] | None = None
        self._reach = ""

    def show_theory(self, look: Look, number: int, y: int, x: int, is_cut: bool) -> None:
        """Show the field of a unit of a row; `is_cut` where it ends at the picture's edge."""
        row = look.rows[number]
        field = self._field = row.field_of(y, x)
        self.theory.patch.show_field(look.input, field)
        self.theory.extent.setText("×".join(map(str, row.receptive_field)))
        border = tr("reaches into the border that was added") if is_cut else ""
        self._reach = reach_words(field, look.rows[0].output) or border

    def show_measured(self, measured: Measured | None, waiting: str = "") -> None:
        """Show a measurement, or why there is none."""
        lines = [tr("Theory {reaches}").format(reaches=self._reach)] if self._reach else []
        if measured is None:
            self.measured.patch.show_field(None, self._field)
            self.measured.extent.setText("")
            lines.append(waiting)
        else:
            field = measured.field
            box = field.measured
            self.measured.patch.show_field(measured.pixels[..., :3], field.theory, box)
            self.measured.extent.setText(tr("none") if box is None else f"{box.height}×{box.width}")
            lines += _words(measured)
        self.measured.unit.setVisible(measured is not None and measured.field.measured is not None)
        self.words.setText("\n".join(line for line in lines if line))


def _words(measured: Measured) -> list[str]:
    """How the measurement compares with theory, and how it was made."""
    field = measured.field
    if field.measured is None:
        return [tr("No pixel changes the unit here: what it comes from is silent.")]
    share = f"{100 * field.ratio:.0f}"
    is_cut = field.seen != field.theory
    ratio = tr("Measured is {share} % as wide as theory")
    inside = tr("Measured is {share} % as wide as theory inside the picture")
    lines = [(inside if is_cut else ratio).format(share=share)]
    if field.before:
        titles = {row.name: row.title for row in measured.look.rows}
        silent = tr("The unit is silent: measured at {row}, before its activation")
        lines.append(silent.format(row=titles.get(field.before, field.before)))
    if field.inside < _ALL:
        mixed = tr(
            "Only {share} % of the gradient lies inside theory: in training mode batch "
            "normalisation sees the whole picture"
        )
        lines.append(mixed.format(share=f"{100 * field.inside:.0f}"))
    return lines
