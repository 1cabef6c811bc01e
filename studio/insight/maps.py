"""What every layer makes of a picture."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import NetworkError
from studio.nets.layer import Size
from studio.nets.model import Model

if TYPE_CHECKING:
    from torch import nn


def feature_maps(
    model: Model, values: NDArray[np.float32], module: "nn.Sequential | None" = None
) -> dict[str, NDArray[np.float32]]:
    """The output of every layer for one picture, from one pass in evaluation mode.

    Parameters
    ----------
    values : array, channels x height x width
        What `Preprocessing.apply` gives.
    module : nn.Sequential, optional
        What `Model.module` gave, on any device, to spare making it again; evaluation mode is set.

    Returns
    -------
    dict
        By row name; each a copy, channels x height x width (values x 1 x 1 after flatten).

    Raises
    ------
    NetworkError
        When the network takes another size.
    """
    import torch

    network = model.card.network
    if values.shape != tuple(network.input):
        size = Size(*values.shape) if values.ndim == 3 else values.shape
        raise NetworkError(f"{network.title} takes {network.input}, not {size}")
    module = model.module() if module is None else module.eval()
    maps = {}
    with torch.inference_mode():
        flowing = torch.tensor(values[None], dtype=torch.float32, device=device_of(module))
        for row, part in zip(network.table(), module, strict=True):
            flowing = part(flowing)
            maps[row.name] = flowing.reshape(row.output).float().cpu().numpy().copy()
    return maps


def device_of(module: "nn.Module") -> Any:
    """The torch device of a module's weights; the CPU if it has none."""
    first = next(module.parameters(), None)
    return "cpu" if first is None else first.device
