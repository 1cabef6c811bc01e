"""A list of classes: the likeliest with their probabilities, then all of many by name."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal, Slot

from studio.insight.answers import percent
from studio.window.forms.fields import ChoiceBox
from studio.window.network.why.work import LIKELIEST, Chosen
from studio.window.translate import tr

_TOP = 10


class ClassBox(ChoiceBox):
    """Chooses a class.

    Signals: `chosen` when a person chose another one.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._probabilities: NDArray[np.float64] = np.empty(0)
        self.setAccessibleName(tr("Class"))
        self.setToolTip(tr("Which answer to explain; the likeliest follows the picture"))
        self.setMaxVisibleItems(16)
        self.addItem(tr("The likeliest"), LIKELIEST)
        self.currentIndexChanged.connect(self._tell)

    @property
    def index(self) -> int:
        """The class, from 0, or `LIKELIEST`."""
        return int(self.currentData())

    @property
    def choice(self) -> Chosen:
        """The class, and what it was chosen from."""
        return Chosen() if self.index == LIKELIEST else Chosen(self.index, self._names)

    def show_answers(self, names: Sequence[str], probabilities: NDArray[np.float64]) -> None:
        """Show other answers; the choice stays, but for classes of another network.

        An open list stays as it is, so that nothing moves under the hand.
        """
        if self.view().isVisible():
            return
        names = tuple(names)
        chosen = self.index if names == self._names else LIKELIEST
        with QSignalBlocker(self):
            if names != self._names:
                self._fill(names)
            self._probabilities = probabilities
            order = np.argsort(-probabilities, kind="stable")[:_TOP].tolist()
            self.setItemText(0, self._words(order[0]) + tr(", the likeliest"))
            for place, index in enumerate(order, start=1):
                self.setItemText(place, self._words(index))
                self.setItemData(place, index)
            self.setCurrentIndex(self.findData(chosen))

    def _fill(self, names: tuple[str, ...]) -> None:
        """Make the items; those of the likeliest get their words later."""
        self.clear()
        self._names = names
        self.addItem("", LIKELIEST)
        for _ in names[:_TOP]:
            self.addItem("")
        if len(names) > _TOP:
            self.insertSeparator(self.count())
            for index in sorted(range(len(names)), key=lambda index: names[index].casefold()):
                self.addItem(names[index], index)

    def _words(self, index: int) -> str:
        return f"{self._names[index]}, {percent(float(self._probabilities[index]))}"

    @Slot()
    def _tell(self) -> None:
        if self.currentData() is not None:
            self.chosen.emit()
