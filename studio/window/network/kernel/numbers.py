"""The numbers of one kernel: its weights, what the unit looks at, and the products."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.insight.kernel_filter import kernel_slice
from studio.insight.unit_sum import Inputs
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.network.kernel.cells import KernelCells
from studio.window.network.kernel.study import ALL, Shown
from studio.window.translate import tr

KERNEL, INPUTS, PRODUCTS = "kernel", "inputs", "products"


class KernelNumbers(QWidget):
    """Cells of weights, inputs or products; of a layer without kernels, the unit's window."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self._inputs: Inputs | None = None
        self._output, self._input = 0, ALL
        self.what = Segments(
            [(KERNEL, "Kernel"), (INPUTS, "Inputs"), (PRODUCTS, "Products")],
            [
                tr("The weights"),
                tr("What the unit looks at; hatched values are padding"),
                tr("Each input times its weight; together with the bias they are the sum"),
            ],
        )
        self.what.setAccessibleName(tr("Which numbers to show"))
        self.what.changed.connect(self._show)
        self.cells = KernelCells()
        self.explained = label(role="caption", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for part in (self.what, self.cells, self.explained):
            column.addWidget(part)

    @property
    def has_numbers(self) -> bool:
        """Whether there is anything to show."""
        return self._numbers() is not None

    def show_unit(
        self, shown: Shown | None, inputs: Inputs | None, output: int, input: int
    ) -> None:
        """Show the numbers of a unit.

        Parameters
        ----------
        shown : Shown, optional
            The kernels of its layer, if it has some.
        inputs : Inputs, optional
            What it looks at, once that is known.
        output, input : int
            The kernel, and which of its inputs; `ALL` for all together.
        """
        self._shown, self._inputs = shown, inputs
        self._output, self._input = output, input
        self._show()

    @Slot()
    def _show(self) -> None:
        values, inputs = self._numbers(), self._inputs
        has_kernels = self._shown is not None
        self.what.setVisible(has_kernels)
        self.cells.setVisible(values is not None)
        words = self._explained()
        self.explained.setText(words)
        self.explained.setVisible(bool(words) and values is not None)
        if values is None:
            return
        is_weights = has_kernels and self.what.value == KERNEL
        invented = None if inputs is None or is_weights else inputs.invented
        has_winner = not has_kernels and inputs is not None and inputs.winner is not None
        winner = inputs.winner[1:] if has_winner and inputs and inputs.winner else None
        self.cells.show_values(values, invented, winner)

    def _numbers(self) -> NDArray[np.float64] | None:
        """Height x width."""
        shown, inputs, input = self._shown, self._inputs, self._input
        if shown is None:
            return None if inputs is None or inputs.weights is not None else inputs.values[0]
        kernels = shown.study.kernels
        if self._output >= kernels.count:
            return None
        if self.what.value == KERNEL:
            return kernel_slice(kernels, self._output, "mean" if input == ALL else input)
        if inputs is None or len(inputs.values) != kernels.inputs:
            return None
        if self.what.value == INPUTS:
            return np.asarray(inputs.values.mean(axis=0) if input == ALL else inputs.values[input])
        return np.asarray(inputs.products.sum(axis=0) if input == ALL else inputs.products[input])

    def _explained(self) -> str:
        """What the numbers in the cells are, where it isn't plain."""
        shown, inputs = self._shown, self._inputs
        if shown is None:
            if inputs is not None and inputs.winner is not None:
                return tr("The framed value is the largest, and the only one that counts.")
            return ""
        kernels = shown.study.kernels
        if self._input != ALL or kernels.inputs == 1:
            return ""
        count = f"{kernels.inputs:,}"
        if self.what.value == PRODUCTS:
            return tr("Products summed over {count} inputs").format(count=count)
        # Those of other kernels are said to be means above, where the input is chosen.
        return tr("Mean over {count} inputs").format(count=count) if kernels.in_colour else ""
