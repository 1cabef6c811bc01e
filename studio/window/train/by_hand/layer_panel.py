"""One kernel before the step, its gradient, and how the step changes it."""

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.nets.row import Row
from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.train.by_hand.length_list import LengthList
from studio.window.train.by_hand.signed_grid import SignedGrid, signed_words
from studio.window.train.by_hand.slices import (
    Arrays,
    HandLayer,
    bias_of,
    input_words,
    layers_of,
    lengths_of,
    slice_of,
)
from studio.window.train.by_hand.work import Moved, Ready, Sloped
from studio.window.translate import tr

_WHAT = ("Weight", "Gradient", "Change")
_TIPS = (
    "The weights as they are now",
    "How much the loss rises for each unit that a weight rises",
    "How far the update moved each weight: −learning rate × gradient for plain SGD; momentum and "
    "other optimisers make something else of the gradient",
)


class LayerPanel(QWidget):
    """Chooses a layer and a kernel, and shows weight, gradient and change beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._layers: tuple[HandLayer, ...] = ()
        self._arrays: list[Arrays] = [{}, {}, {}]  # weights, gradients, changes
        self.layer = QComboBox()
        self.layer.setFixedHeight(theme.px(28))
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.layer.setMinimumContentsLength(8)
        self.output, self.input = _spin(tr("Kernel")), _spin(tr("Slice of the kernel"))
        self.output_words = label(role="label")
        self.input_words = label(role="label", elide=True)
        self.grids = tuple(SignedGrid(tr(what)) for what in _WHAT)
        self.reaches = tuple(label(role="small") for _ in _WHAT)
        self.biases = tuple(label(role="caption", elide=True) for _ in _WHAT)
        self.lengths = LengthList()
        self.layer.currentIndexChanged.connect(self._take_layer)
        self.output.valueChanged.connect(self._show)
        self.input.valueChanged.connect(self._show)
        self.lengths.selectionModel().currentChanged.connect(self._take_row)
        self._make_layout()
        self.setEnabled(False)
        for part in (self.output, self.output_words, self.input):
            part.hide()

    def _make_layout(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.layer, 1)
        head.addWidget(self.output_words)
        head.addWidget(self.output)
        second = QHBoxLayout()
        second.setSpacing(theme.px(8))
        second.addWidget(self.input_words, 1)
        second.addWidget(self.input)
        self.second = QWidget()
        self.second.setFixedHeight(theme.px(28))
        self.second.setLayout(second)
        second.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        for what, words, grid, reach, bias in zip(
            _WHAT, _TIPS, self.grids, self.reaches, self.biases, strict=True
        ):
            row.addLayout(_column(what, words, grid, reach, bias), 1)
        title = label("Length of the gradient", "title")
        title.setToolTip(
            tr(
                "Root of the sum of squares over all weights of a layer. Where it is far smaller "
                "than in the last layers, the gradient vanishes and the layer hardly learns"
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(12), theme.px(12), theme.px(8))
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        column.addWidget(self.second)
        column.addLayout(row)
        column.addSpacing(theme.px(4))
        column.addWidget(title)
        column.addWidget(self.lengths, 1)

    # What happened

    def begin(self, ready: Ready) -> None:
        """Show fresh weights; a layer that is still there stays chosen."""
        self.setEnabled(True)
        chosen = self.chosen
        self._rows, self._layers = ready.rows, layers_of(ready.rows, ready.weights)
        self._arrays = [ready.weights, {}, {}]
        with QSignalBlocker(self.layer), QSignalBlocker(self.lengths.selectionModel()):
            self.layer.clear()
            self.layer.addItems([layer.title for layer in self._layers])
            self.lengths.layers.show_layers([layer.title for layer in self._layers])
        place = self._layers.index(chosen) if chosen in self._layers else 0
        self.layer.setCurrentIndex(place)
        self._take_layer()

    def slope(self, said: Sloped) -> None:
        """Show gradients; the change is still to come."""
        self._arrays[1:] = [said.backward.gradients, {}]
        self.lengths.layers.show_lengths(lengths_of(said.backward.lengths, self._layers))
        self._show()

    def change(self, said: Moved) -> None:
        """Show the new weights and how they changed."""
        self._arrays[0], self._arrays[2] = said.update.weights, said.update.moves
        self._show()

    @property
    def chosen(self) -> HandLayer | None:
        place = self.layer.currentIndex()
        return self._layers[place] if 0 <= place < len(self._layers) else None

    # Choosing

    @Slot()
    def _take_layer(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        self.lengths.setCurrentIndex(self.lengths.layers.index(self.layer.currentIndex()))
        for spin, count in ((self.output, chosen.outputs), (self.input, chosen.inputs)):
            with QSignalBlocker(spin):
                spin.setRange(0, count - 1)
                spin.setEnabled(count > 1)
        words = tr("Kernel, 0 to {last}") if chosen.is_kernel else tr("Unit, 0 to {last}")
        self.output_words.setText(words.format(last=f"{chosen.outputs - 1:,}"))
        for part in (self.output, self.output_words):
            part.setVisible(chosen.outputs > 1)
        self._show()

    @Slot(QModelIndex)
    def _take_row(self, index: QModelIndex) -> None:
        if index.isValid():
            self.layer.setCurrentIndex(index.row())

    @Slot()
    def _show(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        output, input = self.output.value(), self.input.value()
        has_slices = chosen.inputs > 1
        words = _words(chosen)
        if has_slices:
            words = input_words(chosen, input)
        self.input_words.setText(words)
        self.input.setVisible(has_slices)
        for grid, reach, bias, arrays in zip(
            self.grids, self.reaches, self.biases, self._arrays, strict=True
        ):
            grid.show_values(slice_of(self._rows, arrays, chosen.name, output, input))
            reach.setText(grid.reach_words)
            value = bias_of(arrays, chosen.name, output)
            is_told = value is not None and chosen.outputs > 1
            words = tr("bias {value}").format(value=signed_words(value or 0.0))
            bias.setText(words if is_told else "")


def _words(layer: HandLayer) -> str:
    """What the cells are, where there is nothing to choose."""
    if layer.outputs == 1:
        return tr("One number for each map")
    if not layer.is_kernel:
        return tr("All weights of the unit, row by row")
    return tr("Kernel of one input")


def _spin(name: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setFixedHeight(theme.px(28))
    spin.setFixedWidth(theme.px(64))
    spin.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    spin.setKeyboardTracking(False)
    spin.setAccessibleName(name)
    return spin


def _column(what: str, words: str, grid: SignedGrid, reach: QLabel, bias: QLabel) -> QVBoxLayout:
    title = label(what, "label")
    title.setToolTip(tr(words))
    head = QHBoxLayout()
    head.addWidget(title)
    head.addStretch(1)
    reach.setToolTip(tr("As far as the colours go on both sides of zero"))
    head.addWidget(reach)
    bias.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout()
    column.setSpacing(theme.px(4))
    column.addLayout(head)
    column.addWidget(grid)
    column.addWidget(bias)
    return column
