"""What is looked at: one look, one layer and one unit, for every part of the workspace."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from studio.nets.row import Row
from studio.window.network.look import Look
from studio.window.network.selection import Selection, Unit


class Sight(QObject):
    """The current look, layer and unit; parts follow its signals and change it by its methods.

    Signals
    -------
    look_changed()
        There is another look, or none any more.
    row_changed()
        Another layer is shown, or the same one of another look; comes after `look_changed`.
    unit_changed()
        Another unit is shown: chosen, or under the cursor; comes after `row_changed`.
    settled()
        After the others, once for all that came together: for what describes the unit in many
        words, so that the maps are painted before.
    """

    look_changed = Signal()
    row_changed = Signal()
    unit_changed = Signal()
    settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._selection = Selection()
        self._hovered: Unit | None = None
        self._is_live = False
        self._wanted: tuple[str, str, int] | None = None  # a model's reference, layer, map
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self.settled)
        self.unit_changed.connect(self._settling.start)

    @property
    def is_settling(self) -> bool:
        """Whether `settled` is still to come."""
        return self._settling.isActive()

    @property
    def is_live(self) -> bool:
        """Whether looks come from a camera or a video: what is slow waits until it rests."""
        return self._is_live

    def set_live(self, is_live: bool) -> None:
        self._is_live = is_live

    @property
    def look(self) -> Look | None:
        """What was computed last; None while there is nothing to show."""
        return self._look

    @property
    def rows(self) -> tuple[Row, ...]:
        """The network's table, the input's row first; known before there is a look."""
        return self._selection.rows

    @property
    def number(self) -> int:
        """The place of the current layer in `rows`."""
        return self._selection.number

    @property
    def row(self) -> Row | None:
        """The current layer."""
        return self._selection.row

    @property
    def unit(self) -> Unit:
        """The unit under the cursor, or else the chosen one: map, row, column."""
        return self._hovered or self._selection.unit

    @property
    def chosen_unit(self) -> Unit:
        return self._selection.unit

    @property
    def is_hovered(self) -> bool:
        return self._hovered is not None

    def take_rows(self, rows: Sequence[Row], number: int | None = None) -> bool:
        """Another network's rows; the current layer is kept if nothing has changed.

        A `number` says which layer to go to where it is the same network, edited.
        """
        return self._selection.take_rows(rows, number)

    def take_look(self, look: Look | None) -> None:
        """Show another look, whose rows were taken before."""
        self._look, self._hovered = look, None
        if look is not None:
            self._selection.find_unit(look.maps)
            self._find_wanted(look)
        self.look_changed.emit()
        self.row_changed.emit()
        self.unit_changed.emit()

    def want(self, reference: str, name: str, index: int) -> None:
        """Show a layer and a map of a model, now or as soon as that model is looked at."""
        self._wanted = reference, name, index
        if self._look is not None and self._find_wanted(self._look):
            self._hovered = None
            self.row_changed.emit()
            self.unit_changed.emit()

    def _find_wanted(self, look: Look) -> bool:
        if self._wanted is None or self._wanted[0] != look.reference:
            return False
        (_, name, index), self._wanted = self._wanted, None
        names = [row.name for row in self.rows]
        if name in names:
            self._selection.take_number(names.index(name))
            self._selection.find_unit(look.maps)
            if index < len(look.maps[name]):
                self._selection.take_unit(index, *self._selection.unit[1:])
        return True

    def choose_row(self, number: int) -> None:
        """Show another layer; the unit stays where it is on the picture."""
        if self._selection.take_number(number):
            self._hovered = None
            if self._look is not None:
                self._selection.find_unit(self._look.maps)
            self.row_changed.emit()
            self.unit_changed.emit()

    def choose_name(self, name: str) -> None:
        """Show the layer of that name, if there is one."""
        names = [row.name for row in self.rows]
        if name in names:
            self.choose_row(names.index(name))

    def choose_unit(self, index: int, y: int, x: int) -> None:
        """Show another unit of the current layer."""
        if self.row is not None:
            self._hovered = None
            self._selection.take_unit(index, y, x)
            self.unit_changed.emit()

    def hover(self, index: int, y: int, x: int) -> None:
        """Show the unit under the cursor for as long as it is there."""
        self._hovered = (index, y, x)
        self.unit_changed.emit()

    def leave(self) -> None:
        """The cursor has left: the chosen unit is shown again."""
        if self._hovered is not None:
            self._hovered = None
            self.unit_changed.emit()
