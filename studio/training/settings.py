"""What a training run is asked to do."""

import shlex

from studio.data import DATASETS
from studio.data.settings import DataSettings
from studio.declare import options
from studio.training.augmentation import AugmentationSettings
from studio.training.sections import (
    ALL_BUT_LAST,
    OWN_NETWORK,
    ComputingSettings,
    NetworkSettings,
    OptimiserSettings,
    RegularisationSettings,
    ScheduleSettings,
)

__all__ = ["ALL_BUT_LAST", "OWN_NETWORK", "TrainSettings"]


class TrainSettings(
    DataSettings,
    NetworkSettings,
    OptimiserSettings,
    ScheduleSettings,
    AugmentationSettings,
    RegularisationSettings,
    ComputingSettings,
):
    """Data, network and how to learn; with the same ones a run gives the same numbers."""

    @property
    def command(self) -> str:
        """The command that makes this run."""
        words = ["studio train"]
        for item in options(TrainSettings):
            name, value = item.name, getattr(self, item.name)
            if name in ("data", "network", "epochs") or value != item.default:
                if name == "network" and value == OWN_NETWORK:
                    value = "NETWORK.json"
                shown = ("no", "yes")[value] if isinstance(value, bool) else str(value)
                words.append(f"--{name.replace('_', '-')} {shlex.quote(shown)}")
        if DATASETS[self.data].needs_root and not self.folder:
            words.append("--data-root DIR")
        return " ".join([*words, "-o RUN_DIR"])
