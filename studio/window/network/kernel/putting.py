"""Hand-made kernels for a filter of the document's own network."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from studio.document import OWN
from studio.errors import StudioError
from studio.filters.presets import PRESETS
from studio.nets.layers.convolution import Conv
from studio.nets.network import Network
from studio.nets.placing import with_hand_made, without_hand_made
from studio.nets.row import Row
from studio.window.network.own import as_own
from studio.window.network.sight import Sight
from studio.window.session import Session
from studio.window.translate import tr


class _Offer(NamedTuple):
    name: str
    help: str
    kernel: NDArray[np.float64]


class PutMenu(QMenu):
    """What can be put in the place of a learned kernel.

    A network that isn't the document's own is copied first; undo brings back what was.
    """

    def __init__(self, sight: Sight, session: Session, parent: QWidget) -> None:
        super().__init__(tr("Put in a kernel"), parent)
        self._sight, self._session = sight, session
        self._row: Row | None = None
        self._filter = 0
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def set_place(self, row: Row | None, filter: int) -> None:
        """Which filter of which layer it is about."""
        self._row, self._filter = row, filter

    @property
    def why_not(self) -> str:
        """Why nothing can be put there; empty if it can."""
        network, row = self._network, self._row
        if network is None or row is None:
            return tr("Only a network that is a list of layers can be edited")
        if row.block:
            return tr("Kernels inside a block can't be replaced")
        if not isinstance(_layer(network, row), Conv):
            return tr("Kernels can be put into a convolution only")
        return ""

    @property
    def _network(self) -> Network | None:
        document, look = self._session.document, self._sight.look
        if document.model == OWN:
            return document.network
        if look is None or look.view.size is not None or look.view.convolutions:
            return None
        network = look.model.card.network
        return network if isinstance(network, Network) else None

    @Slot()
    def _fill(self) -> None:
        self.clear()
        network, row = self._network, self._row
        if self.why_not or network is None or row is None:
            return
        layer = _layer(network, row)
        assert isinstance(layer, Conv)
        for offer in self._offers():
            action = self.addAction(offer.name)
            action.setToolTip(offer.help)
            put = partial(with_hand_made, network, row.layer_index, self._filter, offer.kernel)
            try:
                put()
            except StudioError as error:
                action.setEnabled(False)
                action.setToolTip(str(error))
                continue
            put = partial(put, name=offer.name)
            label = tr("Put {kernel} into {layer}").format(kernel=offer.name, layer=row.title)
            action.triggered.connect(partial(self._put, put, label))
        self.addSeparator()
        if any(one.filter == self._filter for one in layer.hand_made):
            take = partial(without_hand_made, network, row.layer_index, self._filter)
            label = tr("Take the kernel out of {layer}").format(layer=row.title)
            self.addAction(tr("Take it out again")).triggered.connect(
                partial(self._put, take, label)
            )
        freeze = self.addAction(tr("Freeze the layer"))
        freeze.setCheckable(True)
        freeze.setChecked(layer.frozen)
        freeze.setToolTip(tr("Training leaves all kernels of the layer as they are"))
        label = (tr("Let {layer} learn") if layer.frozen else tr("Freeze {layer}")).format(
            layer=row.title
        )
        turn = partial(_frozen, network, row.layer_index, not layer.frozen)
        freeze.triggered.connect(partial(self._put, turn, label))

    def _offers(self) -> Iterator[_Offer]:
        """The presets, and the kernels of the filters that the document has."""
        for step in self._session.document.chain.steps:
            kernel = step.filter.as_kernel
            if kernel is not None:
                yield _Offer(
                    f"{step.filter.title}: {step.filter.words}",
                    tr("As the filter in Filter has it"),
                    kernel,
                )
        for preset in PRESETS.values():
            yield _Offer(tr(preset.title), tr(preset.help), np.array(preset.kernel))

    def _put(self, change: Any, label: str, *_: object) -> None:
        document, look = self._session.document, self._sight.look
        network = change()
        if document.model == OWN:
            edited = document.change(network=network)
        else:
            origin = look.reference if look is not None else ""
            edited = document.change(network=as_own(network), origin=origin, model=OWN)
        self._session.edit(label, edited)


def _layer(network: Network, row: Row) -> object:
    inside = 0 <= row.layer_index < len(network.layers)
    return network.layers[row.layer_index] if inside else None


def _frozen(network: Network, index: int, frozen: bool) -> Network:
    layers = list(network.layers)
    layers[index] = layers[index].change(frozen=frozen)
    return network.change(layers=tuple(layers))
