"""Why the network answers as it does: an attribution over its input."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.declare import Declared, option
from studio.errors import StudioError
from studio.image.write import number
from studio.insight.attribution import Method
from studio.nets.row import INPUT
from studio.window.canvas.aim import MARGIN
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, label
from studio.window.chrome.progress import ProgressBar
from studio.window.chrome.status import Status
from studio.window.forms.form import Form
from studio.window.latest import Latest
from studio.window.network.look import Look
from studio.window.network.map_scale import MapScale
from studio.window.network.sight import Sight
from studio.window.network.why.class_box import ClassBox
from studio.window.network.why.method_panel import MethodPanel
from studio.window.network.why.saving import Saving
from studio.window.network.why.view import WhyView
from studio.window.network.why.work import Answers, Chosen, Explained, Explainer
from studio.window.session import Session
from studio.window.translate import tr


class Drawn(Declared):
    """How an attribution is drawn."""

    opacity: float = option(
        1.0,
        "Opacity",
        "How much the strongest places cover the picture.",
        low=0.0,
        high=1.0,
        step=0.05,
    )


class WhyPage(QWidget):
    """Chooses a class and a method, and shows what speaks for the class."""

    def __init__(self, sight: Sight, session: Session, status: Status) -> None:
        super().__init__()
        self._sight, self._status = sight, status
        self._shown: Explained | None = None
        self._asked: tuple[Look, Chosen, Method] | None = None
        self._explainer = Explainer()
        self._latest = Latest(tr("Explaining the answer"), interim=True, parent=self)
        self.classes = ClassBox()
        self.method = MethodPanel(sight)
        self.view = WhyView()
        self.view.setAccessibleName(tr("What speaks for the class, over the network's input"))
        self.scale = MapScale()
        self.drawn = Form(Drawn())
        self.words = label(role="caption", wrap=True)
        self.facts = label(wrap=True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setToolTip(tr("A logit is what the network gives a class, before softmax"))
        self.error = label(role="error", wrap=True)
        self.error.hide()
        self.progress = ProgressBar()
        self.stop = Button("Stop", "stop", tip_text="Keep what is there so far")
        self.again = Button("Again", "restart", tip_text="Compute it once more")
        self.save = Button("Save…", "save", tip_text="Save a figure (PNG, PDF) or numbers (NPY)")
        self.saving = Saving(self)
        self._lay_out()
        self._connect()
        self._show_state()

    def _lay_out(self) -> None:
        who = QHBoxLayout()
        who.setSpacing(theme.px(8))
        name = label("Class", "label")
        name.setFixedWidth(theme.px(96))
        who.addWidget(name)
        who.addWidget(self.classes, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        for button in (self.stop, self.again, self.save):
            buttons.addWidget(button)
        buttons.addStretch(1)
        above, wide, below = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        side, gap = theme.px(16), theme.px(8)
        for part in (above, below):
            part.setContentsMargins(side, 0, side, 0)
            part.setSpacing(gap)
        # The picture keeps a margin of its own.
        wide.setContentsMargins(side - MARGIN, 0, side - MARGIN, 0)
        above.addLayout(who)
        above.addWidget(self.method)
        above.addWidget(self.error)
        wide.addWidget(self.view)
        for widget in (self.progress, self.scale, self.drawn, self.facts, self.words):
            below.addWidget(widget)
        below.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(12), 0, theme.px(12))
        column.setSpacing(gap)
        for part in (above, wide, below):
            column.addLayout(part)

    def _connect(self) -> None:
        self._sight.look_changed.connect(self._ask)
        self._sight.row_changed.connect(self._ask_at_layer)
        self.classes.chosen.connect(self._ask_anew)
        self.method.changed.connect(self._ask_anew)
        self.drawn.changed.connect(self._take_drawn)
        self.view.cursor_moved.connect(self._show_value)
        self.view.cursor_left.connect(partial(self._status.set_cursor_text, ""))
        self.stop.clicked.connect(self._stop)
        self.again.clicked.connect(self._ask_anew)
        self.save.clicked.connect(self._save)
        self.saving.saved.connect(self._tell_saved)
        self.saving.failed.connect(self._show_error)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._latest.busy.connect(self._show_state)

    @property
    def shown(self) -> Explained | None:
        """The attribution that is shown."""
        return self._shown

    @property
    def is_busy(self) -> bool:
        return self._latest.is_busy

    # Asking

    @Slot()
    def _ask(self) -> None:
        """Explain what is looked at, unless nobody sees it or that is being done."""
        look = self._sight.look
        if look is None or not self.isVisible():
            return
        asked = (look, self.classes.choice, self.method.value)
        if asked == self._asked:
            return
        if self._shown is None or self._shown.look.model is not look.model:
            self._forget()
        if self._asked is not None and self._asked[0].model is not look.model:
            self._latest.cancel()
        self._asked = asked
        self.error.hide()
        self._latest.submit(partial(self._explainer.explain, *asked))

    @Slot()
    def _ask_anew(self) -> None:
        """The same in place of what is being computed."""
        self._asked = None
        self._ask()
        self._latest.skip()

    @Slot()
    def _ask_at_layer(self) -> None:
        if self.method.follows_layer:
            self._ask()
            self._latest.skip()

    @Slot()
    def _stop(self) -> None:
        self._latest.cancel()
        if self._shown is not None and self._shown.look is not self._sight.look:
            self._forget()

    # Showing

    def _forget(self) -> None:
        """Show the input alone, and not what was found for another."""
        self._shown = None
        if self._sight.look is not None:
            self.view.show_input(self._sight.look.input)
        self._show_state()

    @Slot(object)
    def _take(self, found: Answers | Explained) -> None:
        if isinstance(found, Answers):
            self.classes.show_answers(found.names, found.probabilities)
            return
        self._shown = found
        self.view.show_explained(found)
        self._show_words(found)
        self._show_state()

    def _show_words(self, found: Explained) -> None:
        attribution = found.attribution
        end = f"{found.end:.3g}"
        ends = (f"−{end}", end) if attribution.signed else ("0", end)
        meaning = tr("against, for") if attribution.signed else tr("strength")
        self.scale.show_scale("signed" if attribution.signed else "inferno", ends, meaning)
        method = attribution.method
        self.words.setText(f"{tr(method.summary)} {tr(method.caveat)}")
        self.words.setToolTip(f"{method.formula}\n{method.source}")
        lines = [
            tr("Logit of {name}: {logit}").format(
                name=attribution.class_name, logit=number(attribution.logit)
            )
        ]
        if attribution.row != INPUT:
            rows = {row.name: row.title for row in found.look.rows}
            lines.append(tr("Layer: {title}").format(title=rows[attribution.row]))
        if not attribution.map.any():
            lines.append(tr("No place speaks for it"))
        if attribution.baseline_logit is not None:
            total = float(attribution.values.sum(dtype="float64"))
            words = tr("Baseline {baseline} + map {total} = {sum}")
            lines.append(
                words.format(
                    baseline=number(attribution.baseline_logit),
                    total=number(total),
                    sum=number(attribution.baseline_logit + total),
                )
            )
        if attribution.residual is not None:
            words = tr("Off by {residual}; more steps come closer")
            lines.append(words.format(residual=number(abs(attribution.residual))))
        self.facts.setText("\n".join(lines))

    @Slot()
    def _show_state(self) -> None:
        """What can be done now, and how far it is."""
        busy, shown = self._latest.is_busy, self._shown
        share = 1.0 if shown is None else shown.attribution.share
        self.progress.setVisible(busy and share < 1)
        self.progress.show_share(share)
        self.stop.setVisible(busy)
        self.again.setVisible(not busy and (shown is None or share < 1))
        self.save.setEnabled(not busy and shown is not None and not self.saving.is_busy)
        for part in (self.scale, self.drawn, self.words, self.facts):
            part.setVisible(shown is not None)

    @Slot(object)
    def _take_drawn(self, drawn: Drawn) -> None:
        self.view.set_opacity(drawn.opacity)

    @Slot(int, int)
    def _show_value(self, x: int, y: int) -> None:
        value = self.view.value_at(x, y)
        words = tr("x {x}, y {y}").format(x=x, y=y)
        self._status.set_cursor_text(words if value is None else f"{words}: {number(value)}")

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._forget()
        self._show_error(error)

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self.error.setText(str(error))
        self.error.show()

    @Slot()
    def _save(self) -> None:
        if self._shown is not None:
            self.saving.ask(self._shown)

    @Slot(str)
    def _tell_saved(self, name: str) -> None:
        self._status.show_message(tr("Saved {name}").format(name=name))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._latest.cancel()
        self._asked = None
        self._status.set_cursor_text("")
