"""The sum behind one pixel, and the kernel's walk from pixel to pixel."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from studio.filters.arithmetic import Arithmetic
from studio.filters.cutting import Box
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.filter.arithmetic.sums import Sums
from studio.window.filter.arithmetic.transport import Transport, WalkActions
from studio.window.filter.arithmetic.walk import Walk
from studio.window.filter.arithmetic.walker import Walker
from studio.window.translate import tr

CHANNELS = ("red", "green", "blue")
_HEIGHT, _TALL = 212, 272
_ROOMY = 1300  # width from which on there is room for a taller panel


class ArithmeticPanel(QFrame):
    """Shows one `Arithmetic`, or says why there is none, and lets the kernel walk.

    Signals: `wanted(x, y)` asks for the arithmetic of a pixel of the result, answered with
    `show_arithmetic` or `show_words`; `walked(x, y)` before it, for each place of the walk, whose
    `walk` says what is computed so far; `walk_ended` when there is none any more;
    `channel_changed(index)` when a person chose a colour; `cell_hovered(dy, dx)` with the distance
    of a cell of the window from its centre, in pixels, and `cell_left`.
    """

    wanted = Signal(int, int)
    walked = Signal(int, int)
    walk_ended = Signal()
    channel_changed = Signal(int)
    cell_hovered = Signal(int, int)
    cell_left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(_HEIGHT))
        self._place = label(role="caption", elide=True)
        self._terms = Segments(())
        self._term_names: tuple[str, ...] = ()
        self._channels = Segments(
            (("red", "R"), ("green", "G"), ("blue", "B")),
            tips=[tr("Red"), tr("Green"), tr("Blue")],
        )
        self._channels.changed.connect(self._choose_channel)
        self.walker = Walker(self)
        self.walk_actions = WalkActions(self)
        self.transport = Transport(self.walk_actions)
        self._sum = Sums()
        self._make_rows()
        self._connect()
        self._show_terms(())
        self._channels.hide()

    def _make_rows(self) -> None:
        self._head = QHBoxLayout()
        self._head.setContentsMargins(theme.px(16), theme.px(4), theme.px(12), theme.px(4))
        self._head.setSpacing(theme.px(8))
        self._head.addWidget(label("Arithmetic", "title"))
        self._head.addWidget(self._place, 1)
        self._head.addWidget(self._terms)
        self._head.addWidget(self._channels)
        self._head.addSpacing(theme.px(8))
        self._head.addWidget(self.transport)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._sum, 1)

    def _connect(self) -> None:
        self.addActions(self.walk_actions.all)
        self.walk_actions.restart.triggered.connect(self.walker.restart)
        self.walk_actions.play.triggered.connect(self.walker.toggle)
        self.walk_actions.step.triggered.connect(self.walker.step)
        self.transport.speed_changed.connect(self.walker.set_speed)
        self.walker.set_speed(self.transport.speed)
        self.walker.changed.connect(self._show_walker)
        self.walker.walked.connect(self._walk)
        self.walker.ended.connect(self.walk_ended)
        self._sum.cell_hovered.connect(self.cell_hovered)
        self._sum.cell_left.connect(self.cell_left)
        self._show_walker()

    # What is shown

    @property
    def shown(self) -> Arithmetic | None:
        return self._sum.shown

    def show_arithmetic(
        self,
        shown: Arithmetic,
        x: int,
        y: int,
        channel: str,
        depth: str,
        white: float | None = None,
    ) -> None:
        """Show how the value at column `x`, row `y` comes about.

        Parameters
        ----------
        channel : {"red", "green", "blue", ""}
            Which of the colours it is about; empty for a grey picture.
        depth : str
            In which depth it is stored, as numpy calls it.
        white : float, optional
            What white is in floating-point pixels around the window; if not said, the largest.
        """
        self._place.setText(tr("column {x}, row {y}").format(x=x, y=y))
        self._channels.setVisible(bool(channel))
        if channel in CHANNELS:
            self._channels.set_value(channel)
        terms = shown.working.terms
        self._show_terms(tuple(term.name for term in terms) if len(terms) > 1 else ())
        self._sum.show_sum(shown, depth, white)
        self.walker.arrive(y, x)

    def show_words(self, words: str) -> None:
        """Say why there is nothing to show."""
        self._place.setText("")
        self._channels.hide()
        self._show_terms(())
        self._sum.show_words(words)
        self.walker.arrive(0, 0)

    def _show_terms(self, names: tuple[str, ...]) -> None:
        """A choice among several sums."""
        if names != self._term_names:
            self._term_names = names
            fresh = Segments([(name, name) for name in names])
            fresh.changed.connect(self._choose_term)
            self._head.replaceWidget(self._terms, fresh)
            self._terms.deleteLater()
            self._terms = fresh
            self._sum.choose_term(0)
        self._terms.setVisible(bool(names))

    @Slot(str)
    def _choose_term(self, name: str) -> None:
        self._sum.choose_term(self._term_names.index(name))

    @Slot(str)
    def _choose_channel(self, name: str) -> None:
        self.channel_changed.emit(CHANNELS.index(name))

    # The walk

    @property
    def walk(self) -> Walk | None:
        """Where the kernel is, and what it has not come to yet."""
        return self.walker.walk

    def set_geometry(self, height: int, width: int) -> None:
        """The size of the result that the kernel walks over; 0, 0 for none. Another one ends it."""
        self.walker.set_size(height, width)

    def set_seen(self, seen: Box | None, pixel: float) -> None:
        """Which part of the result is on the screen, for the next walk.

        Parameters
        ----------
        pixel : float
            How wide a pixel of it is there, in device-independent pixels.
        """
        self.walker.set_seen(seen, pixel)

    def hover(self, x: int, y: int) -> None:
        """A person points at a pixel of the result: its sum is wanted, and the walk pauses."""
        self.walker.pause()
        if self.walk is not None and self.walk.is_done:
            self.walker.end()
        self.wanted.emit(x, y)

    def end_walk(self) -> None:
        """Forget the walk, such as after another filter was chosen."""
        self.walker.end()

    @Slot(int, int)
    def _walk(self, x: int, y: int) -> None:
        self.walked.emit(x, y)
        self.wanted.emit(x, y)

    @Slot()
    def _show_walker(self) -> None:
        self.walk_actions.show(self.walker.is_possible, self.walker.is_playing)
        self.transport.show_playing(self.walker.is_playing)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.walk is not None:
            self.end_walk()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.walker.pause()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(560), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(
            theme.px(_TALL if event.size().width() >= theme.px(_ROOMY) else _HEIGHT)
        )
