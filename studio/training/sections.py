"""How a network learns, in sections: each is a part of the settings of a run."""

from typing import Literal

from pydantic import field_validator

from studio.declare import SELDOM, Declared, option
from studio.nets.zoo import NETWORKS

# The network that the person made, in place of one that comes with the studio.
OWN_NETWORK = "own"

# Of `frozen`: every layer with weights but the last.
ALL_BUT_LAST = -1

Initialisation = Literal["torch", "he", "glorot", "orthogonal", "normal", "dirac"]
FirstKernels = Literal["drawn", "whitening"]
Loss = Literal["cross_entropy", "binary", "squared", "l1"]
Optimiser = Literal[
    "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "muon"
]
Schedule = Literal["constant", "time", "step", "exponential", "linear", "cosine", "one_cycle"]
Precision = Literal["auto", "full", "mixed"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Memory = Literal["auto", "resident", "lazy"]


class NetworkSettings(Declared):
    """What learns, and what it begins with."""

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
    start: str = option(
        "",
        "Begin with",
        "A trained model to go on from instead of that network: a name, a file, a run's folder, or "
        "torchvision:NAME; for other classes its last layer is made anew.",
        group="Network",
    )
    frozen: int = option(
        0,
        "Frozen layers",
        "How many of the first layers stay as they are, convolutions and dense layers counted, "
        "each with its normalisation; −1 for all but the last.",
        low=ALL_BUT_LAST,
        high=1000,
        names={"0": "none", str(ALL_BUT_LAST): "all but the last"},
        group="Network",
    )
    frozen_from: float = option(
        0.0,
        "Frozen after",
        "Epochs in which the frozen layers learn like the others, before they stay as they are.",
        low=0,
        high=10_000,
        unit="epochs",
        group="Network",
    )
    body_rate: float = option(
        1.0,
        "Body's rate",
        "The learning rate of the body, all layers but the last, as a share of that of the last: a "
        "small one keeps more of what the model has learned before.",
        low=0,
        high=10,
        group="Network",
    )
    initialisation: Initialisation = option(
        "torch",
        "Initialisation",
        "How the weights are drawn: torch's own way, He's for ReLU, Glorot's for tanh, orthogonal, "
        "normal with a deviation of 0.01, or Dirac: each convolution begins by handing on the maps "
        "it is given, as far as it has filters for them.",
        names={"torch": "As torch does", "he": "He", "glorot": "Glorot", "normal": "Normal, 0.01"},
        group="Network",
    )
    first_kernels: FirstKernels = option(
        "drawn",
        "First kernels",
        "Those of the first convolution: drawn like the others, or whitening: the principal "
        "components of the training pictures' patches, each once with either sign, divided by "
        "their deviations. Those stay as they are.",
        names={"drawn": "As the others"},
        group="Network",
    )

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        if name not in NETWORKS and name != OWN_NETWORK:
            raise ValueError(f"there is no network '{name}', only {', '.join(NETWORKS)}")
        return name


class OptimiserSettings(Declared):
    """The loss, and how its gradient moves the weights."""

    loss: Loss = option(
        "cross_entropy",
        "Loss",
        "What is made small: the cross-entropy of the classes; that of each class alone (binary); "
        "or the squared or absolute difference between probabilities and truth.",
        names={
            "cross_entropy": "Cross-entropy",
            "binary": "Binary cross-entropy",
            "squared": "Squared error",
            "l1": "Absolute (L1)",
        },
        group="Optimiser",
    )
    label_smoothing: float = option(
        0.0,
        "Label smoothing",
        "How much of the true answer is spread over all classes alike, so that the network isn't "
        "pushed to be ever more certain.",
        low=0,
        high=0.9,
        group="Optimiser",
    )
    optimiser: Optimiser = option(
        "momentum",
        "Method",
        "How the gradient moves the weights. Muon is for those of hidden layers; AdamW moves the "
        "rest then.",
        names={
            "sgd": "SGD",
            "momentum": "SGD, momentum",
            "nesterov": "SGD, Nesterov",
            "rmsprop": "RMSprop",
            "adamw": "AdamW",
        },
        group="Optimiser",
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
    momentum: float = option(
        0.9,
        "Momentum",
        "Share of the last step that is kept.",
        low=0,
        high=0.999,
        group="Optimiser",
        when={"optimiser": ("momentum", "nesterov", "muon")},
    )
    bias_rate: float = option(
        1.0,
        "Bias rate",
        "The learning rate of the biases of normalisations, as a multiple of that of their layer; "
        "L2 pulls them as it would without.",
        above=0,
        high=1000,
        logarithmic=True,
        group="Optimiser",
    )
    lookahead: float = option(
        0.0,
        "Lookahead",
        "Every 5 steps the weights are put back to their slow average, which takes a smoother way. "
        "This is the share of itself that the average keeps at the end of the run; it grows from 0 "
        "with the cube of the time passed. 0 for no average.",
        low=0,
        high=0.99,
        group="Optimiser",
    )


class ScheduleSettings(Declared):
    """How long a run is, and how its learning rate changes."""

    epochs: int = option(
        5,
        "Epochs",
        "How often every training picture is seen.",
        low=1,
        high=10_000,
        group="Schedule",
    )
    schedule: Schedule = option(
        "one_cycle",
        "Shape",
        "How the learning rate changes over the run.",
        names={
            "time": "Time-based",
            "linear": "Linear to zero",
            "one_cycle": "One cycle",
        },
        group="Schedule",
    )
    decay: float = option(
        0.1,
        "Decay",
        "How fast the learning rate falls: k in a / (1 + k e) (time-based) or in a exp(−k e) "
        "(exponential), after e epochs.",
        low=0,
        high=10,
        group="Schedule",
        when={"schedule": ("time", "exponential")},
    )
    drop: float = option(
        0.5,
        "Drop",
        "What the learning rate is multiplied by at each step down.",
        above=0,
        high=1,
        group="Schedule",
        when={"schedule": ("step",)},
    )
    drop_every: int = option(
        5,
        "Drop every",
        "How many epochs lie between two steps down.",
        low=1,
        high=10_000,
        unit="epochs",
        group="Schedule",
        when={"schedule": ("step",)},
    )
    warm_up: float = option(
        0.0,
        "Warm-up",
        "Epochs in which the learning rate rises from almost 0 to what the schedule says.",
        low=0,
        high=1000,
        unit="epochs",
        group="Schedule",
    )


class RegularisationSettings(Declared):
    """What keeps a network from learning its pictures by heart."""

    weight_decay: float = option(
        0.0,
        "L2",
        "Pull of every weight towards zero (weight decay): added to the gradient, but with AdamW "
        "and Muon a step of its own.",
        low=0,
        high=1,
        group="Regularisation",
    )
    dropout: float = option(
        0.0,
        "Dropout",
        "Share of the values set to zero before the last dense layer; 0 leaves the network as "
        "it is.",
        low=0,
        high=0.95,
        group="Regularisation",
    )
    batch_norm: bool = option(
        False,
        "Batch norm",
        "Put batch normalisation after every convolution that has none, but for those of inception "
        "blocks.",
        group="Regularisation",
    )
    max_norm: float = option(
        0.0,
        "Max-norm",
        "How long the weights of one unit or filter may become together (the root of the sum of "
        "their squares); longer ones are shortened after each step. 0 for any length.",
        low=0,
        high=1000,
        names={"0": "any"},
        group="Regularisation",
    )
    patience: int = option(
        0,
        "Patience",
        "Stop early when the validation loss has not become smaller for so many epochs; 0 goes "
        "on to the end.",
        low=0,
        high=10_000,
        names={"0": "to the end"},
        unit="epochs",
        group="Regularisation",
    )


class ComputingSettings(Declared):
    """Where and how a run is computed."""

    precision: Precision = option(
        "auto",
        "Precision",
        "mixed computes with shorter numbers (bfloat16) where that is safe; auto does so where it "
        "was measured to be faster on this machine.",
        names={"auto": "Automatic", "full": "Full (float32)", "mixed": "Mixed (bfloat16)"},
        group="Computing",
    )
    compiled: bool = option(
        False,
        "Compiled",
        "Compile the network for this machine first: it takes up to a minute, and then each step "
        "is faster, mostly on a GPU.",
        group=SELDOM,
    )
    device: Device = option(
        "auto",
        "Device",
        "Where to compute; auto takes a GPU if there is one.",
        names={"auto": "Automatic", "cpu": "CPU", "cuda": "CUDA", "mps": "MPS"},
        group="Computing",
    )
    memory: Memory = option(
        "auto",
        "Pictures in",
        "resident keeps all pictures in memory, lazy reads them from a file beside; auto keeps "
        "them where they fit.",
        names={"auto": "Automatic", "resident": "Memory", "lazy": "A file"},
        group=SELDOM,
    )
