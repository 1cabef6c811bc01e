"""What every layer makes of a picture."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import NetworkError
from studio.nets.layer import Size
from studio.nets.model import Model
from studio.nets.row import Row

if TYPE_CHECKING:
    from torch import nn

    from studio.nets.steps import Steps

_CHANNELS_LAST = 3  # dimensions of maps that torch doesn't have channels first

_FLOAT32 = np.dtype(np.float32)

Maps = dict[str, NDArray[np.float32]]


def feature_maps(
    model: Model, values: NDArray[np.float32], steps: "Steps | None" = None, draw: int = 0
) -> Maps:
    """The output of every layer for one picture, from one pass.

    Parameters
    ----------
    values : array, channels x height x width
        What `Preprocessing.apply` gives.
    steps : Steps, optional
        What `Model.steps` gave, on any device, to spare making it again; the mode that its module
        is in, evaluation or training, is kept.
    draw : int
        Seed of what dropout silences in training mode; torch's own generator is left alone.

    Returns
    -------
    dict
        By row name, in the table's order; channels x height x width (values x 1 x 1 after
        flatten). Some share memory with each other or with `values`: don't write to them.

    Raises
    ------
    NetworkError
        When the network takes another size, or can't be shown in training mode.
    """
    import torch

    network = model.card.network
    if values.shape != tuple(network.input):
        size = Size(*values.shape) if values.ndim == 3 else values.shape
        raise NetworkError(f"{network.title} takes {network.input}, not {size}")
    steps = model.steps() if steps is None else steps
    rows = network.table()
    with torch.inference_mode():
        given = torch.from_numpy(_writable(values)[None]).to(steps.device)
        training = steps.module.training
        found = _run_as_in_training(steps, given, draw) if training else steps.run(given)
        return {row.name: _array(found[row.name], row) for row in rows}


def for_looking(module: "nn.Module", training: bool) -> None:
    """Put a module into a mode, so that looking at it changes nothing of it.

    In training mode batch normalisation uses the picture's own mean and variance; here it doesn't
    remember them.
    """
    from torch.nn.modules.batchnorm import _BatchNorm

    module.train(training).requires_grad_(False)
    for part in module.modules():
        if isinstance(part, _BatchNorm):
            part.momentum = 0.0


def _run_as_in_training(steps: "Steps", given: Any, draw: int) -> dict[str, Any]:
    import torch

    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(draw)
            return steps.run(given)
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
        raise NetworkError(
            "batch normalisation of single values needs more than one picture in training mode",
            "Look at this network in evaluation mode",
        ) from None


def _writable(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same values as float32 that torch may share."""
    if values.flags.writeable and values.dtype == np.float32:
        return values
    return values.astype(np.float32)


def _array(tensor: Any, row: Row) -> NDArray[np.float32]:
    """The values of one picture, float32, channels first."""
    array: NDArray[np.float32] = (tensor if tensor.is_cpu else tensor.cpu()).numpy()
    if array.dtype != _FLOAT32:
        array = array.astype(_FLOAT32)
    if len(row.shape) == _CHANNELS_LAST:
        array = np.moveaxis(array[0], -1, 0)
    return array[0] if array.shape[1:] == row.output else array.reshape(row.output)


def device_of(module: "nn.Module") -> Any:
    """The torch device of a module's weights; the CPU if it has none."""
    first = next(module.parameters(), None)
    return "cpu" if first is None else first.device
