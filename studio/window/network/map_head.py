"""The line above the maps: what they are, their order, and the range of their colours."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.nets.row import INPUT, Row
from studio.window.chrome import theme
from studio.window.chrome.controls import Segments, label
from studio.window.forms.fields import ChoiceBox
from studio.window.translate import tr

_RANGES = (("map", "Each map"), ("layer", "Layer"), ("network", "Network"))
_RANGE_TIPS = (
    "Each map's own largest value is brightest: weak maps can be seen",
    "One range for the whole layer: strong and weak maps can be compared",
    "One range for all layers with maps: layers can be compared",
)
_ORDERS = {
    "index": ("By index", "In the layer's own order"),
    "mean": ("By mean", "The map with the largest mean first"),
    "high": ("By max", "The map with the largest value first"),
    "dead": ("By dead", "The map with the largest share of units at exactly zero first"),
}
_VALUE_ORDERS = {
    "index": ("By index", "In the layer's own order"),
    "high": ("By value", "The largest value first"),
}
_SPACE = 8
_SHORTEST = 72  # of a title, before the order makes room for it
_TOKENS = 2  # dimensions of a result: tokens x values


class MapHead(QWidget):
    """Title and controls.

    Signals: `ordered` and `ranged` when a person chooses another order or range.
    """

    ordered = Signal()
    ranged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words, self._has_order = "", False
        self.title = label(role="title", elide=True)
        self.count = label(role="label")
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.order = ChoiceBox()
        self.order.setAccessibleName(tr("Order of the maps"))
        self.order.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.order.currentIndexChanged.connect(self._explain_order)
        self._show_orders(_ORDERS)
        self.order.activated.connect(self.ordered)
        self._range_label = label("Range", "label")
        self.range = Segments(_RANGES, [tr(words) for words in _RANGE_TIPS])
        self.range.changed.connect(self.ranged)
        policy = self.range.sizePolicy()  # the maps below don't move when it goes
        policy.setRetainSizeWhenHidden(True)
        self.range.setSizePolicy(policy)
        self._parts = (self.title, self.order, self.range)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(_SPACE))
        row.addWidget(self.title)
        row.addWidget(self.count, 1)
        for part in (self.order, self._range_label, self.range):
            row.addWidget(part)

    def show_layer(self, row: Row | None, words: str, maps: int, values: int) -> None:
        """Name a layer, with a few words about what is shown of it.

        Parameters
        ----------
        maps, values : int
            How many there are; no maps where each has one value only, neither before anything is
            shown.
        """
        self.title.setText(row.title if row else "")
        self._words = words or (count_words(row) if row else "")
        self._has_order = maps > 1 or values > 1
        self.range.setVisible(maps > 0)
        self._show_orders(_VALUE_ORDERS if values else _ORDERS)
        self._fit()

    def _fit(self) -> None:
        """Leave words out where they would be cut."""
        title = min(self.title.sizeHint().width(), theme.px(_SHORTEST)) + theme.px(_SPACE)
        beside = sum(part.sizeHint().width() + theme.px(_SPACE) for part in self._parts[1:])
        self.order.setVisible(self._has_order and title + beside <= self.width())
        parts = [self.title, self.range] if self.order.isHidden() else [*self._parts]
        room = self.width() - sum(part.sizeHint().width() + theme.px(_SPACE) for part in parts)
        room -= self.count.fontMetrics().horizontalAdvance(self._words)
        self.count.setText(self._words if room >= 0 else "")
        room -= self._range_label.sizeHint().width() + theme.px(_SPACE)
        self._range_label.setVisible(room >= 0 and not self.range.isHidden())

    def _show_orders(self, orders: Mapping[str, tuple[str, str]]) -> None:
        if self.order.count() == len(orders):
            return
        chosen = self.order.currentData()
        self.order.clear()
        for value, (shown, words) in orders.items():
            self.order.addItem(tr(shown), value)
            self.order.setItemData(self.order.count() - 1, tr(words), Qt.ItemDataRole.ToolTipRole)
        self.order.setCurrentIndex(max(0, self.order.findData(chosen)))
        self._explain_order()  # the first item's words came after it was the current one
        metrics = self.order.fontMetrics()
        widest = max(metrics.horizontalAdvance(tr(shown)) for shown, _ in _ORDERS.values())
        self.order.setFixedWidth(widest + theme.px(44))

    @Slot()
    def _explain_order(self) -> None:
        self.order.setToolTip(self.order.currentData(Qt.ItemDataRole.ToolTipRole) or "")

    def minimumSizeHint(self) -> QSize:
        """What is never left out: a short title, and the ranges."""
        width = theme.px(_SHORTEST + 2 * _SPACE) + self.range.sizeHint().width()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def count_words(row: Row) -> str:
    """How much a layer gives: 64 maps, 1,000 values, or 197 tokens of 768 values."""
    count = row.output.channels
    if row.problem:
        return ""
    if len(row.shape) == _TOKENS:
        words = tr("{count} tokens of {size} values")
        return words.format(count=row.shape[0], size=f"{row.shape[1]:,}")
    if row.output.flat:
        return tr("{count} values").format(count=f"{count:,}")
    if count == 1:
        return tr("1 channel") if row.kind == INPUT else tr("1 map")
    words = tr("{count} channels") if row.kind == INPUT else tr("{count} maps")
    return words.format(count=count)
