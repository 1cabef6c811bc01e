"""Augmentation in words; without torch, since a window says them."""

from studio.training.augmentation import AugmentationSettings


def said(settings: AugmentationSettings) -> tuple[tuple[str, str], ...]:
    """What is done, in order: words with ``{value}`` in them, for translation, and that value."""
    percent = "{:g} %".format
    found = (
        ("crop {value}", settings.crop, str(settings.crop)),
        ("mirror", settings.mirror, ""),
        ("rotation ±{value}°", settings.rotation, f"{settings.rotation:g}"),
        ("scale ±{value}", settings.scale, percent(100 * settings.scale)),
        ("colour ±{value}", settings.colour, percent(100 * settings.colour)),
        ("noise {value}", settings.noise, f"{settings.noise:g}"),
        ("cutout {value}", settings.cutout, str(settings.cutout)),
        ("mixup {value}", settings.mixup, f"{settings.mixup:g}"),
    )
    words = tuple((text, value) for text, is_on, value in found if is_on)
    uncovers = settings.crop or settings.rotation or settings.scale
    if uncovers and settings.outside == "black":
        return (*words, ("black outside", ""))
    return words


def describe(settings: AugmentationSettings) -> str:
    """What is done, in a few words, such as "crop 4, mirror"."""
    return ", ".join(text.format(value=value) for text, value in said(settings)) or "unchanged"
