"""The architectures that weights from elsewhere may belong to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from studio.errors import ModelError, StudioError
from studio.nets.architecture import Architecture
from studio.nets.foreign.entries import Entries, open_entries
from studio.nets.foreign.state_dict import fits
from studio.nets.model import Card, bundled, load_model
from studio.nets.published import PUBLISHED, Published
from studio.nets.published_names import KNOWN
from studio.nets.published_state import settled
from studio.nets.zoo import NETWORKS

_UNLEARNED = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class Known:
    """An architecture, and the card of the model that it was taken from if there is one."""

    architecture: Architecture
    card: Card | None = None


def find_architecture(name: str) -> Known:
    """The architecture that a name means: a network, a model's, or one of torchvision.

    Raises
    ------
    ModelError
        When there is none.
    """
    if name in NETWORKS:
        return Known(NETWORKS[name])
    if name in PUBLISHED:
        return Known(PUBLISHED[name])
    try:
        card = load_model(name).card
    except ModelError as error:
        raise ModelError(
            f"there is no architecture {name!r}: {error.message}",
            "Name a network, a model, or a classifier of torchvision; see: studio list networks",
        ) from None
    return Known(card.network, card)


def architectures_that_fit(path: str | Path) -> tuple[str, ...]:
    """The names of the known architectures whose weights a file may hold, by their shapes.

    Raises
    ------
    ModelError
        When the file holds no weights, or is damaged.
    """
    with open_entries(Path(path)) as entries:
        return tuple(_fitting(entries))


def _fitting(entries: Entries) -> Iterator[str]:
    for name, network in NETWORKS.items():
        if fits(entries, network.state()):
            yield name
    for card in bundled():
        if card.network.name not in NETWORKS and fits(entries, card.network.state()):
            yield card.name
    for name, known in KNOWN.items():
        own = replace(entries, tensors=settled(entries.tensors, name))
        count = sum(
            tensor.numel() for key, tensor in own.tensors.items() if not key.endswith(_UNLEARNED)
        )
        # Making each would take minutes: first those with another number of weights are left out.
        if known.weights == count and fits(own, PUBLISHED[name].state()):
            yield name


def with_outputs(architecture: Architecture, entries: Entries) -> Architecture:
    """The architecture with as many classes as the last layer in the file has."""
    expected = architecture.state()
    last = next(reversed(expected))
    if last not in entries.tensors or len(expected[last].shape) != 1:
        return architecture
    outputs = entries.tensors[last].shape
    if len(outputs) != 1 or tuple(outputs) == expected[last].shape:
        return architecture
    classes = numbered(outputs[0])
    try:
        if isinstance(architecture, Published):
            return architecture.change(classes=classes)
        return architecture.fit(architecture.input, classes)
    except StudioError:
        return architecture  # what doesn't fit is said when the arrays are compared


def numbered(count: int) -> tuple[str, ...]:
    """Names for classes that have none."""
    return tuple(str(number) for number in range(count))
