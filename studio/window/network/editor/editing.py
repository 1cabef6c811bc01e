"""The document's own network, and what a person can do to its layers."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from studio.document import OWN
from studio.nets.layer import Layer
from studio.nets.network import Network
from studio.nets.network_file import MOST_LAYERS
from studio.window.network.editor.input_settings import InputSettings, with_settings
from studio.window.session import Session
from studio.window.translate import tr

INPUT_PLACE = -1  # of the picture, above the first layer


class Editing(QObject):
    """Every change is a step of the session's history; those of one field in a row are one.

    Signals: `placed` with the place of the layer that a change was about, from 0.
    """

    placed = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    @property
    def network(self) -> Network | None:
        """The network that can be edited: the document's own, while it is the one looked at."""
        document = self._session.document
        return document.network if document.model == OWN else None

    def begin(self, network: Network, origin: str) -> None:
        """Make a network the document's own.

        Parameters
        ----------
        origin : str
            The reference of the model whose weights it begins with; empty for none.
        """
        document = self._session.document.change(network=network, origin=origin, model=OWN)
        self._session.edit(tr("Edit {network}").format(network=network.title), document)

    def insert(self, place: int, layer: Layer) -> None:
        """Put a layer where another was, which goes down with those below it."""
        layers = self._layers()
        if layers is None or len(layers) >= MOST_LAYERS:
            return
        place = min(max(place, 0), len(layers))
        layers.insert(place, layer)
        self._take(layers, tr("Add {layer}"), layer, place)

    def duplicate(self, place: int) -> None:
        """Put a copy of a layer below it."""
        layers = self._layers()
        if layers is not None and 0 <= place < len(layers) < MOST_LAYERS:
            layers.insert(place + 1, layers[place])
            self._take(layers, tr("Duplicate {layer}"), layers[place], place + 1)

    def remove(self, place: int) -> None:
        """Take a layer out; the one below it is the current one then."""
        layers = self._layers()
        if layers is not None and 0 <= place < len(layers):
            gone = layers.pop(place)
            self._take(layers, tr("Remove {layer}"), gone, min(place, len(layers) - 1))

    def move(self, place: int, target: int) -> None:
        """Move a layer to another place."""
        layers = self._layers()
        if layers is None or place == target:
            return
        if 0 <= place < len(layers) and 0 <= target < len(layers):
            layers.insert(target, layers.pop(place))
            self._take(layers, tr("Move {layer}"), layers[target], target)

    def set_layer(self, place: int, layer: Layer) -> None:
        """Give a layer other settings."""
        layers = self._layers()
        if layers is not None and 0 <= place < len(layers) and layers[place] != layer:
            layers[place] = layer
            self._take(layers, tr("Change {layer}"), layer, place, f"layer {place}")

    def set_input(self, settings: InputSettings) -> None:
        """Give the network another input, other classes or another name."""
        if self.network is not None:
            changed = with_settings(self.network, settings)
            self._edit(tr("Change input"), changed, "network input")

    def forget_classes(self) -> None:
        """Let the answers have no names."""
        if self.network is not None:
            self._edit(tr("Forget the classes"), self.network.change(classes=()))

    def _layers(self) -> list[Layer] | None:
        return None if self.network is None else list(self.network.layers)

    def _take(
        self, layers: Sequence[Layer], text: str, changed: Layer, place: int, merge: str = ""
    ) -> None:
        assert self.network is not None
        network = self.network.change(layers=tuple(layers))
        self._edit(text.format(layer=tr(changed.title)), network, merge)
        self.placed.emit(place)

    def _edit(self, text: str, network: Network, merge: str = "") -> None:
        document = self._session.document.change(network=network)
        self._session.edit(text, document, merge or None)
