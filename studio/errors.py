"""Every error that is meant for the person in front of the studio.

Each carries a sentence that says what is wrong and where, and a remedy. Anything else that is
raised is a fault of the program.
"""


class StudioError(Exception):
    """Something a person can understand and act on.

    Parameters
    ----------
    message : str
        What is wrong and where, one sentence, without a full stop.
    remedy : str
        What to do about it; empty where the message says it all.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


class SettingError(StudioError):
    """A setting with a value that isn't allowed: its `field`, and its `step` of a chain."""

    def __init__(
        self, message: str, remedy: str = "", field: str = "", step: int | None = None
    ) -> None:
        super().__init__(message, remedy)
        self.field = field
        self.step = step


class PictureError(StudioError):
    """A picture that can't be read or written."""


class NetworkError(StudioError):
    """A network whose layers don't fit together, or that is unknown."""


class ModelError(StudioError):
    """A file of weights that is missing, damaged, or of another network."""


class DataError(StudioError):
    """Data that is missing, damaged, or can't be downloaded."""


class TrainingError(StudioError):
    """A training run that can't go on."""


class DocumentError(StudioError):
    """A saved document, or chain of filters, that can't be read or written."""
