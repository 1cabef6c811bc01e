"""What is known of a kernel, or which picture maps are of, and what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.image.write import number
from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, LinkButton, label
from studio.window.train.learned import Learned
from studio.window.translate import tr

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class LearnedFoot(QWidget):
    """The line under kernels and maps.

    Signals: `picture_wanted` with −1 or 1 when a person wants maps of the picture before or of the
    next.
    """

    picture_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.previous = IconButton("chevron-left", "Maps of the picture before", size=24)
        self.next = IconButton("chevron-right", "Maps of the next test picture", size=24)
        self.previous.clicked.connect(lambda: self.picture_wanted.emit(-1))
        self.next.clicked.connect(lambda: self.picture_wanted.emit(1))
        self.words = label(role="caption", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.to_network = LinkButton("In Network", "Look into this layer in Network")
        self.to_filter = LinkButton("In Filter")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        row.addWidget(self.previous)
        row.addWidget(self.words, 1)
        row.addWidget(self.next)
        row.addSpacing(theme.px(4))
        row.addWidget(self.to_network)
        row.addWidget(self.to_filter)

    def show_picture(self, words: str, has_previous: bool, has_next: bool) -> None:
        """Say which picture maps are of."""
        self._show(is_maps=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setText(words)
        self.previous.setEnabled(has_previous)
        self.next.setEnabled(has_next)

    def show_kernel(self, shown: Learned, output: int) -> None:
        """Say what is known of one kernel."""
        self._show(is_maps=False)
        self.words.setAlignment(_LEFT)
        self.words.setText(_kernel_words(shown, output))
        why_not = why_no_filter(shown)
        self.to_filter.setEnabled(not why_not)
        self.to_filter.setToolTip(
            why_not or tr("Apply this kernel to the picture, in Filter; other filters are off")
        )

    def _show(self, is_maps: bool) -> None:
        self.previous.setVisible(is_maps)
        self.next.setVisible(is_maps)
        self.to_filter.setVisible(not is_maps)


def why_no_filter(shown: Learned) -> str:
    """Why the kernels that are shown can be no filters; empty where they can."""
    if shown.kernels is None:
        return tr("There is no kernel here")
    return tr("A single weight is no filter") if shown.kernels.size == (1, 1) else ""


def _kernel_words(shown: Learned, output: int) -> str:
    kernels, norms = shown.kernels, shown.norms
    if kernels is None or norms is None:
        return ""
    if len(shown.pictures) == 1 < kernels.count:
        return tr("{count} kernels, a row for each").format(count=f"{kernels.count:,}")
    words = tr("kernel {number}, norm {norm}")
    if shown.asked.mode == "change":
        words = tr("kernel {number} changed by {norm}")
        if shown.since:
            words = tr("kernel {number}: {norm} since epoch {since}")
    norm = number(float(f"{norms[output]:.3g}"))
    return words.format(number=output, norm=norm, since=shown.since)
