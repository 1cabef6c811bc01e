"""The pictures that a session has at hand."""

from collections import OrderedDict

from studio.document import PASTED
from studio.image.picture import Picture

_ROOM = 512 * 2**20  # bytes of pictures that can be read again


class Pictures:
    """Pictures by reference: pasted ones for ever, others as long as there is room."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._pasted: dict[str, Picture] = {}
        self._read: OrderedDict[str, Picture] = OrderedDict()

    def paste(self, picture: Picture) -> str:
        """Keep a picture that is nowhere else, and give it a reference."""
        reference = f"{PASTED}{len(self._pasted) + 1}"
        self._pasted[reference] = picture
        return reference

    def add(self, reference: str, picture: Picture) -> None:
        """Keep a picture that was read; the ones not asked for longest give way."""
        self._read[reference] = picture
        self._read.move_to_end(reference)
        while len(self._read) > 1 and self._bytes() > self._room:
            self._read.popitem(last=False)

    def get(self, reference: str) -> Picture | None:
        if reference in self._read:
            self._read.move_to_end(reference)
            return self._read[reference]
        return self._pasted.get(reference)

    def forget(self, reference: str) -> None:
        self._read.pop(reference, None)

    def _bytes(self) -> int:
        return sum(picture.pixels.nbytes for picture in self._read.values())
