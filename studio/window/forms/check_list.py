"""Several of some choices: a list to tick, opening from a button."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.window.chrome import theme
from studio.window.chrome.controls import Button, LinkButton, label
from studio.window.translate import tr

_SEARCHED = 12  # choices from which on there is a field to search them
_MOST_ROWS = 10
_ROW = 27


class CheckList(QFrame):
    """A list over the window; what is ticked counts when it closes, and nothing after Esc.

    Signals: `chosen` with the ticked choices in their own order, if they are others than before.

    Parameters
    ----------
    choices : sequence of pairs
        A choice, and what is shown for it.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, choices: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._before: tuple[str, ...] = ()
        self._kept = True
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setFixedHeight(theme.px(28))
        self.search.setVisible(len(choices) >= _SEARCHED)
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setUniformItemSizes(True)
        for choice, words in choices:
            item = QListWidgetItem(words, self.list)
            item.setData(Qt.ItemDataRole.UserRole, choice)
            item.setSizeHint(QSize(0, theme.px(_ROW)))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self.list.itemClicked.connect(self._toggle)
        self.count = label(role="caption")
        everything = LinkButton("All", "Tick every choice that is shown")
        everything.clicked.connect(lambda: self._tick_shown(True))
        nothing = LinkButton("None", "Tick none of those that are shown")
        nothing.clicked.connect(lambda: self._tick_shown(False))
        done = Button("Done")
        done.clicked.connect(self.close)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        for part in (everything, nothing, self.count):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(done)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(8)] * 4)
        column.setSpacing(theme.px(8))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(row)

    @property
    def ticked(self) -> tuple[str, ...]:
        return tuple(
            item.data(Qt.ItemDataRole.UserRole)
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked
        )

    def open_at(self, below: QWidget, ticked: Collection[str]) -> None:
        """Open below a widget, or above it where there is more room."""
        for item in self._items():
            _tick(item, item.data(Qt.ItemDataRole.UserRole) in ticked)
        self._before, self._kept = self.ticked, True
        self._count()
        rows = min(max(self.list.count(), 2), _MOST_ROWS)
        self.list.setFixedHeight(rows * theme.px(_ROW) + theme.px(4))
        words = (self.fontMetrics().horizontalAdvance(item.text()) for item in self._items())
        widest = max(words, default=0) + theme.px(64)
        self.setFixedWidth(min(max(widest, below.width(), theme.px(232)), theme.px(360)))
        self.adjustSize()
        screen = below.screen().availableGeometry()
        place = below.mapToGlobal(QPoint(below.width() - self.width(), below.height()))
        if place.y() + self.height() > screen.bottom():
            place.setY(below.mapToGlobal(QPoint(0, 0)).y() - self.height())
        self.setGeometry(_inside(QRect(place, self.size()), screen))
        self.show()
        self.list.setCurrentRow(0)
        (self.search if not self.search.isHidden() else self.list).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self._kept = False
                self.close()
            case Qt.Key.Key_Space if self.list.currentItem() is not None:
                self._toggle(self.list.currentItem())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.close()
            case Qt.Key.Key_Down if self.search.hasFocus():
                self.list.setFocus()
            case _:
                super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._kept and self.ticked != self._before:
            self._before = self.ticked
            self.chosen.emit(self.ticked)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    @Slot(QListWidgetItem)
    def _toggle(self, item: QListWidgetItem) -> None:
        _tick(item, item.checkState() != Qt.CheckState.Checked)
        self._count()

    def _tick_shown(self, on: bool) -> None:
        for item in self._items():
            if not item.isHidden():
                _tick(item, on)
        self._count()

    @Slot(str)
    def _filter(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.casefold() not in item.text().casefold())

    def _count(self) -> None:
        words = tr("{some} of {all}")
        self.count.setText(words.format(some=len(self.ticked), all=self.list.count()))


def _tick(item: QListWidgetItem, on: bool) -> None:
    item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def _inside(rect: QRect, screen: QRect) -> QRect:
    left = min(max(rect.left(), screen.left()), screen.right() - rect.width())
    top = min(max(rect.top(), screen.top()), screen.bottom() - rect.height())
    return QRect(left, top, rect.width(), rect.height())
