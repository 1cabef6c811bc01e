"""The files that were opened last: pictures, videos and documents."""

import json
from pathlib import Path

from PySide6.QtCore import QSettings

MOST = 10
_KEY = "files/recent"


def recent_files() -> list[str]:
    """Paths of files, the newest first, whether they are still there or not."""
    try:
        found = json.loads(str(QSettings().value(_KEY, "[]")))
    except ValueError:  # written by a person, or damaged
        return []
    paths = found if isinstance(found, list) else []
    return [path for path in paths if isinstance(path, str)][:MOST]


def remember(path: str | Path) -> None:
    """A file was opened: it comes first from now on."""
    newest = str(Path(path).absolute())
    _write([newest, *(known for known in recent_files() if known != newest)][:MOST])


def forget(path: str | Path) -> None:
    """A file is not there any more."""
    _write([known for known in recent_files() if known != str(path)])


def clear() -> None:
    """No file was ever opened."""
    QSettings().remove(_KEY)


def _write(paths: list[str]) -> None:
    # As JSON, since a list of one comes back as a text from some of Qt's formats; and only ASCII,
    # which keeps names that are not valid text.
    QSettings().setValue(_KEY, json.dumps(paths))
