"""Which pictures to learn from, in which parts, and what is done to them first."""

from typing import Literal

from pydantic import field_validator

from studio.data.sets import DATASETS
from studio.declare import Declared, option

Fit = Literal["own", "crop", "fit", "stretch"]
Normalisation = Literal["none", "channels", "zca"]

# The dataset whose pictures are the user's own, a folder of class folders.
FOLDER = "folder"

LARGEST_SIDE = 1024


class DataSettings(Declared):
    """The pictures of a run; with the same ones and the same files, they are the same."""

    data: str = option(
        "glyphs",
        "Pictures",
        "The pictures to learn from.",
        choices=lambda: tuple(DATASETS),
        names={kind: dataset.title for kind, dataset in DATASETS.items()},
        group="Data",
    )
    folder: str = option(
        "",
        "Folder",
        "A folder that holds one folder of pictures for each class, or folders train, validation "
        "and test of such.",
        group="Data",
        when={"data": (FOLDER,)},
    )
    classes: str = option(
        "",
        "Classes",
        "Only these classes, separated by commas, such as cat, dog; empty for all.",
        group="Data",
    )
    limit: int = option(
        0,
        "At most",
        "How many training pictures are used, the same share of each class; 0 for all.",
        low=0,
        high=100_000_000,
        names={"0": "all"},
        unit="pictures",
        group="Data",
    )
    validation_share: float = option(
        0.0,
        "Validation",
        "Share of the training pictures held back to be tested on after each epoch; with 0 the "
        "test pictures are used for that, unless the folder has a validation part.",
        low=0,
        high=0.9,
        group="Data",
    )
    test_share: float = option(
        0.2,
        "Test",
        "Share of a folder's pictures that becomes the test part, where it has none of its own.",
        above=0,
        high=0.9,
        group="Data",
        when={"data": (FOLDER,)},
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
    seed: int = option(
        0, "Seed", "Start of all random choices of the run.", low=0, high=2**31 - 1, group="Data"
    )
    picture_size: int = option(
        0,
        "Size",
        "Side of the square that pictures are brought to; 0 for the data's own size.",
        low=0,
        high=LARGEST_SIDE,
        names={"0": "own"},
        unit="pixels",
        group="Preprocessing",
    )
    fit: Fit = option(
        "own",
        "Fit",
        "How a picture of another shape becomes a square: its middle is cut out, a border is "
        "added, or it is distorted.",
        names={
            "own": "As the data asks",
            "crop": "Crop its middle",
            "fit": "Add a border",
            "stretch": "Distort",
        },
        group="Preprocessing",
    )
    grey: bool = option(
        False, "Grey", "Take the brightness of colour pictures only.", group="Preprocessing"
    )
    normalise: Normalisation = option(
        "channels",
        "Normalise",
        "What is done to the values, measured on the training part: none leaves 0 to 1; channels "
        "gives each channel mean 0 and deviation 1; zca also removes the correlations between "
        "neighbouring pixels (whitening).",
        names={"none": "Not at all", "channels": "Each channel", "zca": "ZCA whitening"},
        group="Preprocessing",
    )
    permute: bool = option(
        False,
        "Permute pixels",
        "Put the pixels of every picture into one random order, the same for all: dense layers "
        "don't mind; convolutions rely on neighbours that belong together.",
        group="Preprocessing",
    )

    @field_validator("data")
    @classmethod
    def _known_data(cls, name: str) -> str:
        if name not in DATASETS:
            raise ValueError(f"there is no dataset '{name}', only {', '.join(DATASETS)}")
        return name

    @property
    def chosen_classes(self) -> tuple[str, ...]:
        """The names in `classes`, without what surrounds them."""
        names = (name.strip() for name in self.classes.split(","))
        return tuple(dict.fromkeys(name for name in names if name))
