"""The pictures that the epochs of a run are tested on, opened again when somebody looks at them."""

from collections.abc import Generator
from pathlib import Path

from studio.data.opening import open_data
from studio.data.parts import Part
from studio.data.progress import Preparing
from studio.data.settings import DataSettings
from studio.training.settings import TrainSettings

_Key = tuple[str, Path | None]


class CheckedParts:
    """Opens what runs are tested on and keeps that of the last one; in any thread."""

    def __init__(self) -> None:
        self._last: tuple[_Key, Part] | None = None

    def open(
        self, settings: TrainSettings, root: Path | None = None
    ) -> Generator[Preparing, None, Part]:
        """The validation part, or the test part where there is no other.

        Raises
        ------
        DataError
            When the pictures aren't there any more.
        """
        wanted = DataSettings(**{name: getattr(settings, name) for name in DataSettings.fields()})
        key = wanted.model_dump_json(exclude={"batch_size"}), root
        last = self._last
        if last is None or last[0] != key:
            data = yield from open_data(wanted, root)
            last = self._last = key, data.checked
        return last[1]

    def pick(
        self, settings: TrainSettings, root: Path | None = None
    ) -> Generator[Preparing | Part, None, None]:
        """The same, with the part as the last value."""
        yield (yield from self.open(settings, root))
