"""What a training run is asked to do."""

from typing import Literal

from pydantic import field_validator

from studio.data import DATASETS
from studio.declare import Declared, option
from studio.nets.zoo import NETWORKS

# The network that the person made, in place of one that comes with the studio.
OWN_NETWORK = "own"

Optimiser = Literal["sgd", "adam"]
Schedule = Literal["constant", "exponential", "one_cycle"]
Augmentation = Literal["none", "shift", "crop_mirror"]
Precision = Literal["full", "mixed"]
Device = Literal["auto", "cpu", "cuda", "mps"]


class TrainSettings(Declared):
    """Data, network and how to learn; with the same ones a run gives the same numbers."""

    data: str = option(
        "glyphs",
        "Data",
        "The pictures to learn from.",
        choices=lambda: tuple(DATASETS),
        names={kind: dataset.title for kind, dataset in DATASETS.items()},
        group="Data",
    )
    network: str = option(
        "lenet5",
        "Network",
        "The network to train, fitted to the size and classes of the data.",
        choices=lambda: (*NETWORKS, OWN_NETWORK),
        names={
            **{name: network.title for name, network in NETWORKS.items()},
            OWN_NETWORK: "My network",
        },
        group="Network",
    )
    epochs: int = option(
        5,
        "Epochs",
        "How often every training picture is seen.",
        low=1,
        high=10_000,
        group="Schedule",
    )
    batch_size: int = option(
        64,
        "Batch size",
        "How many pictures each step learns from.",
        low=1,
        high=65_536,
        unit="pictures",
        logarithmic=True,
        group="Data",
    )
    learning_rate: float = option(
        0.05,
        "Learning rate",
        "How far a step goes along the gradient.",
        above=0,
        high=10,
        logarithmic=True,
        group="Optimiser",
    )
    optimiser: Optimiser = option(
        "sgd",
        "Optimiser",
        "How the gradient moves the weights.",
        names={"sgd": "SGD with momentum", "adam": "Adam"},
        group="Optimiser",
    )
    momentum: float = option(
        0.9,
        "Momentum",
        "Share of the last step that SGD keeps; 0 is plain SGD.",
        low=0,
        high=0.999,
        group="Optimiser",
    )
    weight_decay: float = option(
        0.0,
        "Weight decay",
        "Pull of every weight towards zero (L2).",
        low=0,
        high=1,
        group="Optimiser",
    )
    schedule: Schedule = option(
        "one_cycle",
        "Schedule",
        "How the learning rate changes: constant; exponential falls to a hundredth; "
        "one_cycle rises for a quarter of the run, then falls to zero.",
        names={"one_cycle": "One cycle"},
        group="Schedule",
    )
    augmentation: Augmentation = option(
        "none",
        "Augmentation",
        "Changes each training picture anew: shift by up to 2 pixels (digits), or "
        "crop_mirror, a shift by up to 4 and a mirror image half of the time (photos).",
        names={"crop_mirror": "Crop and mirror"},
        group="Data",
    )
    precision: Precision = option(
        "full",
        "Precision",
        "mixed computes in bfloat16 where that is safe: faster on most processors and GPUs.",
        names={"full": "Full (float32)", "mixed": "Mixed (bfloat16)"},
        group="Computing",
    )
    seed: int = option(
        0, "Seed", "Start of all random choices of the run.", low=0, high=2**31 - 1, group="Data"
    )
    device: Device = option(
        "auto",
        "Device",
        "Where to compute; auto takes a GPU if there is one.",
        names={"auto": "Automatic", "cpu": "CPU", "cuda": "CUDA", "mps": "MPS"},
        group="Computing",
    )

    @field_validator("data")
    @classmethod
    def _known_data(cls, name: str) -> str:
        if name not in DATASETS:
            raise ValueError(f"there is no dataset '{name}', only {', '.join(DATASETS)}")
        return name

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        if name not in NETWORKS and name != OWN_NETWORK:
            raise ValueError(f"there is no network '{name}', only {', '.join(NETWORKS)}")
        return name

    @property
    def command(self) -> str:
        """The command that makes this run."""
        words = ["studio train"]
        for name, field in self.fields().items():
            value = getattr(self, name)
            if name == "network" and value == OWN_NETWORK:
                value = "NETWORK.json"
            if name in ("data", "network", "epochs") or value != field.default:
                words.append(f"--{name.replace('_', '-')} {value}")
        if DATASETS[self.data].needs_root:
            words.append("--data-root DIR")
        return " ".join([*words, "-o RUN_DIR"])
