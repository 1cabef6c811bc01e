"""What a network makes of a picture, computed beside the window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.image.picture import Picture
from studio.insight.maps import feature_maps, for_looking
from studio.insight.over_picture import probabilities
from studio.insight.overlay import seen_by_network
from studio.insight.seen import seen_part
from studio.insight.unit import field_on_picture
from studio.nets.architecture import Architecture
from studio.nets.model import Model
from studio.nets.preprocess import Preprocessing
from studio.nets.row import Row, input_row
from studio.window.network.selection import nearest_unit

if TYPE_CHECKING:
    from studio.nets.steps import Steps

_ANSWERS = ("dense", "dense_conv", "softmax")
_LONGEST = 1024  # side of the picture in the inspector, in pixels


class View(NamedTuple):
    """How a model is looked at.

    Attributes
    ----------
    training : bool
        Whether dropout and batch normalisation act as they do while it learns.
    draw : int
        Seed of what dropout silences then.
    size : tuple of int, optional
        Height and width of the input, where they are not the model's own.
    convolutions : bool
        Whether dense layers act as convolutions, so that they take maps of any size.
    """

    training: bool = False
    draw: int = 0
    size: tuple[int, int] | None = None
    convolutions: bool = False


_AS_IT_IS = View()


class Sides(NamedTuple):
    """Something for each side of a rectangle."""

    top: float = 0
    left: float = 0
    bottom: float = 0
    right: float = 0


@dataclass(frozen=True, eq=False)
class Look:
    """A model, a picture, and what every layer makes of it.

    Attributes
    ----------
    reference : str
        What the document calls the model.
    loaded, model : Model
        As it was loaded, and with the input size of the view.
    steps : Steps
        Its module taken apart, in the view's mode; several jobs may run it at once, so nothing of
        the module may be changed: use `own_steps` for hooks, and to go through it in evaluation
        mode.
    values : array, channels x height x width
        The network's input.
    rows : tuple of Row
        The network's table, the input's row first.
    maps : mapping
        By row name; channels x height x width.
    seen : uint8 array, height x width x 3
        The part of the picture that the network sees, at most 1024 pixels wide and high.
    region : Sides
        Where that part is, in picture pixels.
    input : uint8 array, rows x columns x 3
        What the network gets, without the normalisation.
    """

    reference: str
    loaded: Model
    model: Model
    view: View
    picture: Picture
    steps: "Steps"
    values: NDArray[np.float32]
    rows: tuple[Row, ...]
    maps: Mapping[str, NDArray[np.float32]]
    seen: NDArray[np.uint8]
    region: Sides
    input: NDArray[np.uint8]
    milliseconds: float

    def own_steps(self) -> "Steps":
        """The model's steps in evaluation mode, with the same weights, for one job alone."""
        return self.model.steps(shared=True)

    def field_of(self, row: Row, y: int, x: int) -> tuple[Sides, Sides]:
        """The receptive field of a unit on `seen`, in its pixels, and which sides are cut off."""
        found = field_on_picture(self.model, row, y, x, self.picture)
        frame = self.model.card.preprocessing.frame(self.picture)
        rows, columns = self.model.card.preprocessing.size
        top, left, bottom, right = row.field_of(y, x)
        inside = Sides(found.top, found.left, found.top + found.height, found.left + found.width)
        whole = Sides(
            frame.top + top * frame.height / rows,
            frame.left + left * frame.width / columns,
            frame.top + bottom * frame.height / rows,
            frame.left + right * frame.width / columns,
        )
        cut = Sides(*(abs(a - b) > 1e-6 for a, b in zip(inside, whole, strict=True)))
        return self._to_seen(inside), cut

    def on_seen(self, top: float, left: float, bottom: float, right: float) -> Sides:
        """A box of input pixels on `seen`, in its pixels; it may reach outside."""
        frame = self.model.card.preprocessing.frame(self.picture)
        rows, columns = self.model.card.preprocessing.size
        down, across = frame.height / rows, frame.width / columns
        return self._to_seen(
            Sides(
                frame.top + top * down,
                frame.left + left * across,
                frame.top + bottom * down,
                frame.left + right * across,
            )
        )

    def _to_seen(self, sides: Sides) -> Sides:
        """From pixels of the picture to those of `seen`."""
        down, across = self._scale
        return Sides(
            (sides.top - self.region.top) * down,
            (sides.left - self.region.left) * across,
            (sides.bottom - self.region.top) * down,
            (sides.right - self.region.left) * across,
        )

    def unit_at(self, row: Row, y: float, x: float) -> tuple[int, int]:
        """Row and column of the unit whose field is centred nearest to a place on `seen`."""
        frame = self.model.card.preprocessing.frame(self.picture)
        rows, columns = self.model.card.preprocessing.size
        down, across = self._scale
        place = (
            (y / down + self.region.top - frame.top) * rows / frame.height,
            (x / across + self.region.left - frame.left) * columns / frame.width,
        )
        return nearest_unit(row, *place)

    def input_places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the rows and the columns of `seen` are in the input, in input pixels."""
        frame = self.model.card.preprocessing.frame(self.picture)
        sides = self.model.card.preprocessing.size
        found: list[NDArray[np.float64]] = []
        for axis, (scale, first) in enumerate(zip(self._scale, self.region[:2], strict=True)):
            places = (np.arange(self.seen.shape[axis], dtype=np.float64) + 0.5) / scale + first
            found.append((places - frame[axis]) * sides[axis] / frame[2 + axis])
        return found[0], found[1]

    def likeliest(self) -> tuple[str, float] | None:
        """The likeliest class and its probability, over all places; None without classes."""
        last, classes = self.rows[-1], self.model.card.classes
        if last.output.channels != len(classes):
            return None
        shares = probabilities(self.maps[last.name], last.kind == "softmax").mean(axis=(1, 2))
        best = int(shares.argmax())
        return classes[best], float(shares[best])

    def names_of(self, number: int) -> tuple[str, ...]:
        """What the values of a row stand for: the classes, where they are the answer."""
        is_answer = all(row.kind in _ANSWERS for row in self.rows[number:])
        return self.model.card.classes if is_answer else ()

    @property
    def _scale(self) -> tuple[float, float]:
        """Pixels of `seen` for one of the picture."""
        height, width = self.seen.shape[:2]
        region = self.region
        return height / (region.bottom - region.top), width / (region.right - region.left)


def table(network: Architecture) -> tuple[Row, ...]:
    """A network's table with the input's row above it."""
    return (input_row(network.input), *network.table())


class Looker:
    """Computes looks; keeps the last model's steps. For one job at a time."""

    def __init__(self) -> None:
        self._loaded: Model | None = None
        self._view: View | None = None
        self._model: Model | None = None
        self._steps: Steps | None = None

    def look(
        self,
        reference: str,
        load: Callable[[], Model],
        picture: Picture,
        view: View = _AS_IT_IS,
    ) -> Look:
        """Everything the workspace shows of a model and a picture.

        Parameters
        ----------
        load : callable
            Gives the model, the very same one where nothing has changed.

        Raises
        ------
        StudioError
            When the model can't be loaded, or can't take the picture or the size.
        """
        model, steps = self._prepare(load(), view)
        started = perf_counter()
        values = model.card.preprocessing.apply(picture)
        maps = feature_maps(model, values, steps, draw=view.draw)
        spent = perf_counter() - started
        for array in maps.values():  # several parts of the window share them
            array.flags.writeable = False
        seen, region = _seen(model.card.preprocessing, picture)
        return Look(
            reference=reference,
            loaded=self._loaded or model,
            model=model,
            view=view,
            picture=picture,
            steps=steps,
            values=values,
            rows=table(model.card.network),
            maps={"input": values, **maps},
            seen=seen,
            region=region,
            input=seen_by_network(model.card.preprocessing, values),
            milliseconds=1000 * spent,
        )

    def _prepare(self, loaded: Model, view: View) -> tuple[Model, "Steps"]:
        """The model as it is looked at, and its steps in the mode of the view."""
        from studio.nets.dense_to_conv import as_convolutions, at_size

        known = self._view
        changed = known is None or known[2:] != view[2:]
        if self._loaded is not loaded or changed:
            self._loaded, self._view, self._steps = None, None, None
            self._model = as_convolutions(loaded) if view.convolutions else loaded
            if view.size is not None:
                self._model = at_size(self._model, *view.size)
        if self._steps is None or known is None or known.training != view.training:
            assert self._model is not None
            self._steps = self._model.steps(shared=True)
            for_looking(self._steps.module, view.training)
        self._loaded, self._view = loaded, view
        assert self._model is not None
        return self._model, self._steps


def _seen(preprocessing: Preprocessing, picture: Picture) -> tuple[NDArray[np.uint8], Sides]:
    """The part of the picture that the network sees, and where it is."""
    rgb, *sides = seen_part(preprocessing, picture, _LONGEST)
    return rgb, Sides(*sides)
