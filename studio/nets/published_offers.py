"""What trained weights torchvision offers for its classifiers."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from studio.errors import ModelError
from studio.nets.preprocess import Preprocessing
from studio.nets.published import CHANNELS, WITH_AUXILIARY, published

DEFAULT = "DEFAULT"


@dataclass(frozen=True)
class Offer:
    """Weights that torchvision offers for one of its classifiers.

    Attributes
    ----------
    architecture, name : str
        Such as ``resnet50`` and ``IMAGENET1K_V2``.
    accuracy : float
        Share of right answers on the validation pictures of ImageNet-1K, as torchvision says.
    megabytes : float
        Size of the file, in units of 2^20 bytes.
    text, recipe, licence : str
        What torchvision says about them, and addresses of how they were trained and of their
        licence; empty where it says nothing.
    """

    architecture: str
    name: str
    url: str
    classes: tuple[str, ...]
    accuracy: float
    megabytes: float
    preprocessing: Preprocessing
    text: str
    recipe: str
    licence: str
    is_default: bool

    @property
    def path(self) -> Path:
        """Where the file is, once it has been downloaded."""
        import torch

        return Path(torch.hub.get_dir()) / "checkpoints" / self.url.rpartition("/")[2]

    @property
    def is_cached(self) -> bool:
        return self.path.is_file()


def offers(architecture: str) -> tuple[Offer, ...]:
    """The weights that torchvision offers, those it takes by default first.

    Raises
    ------
    NetworkError
        When it has no such classifier.
    """
    from torchvision.models import get_model_weights

    published(architecture)
    choices: Any = get_model_weights(architecture)
    found = [
        _offer(architecture, one, one is choices.DEFAULT)
        for one in dict.fromkeys(choices)
        if one.meta["categories"]  # some are only good for features
    ]
    return tuple(sorted(found, key=lambda offer: not offer.is_default))


def offer(architecture: str, weights: str = DEFAULT) -> Offer:
    """The weights of that name.

    Raises
    ------
    NetworkError, ModelError
        When there is no such classifier, or no such weights.
    """
    found = offers(architecture)
    for one in found:
        if weights == one.name or (weights == DEFAULT and one.is_default):
            return one
    raise ModelError(
        f"torchvision has no weights {weights!r} for {architecture}",
        f"There are: {', '.join(one.name for one in found)}",
    )


def _offer(architecture: str, choice: Any, is_default: bool) -> Offer:
    meta, transform = choice.meta, choice.transforms()
    scores = meta["_metrics"]["ImageNet-1K"]
    return Offer(
        architecture=architecture,
        name=choice.name,
        url=choice.url,
        classes=tuple(meta["categories"]),
        accuracy=round(scores["acc@1"] / 100, 5),
        megabytes=meta["_file_size"],
        preprocessing=_preprocessing(architecture, transform),
        text=" ".join(re.sub(r"`?([^`<]+?) ?<([^>]+)>`_+", r"\1 (\2)", meta["_docs"]).split()),
        recipe=meta.get("recipe") or "",
        licence=meta.get("license") or "",
        is_default=is_default,
    )


def _preprocessing(architecture: str, transform: Any) -> Preprocessing:
    """Torchvision's ``ImageClassification`` as the studio's own."""
    crop, resize = transform.crop_size[0], transform.resize_size[0]
    interpolation: Literal["bilinear", "bicubic"] = transform.interpolation.value
    mean, std = tuple(transform.mean), tuple(transform.std)
    if architecture in WITH_AUXILIARY:
        # With these weights torchvision's own network turns that range into the one of -1 to 1.
        mean = std = (0.5,) * CHANNELS
    return Preprocessing(
        size=(crop, crop),
        resize="crop",
        share=crop / resize,
        interpolation=interpolation,
        mean=mean,
        std=std,
    )
