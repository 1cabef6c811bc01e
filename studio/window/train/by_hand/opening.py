"""Opens the dialog that trains a run by hand."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from studio.training.settings import OWN_NETWORK
from studio.window.train.by_hand.dialog import ByHandDialog
from studio.window.train.by_hand.work import HandAsked
from studio.window.train.runs import Run

# Milliseconds between making the dialog and showing it: both take their time, and what waits for
# the window comes between.
_FRAME = 16


class ByHandOpening(QObject):
    """Makes the dialog when it is first asked for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.dialog: ByHandDialog | None = None

    def open(self, run: Run, data_root: Path | None) -> None:
        """Show a run step by step: a draft from fresh weights, others from their checkpoint.

        Parameters
        ----------
        data_root : Path, optional
            Where a draft's pictures are.
        """
        asked = HandAsked(
            title=run.title,
            settings=run.settings,
            data_root=data_root if run.state == "new" else run.data_root,
            network=run.own_network if run.settings.network == OWN_NETWORK else None,
            folder=run.folder,
        )
        if self.dialog is None:
            self.dialog = ByHandDialog(self._window)
        QTimer.singleShot(_FRAME, self.dialog, partial(self.dialog.show_run, asked))
