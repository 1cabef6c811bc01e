"""The network's input in grey, and over it what speaks for and against a class."""

import numpy as np
from numpy.typing import NDArray

from studio.insight.overlay import laid_over, tinted
from studio.window.network.field.view import FieldView
from studio.window.network.why.work import Explained


class WhyView(FieldView):
    """The input, which can be zoomed, under an attribution."""

    def __init__(self) -> None:
        super().__init__()
        self._explained: Explained | None = None
        self._opacity = 1.0

    def show_input(self, rgb: NDArray[np.uint8]) -> None:
        """Show a picture to which nothing is known yet."""
        self._explained = None
        self._take_picture(rgb)

    def show_explained(self, explained: Explained) -> None:
        """Show an attribution over its picture."""
        self._explained = explained
        self._redraw()

    def set_opacity(self, opacity: float) -> None:
        self._opacity = opacity
        self._redraw()

    def value_at(self, x: int, y: int) -> float | None:
        """The attribution of a pixel of the input."""
        return None if self._explained is None else float(self._explained.attribution.map[y, x])

    def _redraw(self) -> None:
        if self._explained is None:
            return
        attribution = self._explained.attribution
        tint = tinted(attribution.map, attribution.signed, self._explained.end, self._opacity)
        self._take_picture(laid_over(self._explained.look.input, tint))

    def _take_picture(self, rgb: NDArray[np.uint8]) -> None:
        is_another_size = (rgb.shape[1], rgb.shape[0]) != self.picture_size.toTuple()
        if is_another_size:
            self.set_picture(rgb)
        else:
            self.set_rgb(rgb)  # keeps the zoom
