"""A field's row, and below it how many runs its values make."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.forms.fields import Field
from studio.window.translate import tr


def makes_runs(count: int) -> str:
    """In words, how many runs some values make."""
    numbers = {2: tr("two"), 3: tr("three"), 4: tr("four"), 5: tr("five"), 6: tr("six")}
    return tr("makes {count} runs").format(count=numbers.get(count, f"{count:,}"))


class Beneath:
    """A row, and below it room for how many runs it makes."""

    def __init__(self, field: Field) -> None:
        column = QVBoxLayout(field)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        self.row = QHBoxLayout()
        self.row.setSpacing(theme.px(8))
        column.addLayout(self.row)
        self._column = column
        self._words: QLabel | None = None

    @property
    def words(self) -> str:
        """What stands there."""
        return "" if self._words is None else self._words.text()

    def say(self, words: str) -> None:
        """Put words there; an empty text takes them away."""
        if self._words is None and words:
            self._words = label(role="caption", wrap=True)
            self._column.addWidget(self._words)
        if self._words is not None and words != self._words.text():
            self._words.setText(words)
            self._words.setVisible(bool(words))
