"""Around the list of pictures: what to show of it, and where more come from."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QLineEdit

from studio.window.chrome import theme
from studio.window.chrome.controls import Button, LinkButton, label
from studio.window.chrome.icons import icon
from studio.window.classify.answers_table import State, unsure_words
from studio.window.translate import tr

_CHIPS: tuple[tuple[State | None, str], ...] = (
    (None, "All"),
    ("sure", "Sure"),
    ("unsure", "Unsure"),
    ("unreadable", "Unreadable"),
)


class AnswersBar(QFrame):
    """Chips for the states that pictures are in, and a field to find one by its name.

    Signals: `changed` when another part of the list is wanted.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(44))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        row.setSpacing(theme.px(6))
        self._group = QButtonGroup(self)
        for number, (_, title) in enumerate(_CHIPS):
            chip = Button(title, look="chip")
            self._group.addButton(chip, number)
            row.addWidget(chip)
        tips = (
            tr("Every picture"),
            tr("Everything else that could be read"),
            unsure_words(),
            tr("What is no picture, or damaged"),
        )
        for button, words in zip(self._group.buttons(), tips, strict=True):
            button.setToolTip(words)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._tell)
        self.name_field = QLineEdit()
        self.name_field.setPlaceholderText(tr("Find by name"))
        self.name_field.setAccessibleName(tr("Find by name"))
        self.name_field.setToolTip(tr("Show only pictures with these letters in their name"))
        self.name_field.setClearButtonEnabled(True)
        self.name_field.setAcceptDrops(False)  # a drop on it is a picture too
        self.name_field.setFixedSize(theme.px(152), theme.px(28))
        self.name_field.addAction(icon("search", "text3"), QLineEdit.ActionPosition.LeadingPosition)
        self.name_field.textChanged.connect(self._tell)
        row.addStretch(1)
        row.addWidget(self.name_field)
        self.show_counts({}, 0)

    @property
    def state(self) -> State | None:
        """The state that is wanted; None for all."""
        return _CHIPS[self._group.checkedId()][0]

    @property
    def name(self) -> str:
        """What is to be found in a name."""
        return self.name_field.text()

    def chip(self, state: State | None) -> Button:
        """The button for a state."""
        found = self._group.button([each for each, _ in _CHIPS].index(state))
        assert isinstance(found, Button)
        return found

    @Slot()
    def show_all(self) -> None:
        """Take every restriction away."""
        self._group.button(0).setChecked(True)
        self.name_field.clear()
        self._tell()

    def show_counts(self, counts: Mapping[State, int], total: int) -> None:
        """Say how many pictures are in each state, in room for the total."""
        metrics = QFontMetrics(theme.font(12, 600))
        for state, title in _CHIPS:
            number = total if state is None else counts.get(state, 0)
            widest = f"{tr(title)}  {'0' * len(f'{total:,}')}"
            chip = self.chip(state)
            chip.setText(f"{tr(title)}  {number:,}")
            chip.setFixedWidth(metrics.horizontalAdvance(widest) + theme.px(24))

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


class DropLine(QFrame):
    """Says that pictures can be dropped, and has links for those who don't.

    Signals: `paste_wanted`, `folder_wanted`.
    """

    paste_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(40))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(14), 0, theme.px(12), 0)
        row.setSpacing(theme.px(12))
        self._mark = QLabel()
        folder = LinkButton("Add folder…", "Add the pictures in a folder and below", "", "folder")
        paste = LinkButton("Paste", "Add pictures from the clipboard", "Ctrl+V", "paste")
        folder.clicked.connect(self.folder_wanted)
        paste.clicked.connect(self.paste_wanted)
        row.addWidget(self._mark)
        words = label("Drop pictures or folders anywhere in this window", "label", elide=True)
        row.addWidget(words, 1)
        row.addWidget(folder)
        row.addWidget(paste)
        theme.theme().changed.connect(self._redraw)
        self._redraw()

    @Slot()
    def _redraw(self) -> None:
        side = QSize(theme.px(18), theme.px(18))
        self._mark.setPixmap(icon("picture", "text2").pixmap(side, self.devicePixelRatioF()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour("edge"), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        outline = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(outline, theme.px(5), theme.px(5))
