"""One picture of the list: as it is, as the network gets it, and the likeliest classes."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.image.display import to_display
from studio.image.picture import Picture, full_scale
from studio.nets.model import Model
from studio.nets.preprocess import Preprocessing
from studio.nets.smooth_resize import Values
from studio.window.canvas.view import PictureView
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, Segments, label
from studio.window.chrome.inspector import Inspector, Section
from studio.window.chrome.widgets import EmptyState
from studio.window.classify.answers_table import Row
from studio.window.classify.certainty import TopAnswers
from studio.window.classify.sources import Source
from studio.window.latest import Latest
from studio.window.translate import tr

_RESIZED = {
    "fit": "the whole picture, with a border",
    "crop": "the picture's middle",
    "stretch": "the whole picture, distorted",
}
_NAMED = 40  # classes, in a tooltip


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture as it is shown, and the network's input as a picture.

    `classes` are all that the model can answer.
    """

    source: Source
    picture: Picture
    rgb: NDArray[np.uint8]
    input_rgb: NDArray[np.uint8] | None
    input_words: str
    classes: tuple[str, ...] = ()


def look_closely(source: Source, load: Callable[[], Model] | None) -> Shown:
    """Read a picture and prepare it for a model, if there is one."""
    picture = source.read()
    rgb = to_display(picture.pixels, white=full_scale(picture.pixels)).rgb
    if load is None:
        return Shown(source, picture, rgb, None, "")
    card = load().card
    preprocessing = card.preprocessing
    seen = input_picture(preprocessing.apply(picture), preprocessing)
    return Shown(source, picture, rgb, seen, words(preprocessing), card.classes)


def input_picture(values: Values, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """What a network gets, channels x height x width, as RGB pixels; normalisation undone."""
    channels = np.moveaxis(values, 0, 2)
    std, mean = (np.array(each, np.float32) for each in (preprocessing.std, preprocessing.mean))
    light = channels * std + mean
    return to_display(np.clip(light, 0, 1).astype(np.float32), "plain").rgb


def words(preprocessing: Preprocessing) -> str:
    """What is done to a picture, in a sentence."""
    height, width = preprocessing.size
    colours = tr("grey") if preprocessing.channels == 1 else tr("RGB")
    parts = [f"{width} × {height}, {colours}", tr(_RESIZED[preprocessing.resize])]
    if preprocessing.ink == "light":
        parts.append(tr("light ink on dark"))
    mean, std = (
        " ".join(f"{number:.3g}" for number in dict.fromkeys(numbers))
        for numbers in (preprocessing.mean, preprocessing.std)
    )
    normalised = tr("normalised with mean {mean} and deviation {std}")
    parts.append(normalised.format(mean=mean, std=std))
    return "; ".join(parts)


def classes_words(classes: tuple[str, ...]) -> str:
    """Which classes a model can answer, for a tooltip; nothing where it is not known."""
    if not classes:
        return ""
    named = ", ".join(escape(name) for name in classes[:_NAMED])
    text = tr("This model knows {classes}. It gives one of them to anything it is shown.")
    more = tr("{named} and {count} more")
    if len(classes) > _NAMED:
        named = more.format(named=named, count=f"{len(classes) - _NAMED:,}")
    return f"<p>{text.format(classes=named)}</p>"


class AnswerPanel(Inspector):
    """Shows the picture that is chosen in the list.

    Signals: `filter_wanted` and `network_wanted` when a person wants to see the picture there,
    `shown` when another picture, or the other side of it, is shown.
    """

    shown = Signal()

    filter_wanted = Signal()
    network_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("")
        self._row: Row | None = None
        self._shown: Shown | None = None
        self._latest = Latest(tr("Reading a picture"), parent=self)
        self._latest.result.connect(self._show)
        self._latest.failed.connect(self._fail)
        self.segments = Segments(
            [("picture", "Picture"), ("input", "Input")],
            [tr("The picture as it is"), tr("What the network gets")],
        )
        self.segments.changed.connect(self._show_side)
        self._name = label(role="title", elide=True)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.header.title.hide()
        self.header.caption.hide()
        self.header.row.insertWidget(0, self._name, 1)
        self.add_to_header(self.segments)
        self.view = PictureView()
        self.facts = label(role="caption", wrap=True)
        self.problem = EmptyState("")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.problem)
        self.top = TopAnswers()
        self.classes = Section("Top 5")
        self.classes.add(self.top)
        self.to_filter = Button("Show in Filter")
        self.to_network = Button("Show in Network")
        self.to_filter.clicked.connect(self.filter_wanted)
        self.to_network.clicked.connect(self.network_wanted)
        self.add(self._pictures(), self.classes, self._ways())
        self.fit(1280)
        self.show_row(None, None)

    def fit(self, window_width: int) -> None:
        super().fit(window_width)
        if pages := getattr(self, "pages", None):  # the base fits before there are any
            pages.setFixedHeight(self.maximumWidth() - 1 - 2 * theme.px(16))

    def _pictures(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(8))
        for widget in (self.pages, self.facts):
            column.addWidget(widget)
        return made

    def _ways(self) -> QWidget:
        made = Section("Look closer")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, theme.px(8))
        row.setSpacing(theme.px(8))
        for button in (self.to_filter, self.to_network):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
        made.add(line)
        return made

    @property
    def row(self) -> Row | None:
        return self._row

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown, once it was read."""
        is_it = self._shown and self._row and self._shown.source == self._row.source
        return self._shown.picture if self._shown and is_it else None

    def show_row(self, row: Row | None, load: Callable[[], Model] | None) -> None:
        """Show a picture, with the input of the model that `load` gives."""
        self._row = row
        self.refresh()
        if row is None:
            self._latest.cancel()
            self._fail_with(tr("No picture is chosen."))
        else:
            source = row.source
            self._latest.submit(lambda: look_closely(source, load))

    @Slot()
    def refresh(self) -> None:
        """Show the classes that the row has now."""
        row = self._row
        self._name.setText(row.source.name if row else tr("No picture"))
        answers = row.answers if row else ()
        self.classes.setVisible(bool(answers))
        known = self._shown.classes if self._shown else ()
        caption = tr("of {count} classes").format(count=f"{len(known):,}") if known else ""
        self.classes.set_title(tr("Top {count}").format(count=len(answers)), caption)
        self.classes.setToolTip(classes_words(known))
        self.top.show_answers(answers, bool(row and row.stale))

    @Slot(object)
    def _show(self, shown: Shown) -> None:
        self._shown = shown
        self._show_side()
        self.refresh()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._fail_with(f"{error}.")

    def _fail_with(self, sentence: str) -> None:
        self._shown = None
        self.problem.set_sentence(sentence)
        self._show_side()

    @Slot()
    def _show_side(self) -> None:
        shown = self._shown
        is_input = self.segments.value == "input"
        self.view.setAccessibleName(tr("The network's input") if is_input else tr("The picture"))
        if shown is None:
            self.view.set_rgb(None)
            self.facts.setText("")
        elif is_input:
            self.view.set_rgb(shown.input_rgb)
            self.facts.setText(shown.input_words or tr("There is no model to prepare it for"))
        else:
            self.view.set_rgb(shown.rgb)
            self.facts.setText(shown.picture.words)
        self.view.fit()
        self.pages.setCurrentWidget(self.view if shown else self.problem)
        self.facts.setVisible(bool(self.facts.text()))
        for button, words in (
            (self.to_filter, tr("Open the picture in Filter")),
            (self.to_network, tr("Open the picture in Network")),
        ):
            button.setEnabled(shown is not None)
            button.setToolTip(words if shown else tr("There is no picture to show"))
        self.shown.emit()
