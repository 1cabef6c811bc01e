"""How training pictures are changed, and in how many views test pictures are looked at."""

from typing import Literal

from studio.declare import Declared, option

Outside = Literal["reflected", "black"]
Views = Literal["one", "mirrored", "moved"]

# How many views each of them is.
VIEW_COUNTS = {"one": 1, "mirrored": 2, "moved": 6}


class AugmentationSettings(Declared):
    """How training pictures are changed, anew each time they are seen; 0 is not at all."""

    crop: int = option(
        0,
        "Crop",
        "Move each picture by up to so many pixels along both axes.",
        low=0,
        high=256,
        unit="pixels",
        group="Augmentation",
    )
    outside: Outside = option(
        "reflected",
        "Outside",
        "What fills the places that moving, turning and scaling uncover.",
        names={"reflected": "Mirrored picture"},
        group="Augmentation",
    )
    mirror: bool = option(
        False, "Mirror", "Mirror half of the pictures left to right.", group="Augmentation"
    )
    mirror_by_turns: bool = option(
        False,
        "By turns",
        "Mirror each picture in every other epoch, half of them in the first one, in place of "
        "drawing anew each time.",
        group="Augmentation",
        when={"mirror": ("True",)},
    )
    rotation: float = option(
        0.0,
        "Rotation",
        "Turn each picture by up to so many degrees, either way.",
        low=0,
        high=180,
        unit="degrees",
        group="Augmentation",
    )
    scale: float = option(
        0.0,
        "Scale",
        "Enlarge or shrink each picture about its middle by up to this share.",
        low=0,
        high=0.9,
        group="Augmentation",
    )
    colour: float = option(
        0.0,
        "Colour",
        "Change brightness, contrast and saturation by up to this share.",
        low=0,
        high=1,
        group="Augmentation",
    )
    noise: float = option(
        0.0,
        "Noise",
        "Standard deviation of the Gaussian noise that is added, where black is 0 and white 1.",
        low=0,
        high=1,
        group="Augmentation",
    )
    cutout: int = option(
        0,
        "Cutout",
        "Side of a square that is covered with the mean colour, somewhere in each picture.",
        low=0,
        high=1024,
        unit="pixels",
        group="Augmentation",
    )
    mixup: float = option(
        0.0,
        "Mixup",
        "Mix each picture and its answer with another's, in a share drawn from Beta(a, a). This "
        "is a: with 0.2 most stay nearly pure, with 1 every share is as likely.",
        low=0,
        high=10,
        group="Augmentation",
    )
    views: Views = option(
        "one",
        "Test views",
        "How each test picture is looked at after the last epoch, the answers averaged: as it is; "
        "mirrored too; or also moved by a pixel up and left, and down and right.",
        names={"one": "As it is", "mirrored": "Mirrored too", "moved": "Mirrored, moved"},
        group="Augmentation",
    )
