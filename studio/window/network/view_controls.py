"""How a model is looked at: its input's size, and whether it behaves as in training."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.declare import Option
from studio.nets.layer import Size
from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, Segments, label
from studio.window.forms.numbers import NumberBox
from studio.window.network.look import View
from studio.window.translate import tr

_LARGEST = 2048  # pixels along a side: maps of more don't fit in a common memory
_MODES = (("evaluation", "Evaluation"), ("training", "Training"))
_MODE_TIPS = (
    "As the network answers: nothing is left to chance",
    "As it learns: dropout silences units at random, and batch normalisation uses this picture's "
    "own mean and deviation. Press again for another draw",
)


class ViewControls(QWidget):
    """Height and width of the input, and the mode.

    Signals: `changed` with the `View` that a person wants.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._view = View()
        self._own: tuple[int, int] | None = None
        self.height_box, self.width_box = _side("Height"), _side("Width")
        for box in (self.height_box, self.width_box):
            box.edited.connect(self._take_size)
        self.reset = IconButton("restart", "The size that the network was made for")
        self.reset.clicked.connect(self._take_own)
        self.mode = Segments(_MODES, [tr(tip) for tip in _MODE_TIPS])
        self.mode.setAccessibleName(tr("Mode"))
        self.mode.changed.connect(self._take_mode)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        self._caption = label("Input", "label")
        row.addWidget(self._caption)
        row.addWidget(self.height_box)
        row.addWidget(label("×", "label"))
        row.addWidget(self.width_box)
        row.addWidget(self.reset)
        row.addSpacing(theme.px(6))
        row.addWidget(self.mode)
        self.show_view(View(), None)

    @property
    def view(self) -> View:
        return self._view

    def show_view(self, view: View, own: Size | None) -> None:
        """Show a view of a network with that input of its own, without a signal."""
        self._view = view
        self._own = None if own is None else (own.height, own.width)
        shown = view.size or self._own
        for box, side in zip((self.height_box, self.width_box), shown or (0, 0), strict=True):
            box.set_number(side)
            box.setEnabled(shown is not None)
        self.reset.setVisible(view.size is not None or view.convolutions)
        self.mode.set_value("training" if view.training else "evaluation")

    def fit(self, window_width: int) -> None:
        """Leave the mode out where there is no room for it: the menu has it too."""
        has_room = window_width >= theme.px(1100)
        for part in (self._caption, self.mode):
            part.setVisible(has_room)

    @Slot(bool)
    def set_training(self, training: bool) -> None:
        """Ask for training mode, or for evaluation."""
        self._change(self._view._replace(training=training))

    @Slot(bool)
    def set_convolutions(self, convolutions: bool) -> None:
        """Ask for dense layers that act as convolutions, or for the network as it is."""
        size = self._view.size if convolutions else None
        self._change(self._view._replace(convolutions=convolutions, size=size))

    @Slot()
    def _take_size(self) -> None:
        boxes = (self.height_box, self.width_box)
        if all(box.is_inside(box.number()) for box in boxes):
            height, width = (int(box.number()) for box in boxes)
            size = None if (height, width) == self._own else (height, width)
            self._change(self._view._replace(size=size))
        else:
            self.show_view(self._view, None if self._own is None else Size(1, *self._own))

    @Slot()
    def _take_own(self) -> None:
        self._change(self._view._replace(size=None, convolutions=False))

    @Slot(str)
    def _take_mode(self, mode: str) -> None:
        again = mode == "training" and self._view.training
        draw = self._view.draw + 1 if again else self._view.draw
        self._change(self._view._replace(training=mode == "training", draw=draw))

    def _change(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self.changed.emit(view)


def _side(name: str) -> NumberBox:
    about = tr(
        "{side} of the input in pixels. With another size dense layers can't work, unless they "
        "act as convolutions"
    ).format(side=tr(name))
    box = NumberBox(Option(name, name, about, "integer", 1, low=1, high=_LARGEST))
    box.setButtonSymbols(NumberBox.ButtonSymbols.NoButtons)
    box.setFixedWidth(theme.px(52))
    box.setAccessibleName(tr(name))
    box.setToolTip(about)
    return box
