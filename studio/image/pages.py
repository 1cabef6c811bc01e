"""References to the pages of a picture file, such as ``page:3:/home/ada/scan.tiff``.

The page comes before the path, since a path may hold every character that could follow it. A
relative path that really begins like that is written as ``./page:3:scan.tiff``.
"""

import re
from typing import NamedTuple


class Page(NamedTuple):
    """A page of a picture file; they are counted from 0."""

    path: str
    number: int = 0

    @property
    def reference(self) -> str:
        """What a document calls it: for people, pages begin at 1; the first is the file itself."""
        return f"page:{self.number + 1}:{self.path}" if self.number else self.path


def page_of(reference: str) -> Page:
    """The page that a document refers to, or the first one of a file."""
    found = re.fullmatch(r"page:([1-9]\d{0,8}):(.+)", reference, re.ASCII | re.DOTALL)
    return Page(found[2], int(found[1]) - 1) if found else Page(reference)
