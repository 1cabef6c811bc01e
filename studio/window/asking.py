"""Asks for files and folders; each kind of question begins where it ended the last time."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget


def remembered(memory: str) -> Path:
    """The folder that was used last for something."""
    return Path(str(QSettings().value(f"folders/{memory}", str(Path.home()))))


def remember(memory: str, folder: Path) -> None:
    """Begin there the next time."""
    QSettings().setValue(f"folders/{memory}", str(folder))


class Place(NamedTuple):
    """Where a person wants a file, and which of the kinds they chose."""

    path: Path
    kind: str


def ask_where(
    parent: QWidget, title: str, name: str | Path, kinds: str, memory: str = "save"
) -> Place | None:
    """Ask where a file is to be written; None where the person has changed their mind.

    Parameters
    ----------
    name : str or Path
        What to offer: a name in the folder of the last time, or a whole path.
    kinds : str
        As `QFileDialog` takes them.
    memory : str
        What the folder is remembered for.
    """
    start = remembered(memory) / name
    path, kind = QFileDialog.getSaveFileName(parent, title, str(start), kinds)
    if not path:
        return None
    remember(memory, Path(path).parent)
    return Place(Path(path), kind)


def ask_file(parent: QWidget, title: str, kinds: str, memory: str) -> Path | None:
    """Ask for a file that is there; see `ask_where`."""
    path, _ = QFileDialog.getOpenFileName(parent, title, str(remembered(memory)), kinds)
    if not path:
        return None
    remember(memory, Path(path).parent)
    return Path(path)


def ask_folder(parent: QWidget, title: str, memory: str, *, among: bool = False) -> Path | None:
    """Ask for a folder that is there; see `ask_where`.

    Parameters
    ----------
    among : bool
        Whether the next one is likelier beside it than below it.
    """
    path = QFileDialog.getExistingDirectory(parent, title, str(remembered(memory)))
    if not path:
        return None
    remember(memory, Path(path).parent if among else Path(path))
    return Path(path)
