"""The batch that the step learns from, as it was answered, and the losses so far."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import label
from studio.window.train.by_hand.batch_list import BatchList, lines_of
from studio.window.train.by_hand.loss_line import LossLine
from studio.window.train.by_hand.work import Answered
from studio.window.translate import tr


class BatchPanel(QWidget):
    """The first pictures of the batch over the losses of all batches so far."""

    def __init__(self) -> None:
        super().__init__()
        self.count = label(role="caption", wrap=True)
        self.pictures = BatchList()
        self.losses = LossLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(4), theme.px(8))
        column.setSpacing(theme.px(6))
        column.addWidget(label("Batch", "title"))
        column.addWidget(self.count)
        column.addWidget(self.pictures, 1)
        column.addWidget(label("Loss of each batch", "label"))
        column.addWidget(self.losses)
        self.clear()

    def clear(self) -> None:
        """Nothing was answered yet."""
        self.count.setText(tr("Forward takes the first pictures."))
        self.pictures.batch.show_lines([])
        self.losses.clear()

    def show_batch(self, said: Answered, classes: tuple[str, ...]) -> None:
        """Show a batch that was answered."""
        lines = lines_of(said, classes)
        self.pictures.batch.show_lines(lines)
        total = len(said.forward.labels)
        right = int((said.forward.answers.argmax(axis=1) == said.forward.labels).sum())
        words = tr("{right} of {total} right; the first {shown}:")
        if total <= len(lines):
            words = tr("{right} of {total} right")
        shown = f"{len(lines):,}"
        self.count.setText(words.format(right=f"{right:,}", total=f"{total:,}", shown=shown))
        self.losses.add(said.forward.loss)

    def end(self, loss: float) -> None:
        """The loss of the same batch after the update."""
        self.losses.end(loss)
