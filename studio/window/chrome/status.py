"""The status bar: what runs on the left, the value under the cursor and the device on the right."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStatusBar, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import LinkButton, label
from studio.window.chrome.progress import ProgressBar
from studio.window.translate import tr


class Status(QObject):
    """What one workspace says in the status bar.

    Each workspace has its own, so that one that is done doesn't silence another that still works.
    """

    changed = Signal()
    device_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.message = ""
        self.busy = ""
        self.progress: float | None = None
        self.cancel: Callable[[], object] | None = None
        self.cursor_text = ""
        self.note = ""

    def show_message(self, text: str) -> None:
        """Say what was done last; it stays until something else is said."""
        self.message = text
        self.changed.emit()

    def set_busy(self, text: str, cancel: Callable[[], object] | None = None) -> None:
        """Say what is going on, with a Cancel link where it can be cancelled."""
        self.busy = text
        self.cancel = cancel
        self.progress = None
        self.changed.emit()

    def set_progress(self, fraction: float | None) -> None:
        """How much of it is done, 0 to 1; None while nobody can tell."""
        self.progress = fraction
        self.changed.emit()

    def set_idle(self, text: str = "") -> None:
        """Nothing goes on any more; `text` says how it ended, or leaves the last message."""
        self.busy = ""
        self.cancel = None
        self.progress = None
        self.message = text or self.message
        self.changed.emit()

    def set_cursor_text(self, text: str) -> None:
        """The place and the value under the cursor; empty where there is none."""
        self.cursor_text = text
        self.changed.emit()

    def set_note(self, text: str) -> None:
        """What is good to know while something goes on, beside the device."""
        if text != self.note:
            self.note = text
            self.changed.emit()

    def set_device(self, text: str) -> None:
        """What computes, such as ``CPU, 2 threads``; the same for all workspaces."""
        self.device_changed.emit(text)


class StatusBar(QStatusBar):
    """Shows the status of the current workspace, and what runs in another."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.words = label(elide=True)
        self.progress = ProgressBar(120)
        self.cancel = LinkButton("Cancel", "Stop what is running")
        self.cursor_words = label()
        self.note = label()
        self.device = label()
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(theme.px(10), 0, theme.px(12), 0)
        row.setSpacing(theme.px(16))
        row.addWidget(self.words)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        row.addStretch(1)
        row.addWidget(self.cursor_words)
        row.addWidget(self.note)
        row.addWidget(self.device)
        self.setContentsMargins(0, 0, 0, 0)
        self.addWidget(line, 1)
        self._shown: Status | None = None
        self.cancel.clicked.connect(self._cancel)
        self.show_status(Status(self), ())

    def show_status(self, current: Status, others: tuple[Status, ...]) -> None:
        """Show what the current workspace says, or else what goes on in another."""
        working = [status for status in (current, *others) if status.busy]
        self._shown = shown = working[0] if working else current
        self.words.setText(shown.busy or shown.message or tr("Ready"))
        self.progress.setVisible(bool(shown.busy) and shown.progress is not None)
        self.progress.show_share(shown.progress or 0)
        self.cancel.setVisible(bool(shown.busy) and shown.cancel is not None)
        self.cursor_words.setText(current.cursor_text)
        self.note.setText(shown.note)

    @Slot(str)
    def set_device(self, text: str) -> None:
        self.device.setText(text)

    @Slot()
    def _cancel(self) -> None:
        if self._shown is not None and self._shown.cancel is not None:
            self._shown.cancel()
