"""One step of what can be undone."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from studio.document import Document


class Swap(QUndoCommand):
    """The document before and after an edit.

    Parameters
    ----------
    key : tuple, optional
        Steps with the same key become one.
    show : callable
        Takes the document that counts from now on.
    seal : callable
        Is called when the history was walked, so that nothing merges with an older step.
    """

    def __init__(
        self,
        label: str,
        old: Document,
        new: Document,
        key: tuple[str, int] | None,
        show: Callable[[Document], None],
        seal: Callable[[], None],
    ) -> None:
        super().__init__(label)
        self._old = old
        self._new = new
        self._key = key
        self._show = show
        self._seal = seal
        self._is_done = False

    def redo(self) -> None:
        if self._is_done:
            self._seal()
        self._is_done = True
        self._show(self._new)

    def undo(self) -> None:
        self._seal()
        self._show(self._old)

    def id(self) -> int:
        return -1 if self._key is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Swap) or other._key != self._key:
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True
