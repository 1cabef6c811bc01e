"""The column at the right of a workspace: a header, and sections that scroll beneath it."""

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPropertyAnimation,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.window.chrome import theme
from studio.window.chrome.controls import KeyboardRing, fill_row, label
from studio.window.chrome.icons import icon
from studio.window.translate import tr

_NO_LIMIT = (1 << 24) - 1  # Qt's own largest size of a widget


class InspectorHeader(QFrame):
    """The title of an inspector, what it is about, and its buttons."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(44))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), 1, theme.px(16), 0)
        row.setSpacing(theme.px(8))
        self.title = label(title, "title")
        self.caption = label("", "caption", elide=True)
        row.addWidget(self.title)
        row.addWidget(self.caption, 1)
        self.row = row


class _BarInMargin(QScrollBar):
    """A scroll bar over the right margin, so that nothing moves when it comes and goes."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, area)
        self._area = area
        self._own = area.verticalScrollBar()
        self._own.rangeChanged.connect(self._follow)
        self._own.valueChanged.connect(self.setValue)
        self.valueChanged.connect(self._own.setValue)
        area.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    @Slot()
    def _follow(self) -> None:
        self.setPageStep(self._own.pageStep())
        self.setSingleStep(self._own.singleStep())
        self.setRange(self._own.minimum(), self._own.maximum())
        self.setVisible(self.maximum() > 0)
        width = theme.px(10)
        self.setGeometry(self._area.width() - width, 0, width, self._area.height())
        self.raise_()


class Inspector(QFrame):
    """The column at the right: a header, and sections that scroll beneath it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.header = InspectorHeader(title)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._content)
        self._bar = _BarInMargin(scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(scroll, 1)
        self.fit(1280)

    def fit(self, window_width: int) -> None:
        """Take the width that suits a window."""
        width = 288 if window_width < 1100 else 360 if window_width >= 1900 else 320
        self.setFixedWidth(theme.px(width))

    def scroll_to_top(self) -> None:
        """Show the sections from the first on."""
        self._bar.setValue(0)

    def set_title(self, title: str, caption: str = "") -> None:
        self.header.title.setText(title)
        self.header.caption.setText(caption)

    def add_to_header(self, *widgets: QWidget) -> None:
        """Put buttons at the right end of the header."""
        fill_row(self.header.row, widgets)

    def add(self, *parts: QWidget) -> None:
        """Add sections, or any widgets, below what is there."""
        for part in parts:
            if isinstance(part, Section):
                part.setProperty("first", self._column.count() == 1)
            self._column.insertWidget(self._column.count() - 1, part)


class SectionTitle(KeyboardRing, QToolButton):
    """The head of a section; pressing it opens and closes the section."""

    def __init__(self, title: str, caption: str, collapsible: bool) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(36))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr(title))
        self.setCheckable(collapsible)
        can_press = Qt.FocusPolicy.TabFocus if collapsible else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(can_press)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not collapsible)
        self._chevron = QLabel()
        self.title = label(title, "title")
        self.caption = label(caption, "caption", elide=True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.px(12 if collapsible else 16), 0, theme.px(16), 0)
        self.row.setSpacing(theme.px(8))
        if collapsible:
            self._chevron.setFixedWidth(theme.px(14))
            self.row.addWidget(self._chevron)
            self.row.setSpacing(theme.px(6))
        self.row.addWidget(self.title)
        self.row.addWidget(self.caption, 1)

    def show_open(self, is_open: bool) -> None:
        side = theme.px(14)
        name = "chevron-down" if is_open else "chevron-right"
        ratio = self.devicePixelRatioF()
        self._chevron.setPixmap(icon(name, "text3").pixmap(QSize(side, side), ratio))

    def sizeHint(self) -> QSize:
        return self.row.sizeHint()


class Section(QFrame):
    """A part of an inspector: a title, and a body that can be folded away.

    Signals: `opened` with whether a person opened or closed it.
    """

    opened = Signal(bool)

    def __init__(self, title: str, caption: str = "", collapsible: bool = False) -> None:
        super().__init__()
        self.head = SectionTitle(title, caption, collapsible)
        self.body = QWidget()
        self._rows = QVBoxLayout(self.body)
        self._rows.setContentsMargins(theme.px(16), theme.px(4), theme.px(16), theme.px(12))
        self._rows.setSpacing(theme.px(8))
        self._tools = QHBoxLayout()
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.head, 1)
        top.addLayout(self._tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.body)
        self._slide = QPropertyAnimation(self.body, b"maximumHeight", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._rest)
        self._is_open = True
        self.head.show_open(True)
        if collapsible:
            self.head.clicked.connect(self.toggle)
            theme.theme().changed.connect(self._redraw)

    @property
    def is_open(self) -> bool:
        return self._is_open

    def add(self, *widgets: QWidget) -> None:
        """Add widgets to the body, one below the other."""
        for widget in widgets:
            self._rows.addWidget(widget)

    def add_to_head(self, *widgets: QWidget) -> None:
        """Put buttons at the right end of the title."""
        left = self.head.row.contentsMargins().left()
        self.head.row.setContentsMargins(left, 0, theme.px(8), 0)
        self._tools.setContentsMargins(0, 0, theme.px(10), 0)
        fill_row(self._tools, widgets)

    def set_title(self, title: str, caption: str = "") -> None:
        self.head.title.setText(title)
        self.head.setAccessibleName(title)
        self.head.caption.setText(caption)

    def set_open(self, is_open: bool) -> None:
        """Open or close at once, without saying `opened`."""
        self._is_open = is_open
        self._rest()

    @Slot()
    def toggle(self) -> None:
        self._is_open = not self._is_open
        self.head.show_open(self._is_open)
        height = self.body.sizeHint().height()
        self.body.show()
        self._slide.stop()
        self._slide.setDuration(theme.motion())
        self._slide.setStartValue(0 if self._is_open else height)
        self._slide.setEndValue(height if self._is_open else 0)
        if theme.motion():
            self._slide.start()
        else:
            self._rest()
        self.opened.emit(self._is_open)

    @Slot()
    def _rest(self) -> None:
        self.head.show_open(self._is_open)
        self.body.setVisible(self._is_open)
        self.body.setMaximumHeight(_NO_LIMIT)

    @Slot()
    def _redraw(self) -> None:
        self.head.show_open(self._is_open)
