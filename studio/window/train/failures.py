"""What went wrong with a run, and what helps."""

from collections.abc import Callable

from studio.errors import DataError, StudioError
from studio.window.chrome.widgets import MessageBar
from studio.window.translate import tr


def show_failure(
    bar: MessageBar,
    error: StudioError,
    subject: str = "",
    choose_data: Callable[[], object] | None = None,
    remedy: str = "",
    action: Callable[[], object] | None = None,
) -> None:
    """Say it, with the remedy that fits as a link.

    Parameters
    ----------
    subject : str
        The run that failed; empty where it is something else.
    choose_data : callable, optional
        Asks for a folder with copies of the data.
    remedy, action : str, callable, optional
        What helps otherwise, and does it.
    """
    message = f"{subject}: {error.message}" if subject else error.message
    if isinstance(error, DataError) and choose_data:
        words = tr("Choose a folder with copies, or train on Glyphs")
        bar.show_error(StudioError(message, words), tr("Copies of data…"), choose_data)
    else:
        bar.show_error(StudioError(message, error.remedy), remedy if action else "", action)
