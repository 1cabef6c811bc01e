"""What the curves of the runs show, in words, one at a time."""

from typing import get_args

from PySide6.QtCore import Signal, Slot

from studio.training.advice import Advice, advise
from studio.training.advice.curves import Kind
from studio.window.chrome.widgets import MessageBar
from studio.window.train.runs import Run
from studio.window.translate import tr

_GRAVEST = get_args(Kind)


class AdviceBar(MessageBar):
    """The gravest advice of the chosen run first, then that of others; hidden without any.

    What is dismissed stays away, and the next one comes. Of other runs only warnings are shown.

    Signals: `why_wanted` with the run and the advice whose place on the charts a person wants to
    see, `why_ended` when what was shown is shown no more.
    """

    why_wanted = Signal(object, object)
    why_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[Run, tuple[Advice, ...]] = {}
        self._looked: dict[Run, tuple[object, ...]] = {}
        self._dismissed: set[tuple[Run, str]] = set()
        self._chosen: Run | None = None
        self.shown: tuple[Run, Advice] | None = None
        self.dismissed.connect(self._forget_shown)

    @Slot(object)
    def follow(self, run: Run) -> None:
        """Look at a run anew, if an epoch has ended since, or the run itself."""
        history = run.history
        now = (history, len(history.epochs), run.is_active, history.finished is not None)
        if self._looked.get(run) != now:
            self._looked[run] = now
            self._found[run] = advise(history)
            self._show_next()

    @Slot(object)
    def choose(self, run: Run | None) -> None:
        """Speak of a run before all others."""
        if run is not self._chosen:
            self._chosen = run
            self._show_next()

    def forget(self, run: Run) -> None:
        """Speak of a run no more."""
        self._found.pop(run, None)
        self._looked.pop(run, None)
        self._show_next()

    def knows(self, run: Run, kind: Kind) -> bool:
        """Whether a run's curves show such a thing."""
        return any(advice.kind == kind for advice in self._found.get(run, ()))

    @property
    def waiting(self) -> list[tuple[Run, Advice]]:
        """All that is to be said, in its order."""
        pairs = [
            (run, advice)
            for run, found in self._found.items()
            for advice in found
            if (advice.is_warning or run is self._chosen)
            and (run, advice.kind) not in self._dismissed
        ]
        return sorted(
            pairs, key=lambda pair: (pair[0] is not self._chosen, _GRAVEST.index(pair[1].kind))
        )

    def _show_next(self) -> None:
        waiting = self.waiting
        first = waiting[0] if waiting else None
        if first == self.shown:
            return
        if self.shown is not None:
            self.why_ended.emit()
        self.shown = first
        if first is None:
            self.clear()
            return
        run, advice = first
        text = ". ".join(_begun(part) for part in (advice.evidence, advice.remedy) if part)
        more = len(waiting) - 1
        words = tr("{text}. ({count} more)") if more else tr("{text}.")
        say = self.show_warning if advice.is_warning else self.show_note
        say(
            f"{run.title}: {advice.words}.",
            words.format(text=text, count=more),
            tr("Show why"),
            self._show_why,
        )

    def _show_why(self) -> None:
        if self.shown is not None:
            self.why_wanted.emit(*self.shown)

    @Slot()
    def _forget_shown(self) -> None:
        if self.shown is not None:
            run, advice = self.shown
            self._dismissed.add((run, advice.kind))
            self._show_next()


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
