"""What went wrong with a run, and what helps."""

from collections.abc import Callable

from studio.errors import DataError, StudioError
from studio.window.chrome.widgets import MessageBar
from studio.window.translate import tr

_DIVERGED = "diverged"  # such a run would do so again


def show_failure(
    bar: MessageBar,
    error: StudioError,
    subject: str = "",
    choose_data: Callable[[], object] | None = None,
    take_up: Callable[[], object] | None = None,
    new_run: Callable[[], object] | None = None,
) -> None:
    """Say it, with the remedy that fits as a link.

    Parameters
    ----------
    subject : str
        The run that failed; empty where it is something else.
    choose_data, take_up, new_run : callable, optional
        Ask for a folder with copies of the data; go on with the run; copy its settings.
    """
    message = f"{subject}: {error.message}" if subject else error.message
    if isinstance(error, DataError) and choose_data:
        remedy = tr("Choose a folder with copies, or train on Glyphs")
        bar.show_error(StudioError(message, remedy), tr("Copies of data…"), choose_data)
    elif error.message.startswith(_DIVERGED) and new_run:
        bar.show_error(StudioError(message, error.remedy), tr("New run"), new_run)
    elif take_up:
        bar.show_error(StudioError(message, error.remedy), tr("Resume"), take_up)
    else:
        bar.show_error(StudioError(message, error.remedy))
