"""Where the pictures of a list come from; each is read when it is needed, and let go again."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.errors import PictureError
from studio.image.picture import Picture
from studio.image.read import (
    EXTENSIONS,
    decode_picture,
    picture_paths,
    printable,
    read_picture,
)
from studio.image.samples import SAMPLES, sample
from studio.window.drop import Brought, Offer
from studio.window.translate import tr


@dataclass(frozen=True)
class Source:
    """A picture: a sample by its name, a file by its path, or the bytes of a file."""

    name: str
    path: str = ""
    is_sample: bool = False
    data: bytes = field(default=b"", repr=False)

    @property
    def key(self) -> str | bytes:
        """What is the same for the same picture."""
        return self.path or self.data or self.name

    @property
    def reference(self) -> str:
        """What a document calls it; empty for bytes, which no document can refer to."""
        return Path(self.name).stem if self.is_sample else self.path

    @property
    def folder(self) -> str:
        """The folder of a file; empty for other pictures."""
        return os.path.dirname(self.path)

    @property
    def where(self) -> str:
        """Where it is, for a person."""
        return printable(self.path)

    def read(self) -> Picture:
        """The picture.

        Raises
        ------
        PictureError
            When it can't be read.
        """
        if self.is_sample:
            return sample(self.reference)
        if self.path:
            return read_picture(self.path)
        return decode_picture(self.data, self.name)


def sample_sources() -> list[Source]:
    """The pictures that come with the studio."""
    return [Source(f"{each.name}.png", is_sample=True) for each in SAMPLES]


def file_sources(paths: Iterable[Path]) -> Iterator[list[Source] | PictureError]:
    """The pictures in files and folders, for each path what was found or why it can't be read."""
    for path in paths:
        try:
            found = picture_paths([path])
        except PictureError as error:
            yield error
        else:
            yield [Source(printable(each.name), str(each)) for each in found]


def pictures(count: int) -> str:
    """A number of pictures in words."""
    return tr("1 picture") if count == 1 else tr("{count} pictures").format(count=f"{count:,}")


def list_words(sources: Sequence[Source]) -> str:
    """How many pictures from where; empty for none."""
    if not sources:
        return ""
    if all(source.is_sample for source in sources):
        return tr("{count} sample pictures").format(count=len(sources))
    folders = {source.folder for source in sources} - {""}
    if len(folders) < 2:
        return pictures(len(sources))
    more = tr("{count} folders").format(count=f"{len(folders):,}")
    return f"{pictures(len(sources))}, {more}"


def offer(brought: Brought) -> Offer:
    """What it would do to drop pictures on the list, or why they are refused."""
    if not brought.paths:
        return Offer(tr("Classify this picture"))
    folders = [path for path in brought.paths if os.path.isdir(path)]
    files = len(brought.paths) - len(folders)
    if not folders and not any(path.suffix.lower() in ("", *EXTENSIONS) for path in brought.paths):
        if files == 1:
            name = printable(brought.paths[0].name)
            return Offer(tr("{name} is not a picture").format(name=name), False)
        return Offer(tr("None of these {count} files is a picture").format(count=files), False)
    where = tr("{count} folders").format(count=len(folders))
    if len(folders) == 1:
        where = printable(folders[0].name)
    if not folders:
        return Offer(tr("Classify {pictures}").format(pictures=pictures(files)))
    if not files:
        return Offer(tr("Classify the pictures in {folder}").format(folder=where))
    words = tr("Classify {pictures} and those in {folder}")
    return Offer(words.format(pictures=pictures(files), folder=where))
