"""Under every page of the inspector: the unit's value, its sum, and facts about its layer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from studio.image.write import number
from studio.window.chrome import theme
from studio.window.chrome.controls import label, set_property
from studio.window.chrome.inspector import Section
from studio.window.network.facts import layer_facts, layer_summary, span_words, unit_words
from studio.window.network.sight import Sight
from studio.window.network.sum_column import SumColumn
from studio.window.network.sum_words import sum_lines
from studio.window.network.sums import Sums
from studio.window.translate import tr


class Facts(QWidget):
    """Labels and words in two columns; rows are made once and filled again."""

    def __init__(self) -> None:
        super().__init__()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(theme.px(8))
        self._form.setVerticalSpacing(theme.px(6))
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Sequence[tuple[str, ...]]) -> None:
        """Show names, words, and where there is a third, what it means in the tooltip."""
        while len(self._rows) < len(facts):
            name, words = label(role="label"), label(wrap=True)
            name.setFixedWidth(theme.px(96))
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(name, words)
            self._rows.append((name, words))
        for place, (name, words) in enumerate(self._rows):
            shown = place < len(facts)
            if self._form.isRowVisible(place) != shown:
                self._form.setRowVisible(place, shown)
            if shown:
                name.setText(facts[place][0])
                words.setText(facts[place][1])
                for part in (name, words):
                    part.setToolTip("".join(facts[place][2:]))


class UnitSection(Section):
    """The unit's value, and what adds up to it."""

    def __init__(self, sight: Sight) -> None:
        super().__init__("")
        self._sight = sight
        set_property(self.head.caption, "role", "title")
        self.sums = Sums(sight, self)
        self.sums.changed.connect(self._show_sum)
        self.column = SumColumn()
        self.column.followed.connect(self._follow)
        self._why_not = label(role="caption", wrap=True)
        self._facts = Facts()
        self.add(self.column, self._why_not, self._facts)
        sight.settled.connect(self._show)

    @Slot()
    def _show(self) -> None:
        sight, look, row = self._sight, self._sight.look, self._sight.row
        if look is None or row is None:
            return
        index, y, x = sight.unit
        names = look.names_of(sight.number)
        value = float(look.maps[row.name][index, y, x])
        self.set_title(unit_words(row, index, y, x, names), number(value))
        top, left, bottom, right = row.field_of(y, x)
        sees = tr("Of the network's input, counted from 0; what lies outside it is padding")
        self._facts.show_facts(
            [
                (tr("Sees rows"), span_words(top, bottom), sees),
                (tr("Sees columns"), span_words(left, right), sees),
            ]
        )

    @Slot()
    def _show_sum(self) -> None:
        look, found = self._sight.look, self.sums.found
        if look is None or found is None:
            self.column.set_lines(())
        else:
            self.column.set_lines(sum_lines(found, look.rows, look.model.card.classes))
        self._why_not.setText(self.sums.problem)
        self.column.setVisible(bool(self.column.lines))
        self._why_not.setVisible(bool(self.sums.problem))

    @Slot(str, int, int, int)
    def _follow(self, name: str, index: int, y: int, x: int) -> None:
        """Go to the unit that a line of the sum comes from."""
        self._sight.choose_name(name)
        self._sight.choose_unit(index, y, x)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sums.want(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.sums.want(False)


class LayerSection(Section):
    """What the current layer is."""

    def __init__(self, sight: Sight) -> None:
        super().__init__("")
        self._sight = sight
        self._summary = label(role="caption", wrap=True)
        self._facts = Facts()
        self.add(self._facts, self._summary)
        sight.settled.connect(self._show)

    @Slot()
    def _show(self) -> None:
        row = self._sight.row
        if row is None or self._sight.look is None:
            return
        self.set_title(row.title, row.words)
        self._facts.show_facts(layer_facts(row))
        summary = layer_summary(row)
        self._summary.setText(summary)
        self._summary.setVisible(bool(summary))
