"""Start, pause, step, stop; and how far a training run is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy

from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, PrimaryButton, label
from studio.window.chrome.progress import ProgressBar
from studio.window.forms.beneath import makes_runs
from studio.window.train.actions import action_button, follow
from studio.window.train.run_words import fraction, progress_words
from studio.window.train.runs import Run
from studio.window.translate import tr

_ROOMY = 780  # width from which on the speed and the step are shown beside the time
_TIGHT = 640  # width below which the menu alone takes a model to Classify


class StartButton(PrimaryButton):
    """What the action says; the second click of a double click is not taken for Pause."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action.text(), "play", tall=True)
        widest = max(
            ("Start", "Queue", "Pause", "Resume", "New run"), key=lambda word: len(tr(word))
        )
        metrics = QFontMetrics(theme.font(weight=600))
        self.setFixedWidth(metrics.horizontalAdvance(tr(widest)) + theme.px(60))
        follow(self, action)

    def setText(self, text: str) -> None:
        super().setText(text)
        icons = {tr("Pause"): "pause", tr("New run"): "plus"}
        self.set_icon(icons.get(text, "play"))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Transport(QFrame):
    """The row that drives a run and says how far it is.

    Parameters
    ----------
    start, step, stop, by_hand, use : QAction
        What its buttons do; they are named and switched on and off as these are.
    """

    def __init__(
        self, start: QAction, step: QAction, stop: QAction, by_hand: QAction, use: QAction
    ) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(60))
        self.start_button = StartButton(start)
        self.step_button = _square("step", step)
        self.stop_button = _square("stop", stop)
        self.by_hand_button = _square("steps", by_hand)
        self.epochs = QLabel()
        self.epochs.setTextFormat(Qt.TextFormat.RichText)
        self.progress = ProgressBar(height=6)
        self.step_words, self.speed_words, self.time_words = (
            label(role="label", elide=True) for _ in range(3)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(16), 0)
        row.setSpacing(theme.px(8))
        buttons = self.start_button, self.step_button, self.stop_button, self.by_hand_button
        for button in buttons:
            row.addWidget(button)
        row.addSpacing(theme.px(16))
        row.addWidget(self.epochs)
        row.addSpacing(theme.px(16))
        self._column = self._make_column()
        row.addLayout(self._column, 1)
        row.addSpacing(theme.px(16))
        self.use_button = action_button(use)
        row.addWidget(self.use_button)

    def _make_column(self) -> QGridLayout:
        sides = (
            Qt.AlignmentFlag.AlignLeft,
            Qt.AlignmentFlag.AlignHCenter,
            Qt.AlignmentFlag.AlignRight,
        )
        words = (self.step_words, self.speed_words, self.time_words)
        column = QGridLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setVerticalSpacing(theme.px(3))
        column.setRowStretch(0, 1)
        column.setRowStretch(3, 1)
        column.addWidget(self.progress, 1, 0, 1, 3)
        for place, (part, side) in enumerate(zip(words, sides, strict=True)):
            part.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            part.setFont(theme.font(12))
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            column.addWidget(part, 2, place)
        return column

    def show_run(self, run: Run) -> None:
        """Show how far a run is."""
        self._show_epochs(len(run.history.epochs), run.settings.epochs)
        self.progress.show_share(fraction(run) or 0)
        texts = progress_words(run)
        words = (self.step_words, self.speed_words, self.time_words)
        for part, text in zip(words, texts, strict=True):
            part.setText(text)
        self._share()

    def show_planned(self, count: int) -> None:
        """Say how many runs the draft that is shown makes, where they are several."""
        self.step_words.setText(makes_runs(count) if count > 1 else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.use_button.setVisible(self.width() >= theme.px(_TIGHT))
        self._share()

    def _share(self) -> None:
        """Equal parts, so that nothing moves as numbers grow; one sentence has the whole row.

        Where the row is narrow the speed is left out, and the step too beside a time.
        """
        is_alone = not (self.speed_words.text() or self.time_words.text())
        is_roomy = self.width() >= theme.px(_ROOMY)
        self.speed_words.setVisible(is_roomy)
        self.step_words.setVisible(is_roomy or not self.time_words.text())
        shares = (
            int(is_alone or not self.step_words.isHidden()),
            int(is_roomy and not is_alone),
            int(not is_alone),
        )
        for place, share in enumerate(shares):
            if self._column.columnStretch(place) != share:
                self._column.setColumnStretch(place, share)

    def _show_epochs(self, done: int, total: int) -> None:
        words = (tr("of {count} epochs") if total != 1 else tr("of 1 epoch")).format(
            count=f"{total:,}"
        )
        big = f'<span style="font-size:{theme.px(24)}px; font-weight:600">{done:,}</span>'
        text = f'{big} <span style="color:{theme.tokens().text2}">{words}</span>'
        if text != self.epochs.text():
            self.epochs.setText(text)
            # As wide as it can become, so that nothing moves.
            digits = QFontMetrics(theme.font(24, 600)).horizontalAdvance("0" * len(f"{total:,}"))
            rest = QFontMetrics(theme.font()).horizontalAdvance(f" {words}")
            self.epochs.setMinimumWidth(digits + rest + theme.px(4))


def _square(icon_name: str, action: QAction) -> IconButton:
    button = IconButton(icon_name, action.text(), role="text", size=36)
    button.setProperty("look", "labelled")
    follow(button, action)
    return button
