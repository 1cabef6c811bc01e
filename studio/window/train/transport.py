"""Start, pause, step, stop; and how far a training run is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QSizePolicy

from studio.insight.answers import percent
from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, PrimaryButton, label
from studio.window.train.actions import follow
from studio.window.train.runs import Run
from studio.window.translate import tr

_FULL = 1000  # of the progress bar


class StartButton(PrimaryButton):
    """Start, Pause or Resume; the second click of a double click is not taken for Pause."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action.text(), "play", tall=True)
        widest = max(("Start", "Pause", "Resume"), key=lambda word: len(tr(word)))
        metrics = QFontMetrics(theme.font(weight=600))
        self.setFixedWidth(metrics.horizontalAdvance(tr(widest)) + theme.px(60))
        follow(self, action)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.set_icon("pause" if text == tr("Pause") else "play")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Transport(QFrame):
    """The row that drives a run and says how far it is.

    Parameters
    ----------
    start, step, stop : QAction
        What its buttons do; they are named and switched on and off as these are.
    """

    def __init__(self, start: QAction, step: QAction, stop: QAction) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(60))
        self.start_button = StartButton(start)
        self.step_button = _square("step", step)
        self.stop_button = _square("stop", stop)
        self.epochs = QLabel()
        self.epochs.setTextFormat(Qt.TextFormat.RichText)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, _FULL)
        self.progress.setFixedHeight(theme.px(6))
        self.step_words, self.speed_words, self.time_words = (
            label(role="label", elide=True) for _ in range(3)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(16), 0)
        row.setSpacing(theme.px(8))
        for button in (self.start_button, self.step_button, self.stop_button):
            row.addWidget(button)
        row.addSpacing(theme.px(16))
        row.addWidget(self.epochs)
        row.addSpacing(theme.px(16))
        self._column = self._make_column()
        row.addLayout(self._column, 1)

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
        column.setColumnStretch(0, 1)
        return column

    def show_run(self, run: Run) -> None:
        """Show how far a run is."""
        self._show_epochs(len(run.history.epochs), run.settings.epochs)
        self.progress.setValue(round(_FULL * (fraction(run) or 0)))
        texts = progress_words(run)
        self._share(alone=not any(texts[1:]))
        words = (self.step_words, self.speed_words, self.time_words)
        for part, text in zip(words, texts, strict=True):
            part.setText(text)

    def _share(self, alone: bool) -> None:
        """Equal parts, so that nothing moves as numbers grow; one sentence has the whole row."""
        if alone != (self._column.columnStretch(1) == 0):
            for place in (1, 2):
                self._column.setColumnStretch(place, 0 if alone else 1)

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


def fraction(run: Run) -> float | None:
    """How much of a run, or of what comes before it, is done; None while nobody can tell."""
    history = run.history
    if history.started is None and run.is_active:
        return history.preparing.fraction if history.preparing else None
    return history.fraction


def progress_words(run: Run) -> Sequence[str]:
    """The place, the speed and the time that is left, in words."""
    history = run.history
    if run.state == "new":
        return "", "", ""
    if history.started is None:
        preparing = history.preparing
        if run.state == "failed":
            return tr("Failed before the first step"), "", ""
        if not run.is_active:
            return tr("Stopped before the first step"), "", ""
        if run.is_stopping:
            return tr("Stopping"), "", ""
        return (tr(preparing.what) if preparing else tr("Getting ready")), "", ""
    place = tr("step {step} of {steps}").format(
        step=f"{history.steps[-1] if history.steps else 0:,}", steps=f"{history.started.steps:,}"
    )
    speed = tr("{count} pictures/s").format(count=f"{history.speed:,.0f}") if history.speed else ""
    match run.state:
        case "done":
            return place, speed, tr("done in {time}").format(time=duration(history.seconds))
        case "stopped":
            return place, "", tr("stopped")
        case "failed":
            return place, "", tr("failed")
    if run.is_stopping:
        return place, speed, tr("stopping")
    left = history.seconds_left
    words = tr("{time} left").format(time=duration(left)) if left is not None else ""
    return place, speed, tr("paused") if run.state == "paused" else words


def ending_words(run: Run) -> str:
    """How a run ended."""
    match run.state:
        case "done":
            words = tr("{run} is done: {accuracy} of the test pictures right")
            return words.format(run=run.title, accuracy=percent(run.history.test_accuracy or 0.0))
        case "stopped":
            return tr("{run} was stopped").format(run=run.title)
    return tr("{run} failed").format(run=run.title)


def duration(seconds: float) -> str:
    """A time in the units that matter.

    Examples
    --------
    >>> duration(20.6), duration(80), duration(3700)
    ('21 s', '1 min 20 s', '1 h 2 min')
    """
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return tr("{seconds} s").format(seconds=whole)
    if minutes < 60:
        return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
