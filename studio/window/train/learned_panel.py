"""What the network of a run has learned: its kernels, how they changed, and its feature maps."""

from functools import partial
from typing import get_args

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.data.parts import Part
from studio.errors import StudioError
from studio.training.events import Kernels
from studio.window.canvas.maps import MapGrid
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, Segments, label
from studio.window.latest import Latest
from studio.window.network.kernel.filtering import with_kernel
from studio.window.session import Session
from studio.window.train.learned import Asked, Drawing, Learned, Mode
from studio.window.train.learned_foot import LearnedFoot, why_no_filter
from studio.window.train.replay import Source
from studio.window.translate import tr

_SMALLEST, _LARGEST, _ALONE = 24, 64, 200  # cells
_TITLES: dict[Mode, str] = {"kernels": "Kernels", "change": "Change", "maps": "Maps"}
_TIPS: dict[Mode, str] = {
    "kernels": "The weights of each kernel; mid grey is zero",
    "change": "What training added to each kernel, all on one scale; mid grey is nothing",
    "maps": "What each map shows of a picture",
}
_NOTHING_YET = {
    "kernels": "Kernels appear after the first step.",
    "change": "The change of the kernels appears after the first epoch.",
    "maps": "Feature maps appear after the first epoch.",
}
OWN_PICTURE = -1


class LearnedPanel(QWidget):
    """Kernels or maps of one layer after an epoch, drawn beside the window.

    Signals
    -------
    network_wanted(layer, output)
        A person wants to see a kernel or a map in Network.
    filter_wanted()
        A kernel was made a filter of the document.
    pictures_wanted()
        A person wants maps of test pictures, which aren't there yet.
    failed(error)
        Something can't be done.
    """

    network_wanted = Signal(str, int)
    filter_wanted = Signal()
    pictures_wanted = Signal()
    failed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._source: Source | None = None
        self._newer: Kernels | None = None
        self._epoch = 0
        self._part: Part | None = None
        self._classes: tuple[str, ...] = ()
        self._place = OWN_PICTURE
        self._layers: dict[Mode, str] = {}
        self._shown: Learned | None = None
        self._is_stale = False
        self._caption = ""
        self._drawing = Drawing()
        self._latest = Latest(tr("Drawing kernels"), interim=True, parent=self)
        self._latest.result.connect(self._take)
        self._latest.failed.connect(self._fail)
        self._make_parts()
        self._lay_out()
        session.picture_changed.connect(self._follow_picture)
        self.show_nothing()

    # Building

    def _make_parts(self) -> None:
        self.menu = QMenu(self)
        self.layer = Button("", look="flat")
        self.layer.setMenu(self.menu)
        self.layer.setToolTip(tr("Choose the layer"))
        self.caption = label(role="caption", elide=True)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        modes = get_args(Mode)
        self.modes = Segments(
            [(mode, tr(_TITLES[mode])) for mode in modes], [tr(_TIPS[mode]) for mode in modes]
        )
        self.modes.setAccessibleName(tr("What to show of the layer"))
        self.modes.changed.connect(self._ask)
        self.grid = MapGrid(smallest=_SMALLEST)
        self.grid.set_largest(_LARGEST, _ALONE)
        self.grid.setAccessibleName(tr("Kernels"))
        self.grid.current_changed.connect(self._show_foot)
        self.grid.opened.connect(self._open)
        self.grid.unit_chosen.connect(self._show_foot)
        self.grid.menu_wanted.connect(self._show_menu)
        self.nothing = label(role="caption", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.foot = LearnedFoot()
        self.foot.picture_wanted.connect(lambda step: self.choose_picture(self._place + step))
        self.to_network, self.to_filter = self.foot.to_network, self.foot.to_filter
        self.to_network.clicked.connect(self._open)
        self.to_filter.clicked.connect(self.use_in_filter)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.px(6))
        head.addWidget(self.layer)
        head.addWidget(self.caption, 1)
        head.addWidget(self.modes)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(8), 0, theme.px(8))
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(self.foot)

    # What to show

    @property
    def mode(self) -> Mode:
        return next(mode for mode in get_args(Mode) if mode == self.modes.value)

    @property
    def shown(self) -> Learned | None:
        """What is drawn; None while there is nothing."""
        return self._shown

    def show_epoch(self, source: Source | None, epoch: int, newer: Kernels | None = None) -> None:
        """Show what a run has learned.

        Parameters
        ----------
        source : Source, optional
            None before its first step.
        epoch : int
            After which epoch; 0 for the weights that it began with.
        newer : Kernels, optional
            Those of the first convolution at a later step.
        """
        self._source, self._epoch, self._newer = source, epoch, newer
        self._ask()

    def show_nothing(self) -> None:
        """There is no run to show anything of."""
        self._source = None
        self._ask()

    def set_pictures(self, part: Part | None, classes: tuple[str, ...]) -> None:
        """Which test pictures there are to see maps of; None where they aren't known."""
        if part is not self._part:
            self._part, self._classes, self._place = part, classes, OWN_PICTURE
            self._show_foot()

    def choose_picture(self, place: int) -> None:
        """Show the maps of a test picture, or of `OWN_PICTURE`: the document's."""
        if self._part is None:
            self.pictures_wanted.emit()
        elif OWN_PICTURE <= place < len(self._part):
            self._place = place
            self._ask()

    def choose_layer(self, name: str) -> None:
        """Show another layer."""
        self._layers[self.mode] = name
        self._ask()

    @Slot()
    def _ask(self) -> None:
        self._is_stale = not self.isVisible()
        source, mode = self._source, self.mode
        newer = None if mode == "maps" else self._newer
        is_known = source is not None and (self._epoch or 0 in source.kept or newer is not None)
        if source is None or not is_known:
            self._latest.cancel()
            self._say(tr(_NOTHING_YET[mode]))
        elif not self._is_stale:
            picture = (
                self._session.picture
                if self._place == OWN_PICTURE or self._part is None
                else self._part.pictures[self._place]
            )
            layer = self._layers.get(mode, "")
            asked = Asked(source, self._epoch, newer, mode, layer, picture)
            self._latest.submit(partial(self._drawing.draw, asked))
        self._show_foot()

    @Slot()
    def _follow_picture(self) -> None:
        if self.mode == "maps" and self._place == OWN_PICTURE:
            self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._ask()

    # Showing

    @Slot(object)
    def _take(self, learned: Learned) -> None:
        if learned.asked.mode != self.mode:
            return
        if learned.row is None:
            self._say(tr("No layer of this network has kernels."))
            return
        before, self._shown = self._shown, learned
        dead = None if learned.kernels is None else learned.kernels.dead.tolist()
        if dead is not None and (len(dead) != len(learned.pictures) or self.mode == "change"):
            dead = [False] * len(learned.pictures)
        low, high = (0.0, learned.reach) if learned.reach else (None, None)
        self.grid.set_maps(learned.pictures, low, high, dead, statistics=learned.statistics)
        self._pages.setCurrentWidget(self.grid)
        self.layer.setText(learned.row.title)
        self.layer.show()
        self._show_caption(learned)
        if before is None or before.layers != learned.layers or before.row != learned.row:
            self._fill_menu(learned)
        self._show_foot()

    def _show_caption(self, learned: Learned) -> None:
        asked = learned.asked
        words = tr("epoch {number}").format(number=f"{asked.epoch:,}")
        if asked.newer is not None and learned.row and asked.newer.layer == learned.row.name:
            words = tr("step {number}").format(number=f"{asked.newer.step:,}")
        if learned.asked.mode == "change":
            start = tr("since epoch {number}").format(number=learned.since)
            words = f"{words}, {start if learned.since else tr('since the start')}"
        self._caption = words
        self._fit_caption()

    def _fit_caption(self) -> None:
        """The caption where there is room for it whole."""
        taken = self.layer.sizeHint().width() + self.modes.sizeHint().width() + theme.px(16)
        needed = taken + self.caption.fontMetrics().horizontalAdvance(self._caption)
        self.caption.setText(self._caption if needed <= self.width() else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_caption()

    def _fill_menu(self, learned: Learned) -> None:
        self.menu.clear()
        group = QActionGroup(self.menu)
        for name, title in learned.layers:
            action = QAction(title, group, checkable=True)
            action.setChecked(learned.row is not None and name == learned.row.name)
            action.triggered.connect(partial(self.choose_layer, name))
            self.menu.addAction(action)
        self.layer.setEnabled(len(learned.layers) > 1)

    def _say(self, words: str) -> None:
        """There is nothing to draw, and why."""
        self._shown = None
        self.nothing.setText(words)
        self._pages.setCurrentWidget(self.nothing)
        self.layer.hide()
        self._caption = ""
        self._fit_caption()
        self.menu.clear()
        self._show_foot()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._say(str(error))

    @Slot()
    def _show_foot(self) -> None:
        shown = self._shown
        if self.mode == "maps":
            count = 1 if self._part is None else len(self._part)
            is_last = self._place + 1 >= count
            self.foot.show_picture(self._picture_words(), self._place > OWN_PICTURE, not is_last)
        elif shown is not None:
            self.foot.show_kernel(shown, self.grid.current)
        self.foot.setVisible(shown is not None)

    def _picture_words(self) -> str:
        if self._place == OWN_PICTURE or self._part is None:
            return self._session.picture.name or tr("the document's picture")
        true = self._classes[int(self._part.labels[self._place])]
        return tr("test picture {number}, {name}").format(number=self._place, name=true)

    # What a person does with a kernel

    @Slot()
    def _open(self) -> None:
        if self._shown is not None and self._shown.row is not None:
            self.network_wanted.emit(self._shown.row.name, self.grid.current)

    @Slot()
    def use_in_filter(self) -> None:
        """Make the current kernel a filter of the document."""
        shown, output = self._shown, self.grid.current
        if shown is None or shown.kernels is None or shown.row is None or why_no_filter(shown):
            return
        try:
            made = with_kernel(self._session.document, shown.kernels, output, "mean")
        except StudioError as error:
            self.failed.emit(error)
            return
        text = tr("Use kernel {number} of {layer}").format(number=output, layer=shown.row.title)
        self._session.edit(text, made)
        self.filter_wanted.emit()

    @Slot(object)
    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Open in Network"), self._open)
        if self._shown is not None and not why_no_filter(self._shown):
            menu.addAction(tr("Use in Filter"), self.use_in_filter)
        menu.popup(place)
