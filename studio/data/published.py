"""Datasets that torchvision fetches: found in a copy, or in the cache they are fetched into."""

from collections.abc import Generator
from pathlib import Path
from typing import ClassVar

from studio.data.dataset import Dataset
from studio.data.download import download, folder
from studio.data.progress import Preparing
from studio.errors import DataError


class Published(Dataset):
    """A dataset of torchvision's.

    Attributes
    ----------
    torchvision : str
        Its class in ``torchvision.datasets``.
    top : str
        The folder that torchvision makes.
    inside : tuple of str
        Where in a copy the files may lie, beside the copy itself; the first is named in messages.
    wanted : str
        What a copy must hold, in words.
    archive_bytes, splits, archives
        What is fetched; see `download`.
    """

    torchvision: ClassVar[str]
    top: ClassVar[str]
    inside: ClassVar[tuple[str, ...]]
    wanted: ClassVar[str]
    archive_bytes: ClassVar[int]
    splits: ClassVar[tuple[str, ...]] = ()
    archives: ClassVar[str] = "*.gz"

    def must_download(self, root: Path | None = None) -> bool:
        return root is None and self._find(folder()) is None

    def is_at(self, place: Path) -> bool:
        """Whether a folder holds the files."""
        raise NotImplementedError

    def place(self, root: Path | None) -> Generator[Preparing, None, Path]:
        """The folder with the files: of a copy, or of the cache, once they are fetched.

        Raises
        ------
        DataError
            When there are none, or they can't be fetched.
        """
        found = self._find(root or folder())
        if found is None and root is None:
            yield from download(
                self.title,
                self.torchvision,
                self.top,
                self.archive_bytes,
                splits=self.splits,
                archives=self.archives,
            )
            found = self._find(folder())
        if found is None:
            raise DataError(
                f"{self.title} isn't in {root or folder()}: there is no {self.wanted}",
                f"It is looked for there and in {self.inside[0]}",
            )
        return found

    def _find(self, root: Path) -> Path | None:
        places = [*(root / inside for inside in self.inside), root]
        return next((place for place in places if self.is_at(place)), None)
