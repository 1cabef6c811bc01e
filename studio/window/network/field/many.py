"""Over which pictures a field is averaged: a collection, start and stop, and how far it is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.data.progress import Preparing
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.progress import ProgressBar
from studio.window.network.field.work import MOST, Measured
from studio.window.network.source_box import SourceBox
from studio.window.translate import tr


class ManyPanel(QWidget):
    """Chooses a collection.

    Signals: `begun` with the collection's source, and `stopped`.
    """

    begun = Signal(object)
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.box = SourceBox()
        self.box.setAccessibleName(tr("Pictures to average over"))
        self.box.setToolTip(tr("Which pictures to average over"))
        about = tr("Average the chosen unit's field over at most {count} of these pictures")
        self.start = Button("Measure", "play", tip_text=about.format(count=MOST))
        self.stop = Button("Stop", "stop", tip_text="Keep what was measured so far")
        self.bar = ProgressBar()
        self.words = label(role="caption", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self.box, 1)
        row.addWidget(self.start)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        self.start.clicked.connect(lambda: self.begun.emit(self.box.source))
        self.stop.clicked.connect(self.stopped)
        self.show_state(None, None, False)

    def show_state(
        self, preparing: Preparing | None, found: Measured | None, is_busy: bool
    ) -> None:
        """Show how far it is, and over how many pictures."""
        had_focus = self.start.hasFocus() or self.stop.hasFocus()
        self.start.setVisible(not is_busy)
        self.stop.setVisible(is_busy)
        if had_focus:
            (self.stop if is_busy else self.start).setFocus()
        self.bar.setVisible(is_busy)
        share: float | None = 0.0
        if preparing is not None:
            words, share = tr(preparing.what) + "…", preparing.fraction
        elif found is not None:
            done = found.field.pictures + found.unreadable
            words, share = _words(found), done / max(1, found.total)
        else:
            words = ""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.bar.show_share(share)


def _words(found: Measured) -> str:
    field = found.field
    words = tr("Mean over {done} of {total} pictures").format(
        done=field.pictures, total=found.total
    )
    if found.unreadable:
        words += tr("; {count} can't be read").format(count=found.unreadable)
    if field.unheard:
        words += tr("; the unit is silent on {count}").format(count=field.unheard)
    return words
