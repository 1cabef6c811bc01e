"""Where the studio's own files are, and where it may write."""

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def _beside(name: str) -> Path:
    """A folder inside the installed package or, in a checkout, beside it."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


RESOURCES = _beside("resources")
MODELS = _beside("models")


def cache() -> Path:
    """The platform's cache folder for downloads."""
    return Path(platformdirs.user_cache_dir("convolution-studio", appauthor=False))


def data() -> Path:
    """The platform's folder for what the studio keeps for a person, such as training runs."""
    return Path(platformdirs.user_data_dir("convolution-studio", appauthor=False))
