"""Which field is measured, and when: of the unit that is shown, beside the window."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.data.progress import Preparing
from studio.errors import StudioError
from studio.insight.effective_field import Unit
from studio.nets.model import Model
from studio.window.latest import Latest
from studio.window.network.field.work import Measured, average, measure
from studio.window.network.look import Look
from studio.window.network.sight import Sight
from studio.window.network.sources import Library, Source
from studio.window.translate import tr

_PATIENCE = 150  # ms that the last unit's field stays while the next one's is measured


class Measuring(QObject):
    """Measures over this picture whenever another unit is shown; over many when told to.

    Signals: `changed` when there is another field, none, an error, or news about the work.
    """

    changed = Signal()

    def __init__(self, sight: Sight, parent: QObject) -> None:
        super().__init__(parent)
        self._sight = sight
        self._is_wanted = False
        self._over_many = False
        self._asked: tuple[Look, str, Unit] | None = None
        self._found: Measured | None = None
        self._model: Model | None = None  # whose units are averaged
        self._library = Library()
        self.error: StudioError | None = None
        self.preparing: Preparing | None = None
        self._one = Latest(tr("Measuring a field"), interim=True, parent=self)
        self._many = Latest(tr("Measuring a field over many pictures"), parent=self)
        for latest in (self._one, self._many):
            latest.result.connect(self._take)
            latest.failed.connect(self._fail)
            latest.busy.connect(self.changed)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self._forget)
        sight.look_changed.connect(self._leave_model)
        sight.unit_changed.connect(self.follow)

    @property
    def over_many(self) -> bool:
        """Whether many pictures are averaged, instead of measuring over the one."""
        return self._over_many

    @property
    def found(self) -> Measured | None:
        """The field of the unit that is shown; for a moment still that of the one before."""
        return self._found

    @property
    def is_current(self) -> bool:
        """Whether `found` is of the unit that is shown, on what is looked at."""
        found, row = self._found, self._sight.row
        if found is None or row is None or (found.row, found.unit) != (row, self._unit):
            return False
        look = self._sight.look
        if look is None or not self._over_many:
            return found.look is look
        return found.look.model is look.model

    @property
    def is_busy(self) -> bool:
        return self._one.is_busy or self._many.is_busy

    @property
    def _unit(self) -> Unit:
        return self._sight.chosen_unit if self._over_many else self._sight.unit

    def set_wanted(self, is_wanted: bool) -> None:
        """Whether anybody looks; nothing is measured for nobody."""
        self._is_wanted = is_wanted
        if is_wanted:
            self.follow()
        else:
            self.stop()

    def set_over_many(self, over_many: bool) -> None:
        """Average over many pictures, once `begin` is called, or measure over the one."""
        if over_many != self._over_many:
            self.stop()
            self._over_many = over_many
            self._forget()
            self.follow()

    def begin(self, source: Source) -> None:
        """Average the chosen unit's field over a collection."""
        look, row = self._sight.look, self._sight.row
        if look is not None and row is not None and self._over_many:
            self._forget()
            self._model, unit = look.model, self._sight.chosen_unit
            self._many.submit(partial(average, self._library, source, look, row, unit))

    def stop(self) -> None:
        """Keep what is there."""
        self._one.cancel()
        self._many.cancel()
        self._asked = self.preparing = None
        self._timer.stop()

    @Slot()
    def follow(self) -> None:
        """Measure the unit that is shown, unless that has been done."""
        look, row = self._sight.look, self._sight.row
        if self._over_many:
            if self._found is not None and not self.is_current:
                self.stop()
                self._forget()
            return
        if look is None or row is None or not self._is_wanted or self._sight.is_live:
            if self._found is not None and not self.is_current:
                self._forget()
            return
        asked = (look, row.name, self._sight.unit)
        if asked == self._asked:
            return
        self._asked, self.error = asked, None
        if not self._timer.isActive():
            self._timer.start()
        self._one.submit(partial(measure, look, row, self._sight.unit))

    @Slot(object)
    def _take(self, news: Preparing | Measured) -> None:
        if isinstance(news, Preparing):
            self.preparing = news
        else:
            self.preparing, self._found = None, news
            if self.is_current:
                self._timer.stop()
        self.changed.emit()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._timer.stop()
        self._found, self.preparing, self.error = None, None, error
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        """Show nothing of another unit any more."""
        self._found, self.error = None, None
        self.changed.emit()

    @Slot()
    def _leave_model(self) -> None:
        """What was averaged for another model means nothing any more."""
        look = self._sight.look
        if look is None or (self._over_many and self._model is not look.model):
            self.stop()
            self._forget()
