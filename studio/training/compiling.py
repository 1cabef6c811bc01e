"""A network compiled for the machine that it learns on."""

from typing import Any

import torch
from torch import nn

from studio.errors import TrainingError


def compiled(module: nn.Module, is_wanted: bool) -> Any:
    """The module such that steps are faster; it shares its weights with the one given.

    It is compiled when it is first called, once for each size of batch. In evaluation it isn't to
    be used.

    Raises
    ------
    TrainingError
        When it is called and can't be compiled here.
    """
    return _Compiled(module) if is_wanted else module


class _Compiled(nn.Module):
    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self._plain = module
        self._fast = torch.compile(module, dynamic=False)

    def forward(self, values: torch.Tensor) -> Any:
        from torch._dynamo.exc import TorchDynamoException

        try:
            return self._fast(values)
        except TorchDynamoException as error:
            raise TrainingError(
                f"the network can't be compiled on this machine: {str(error).splitlines()[0]}",
                "Turn Compiled off",
            ) from error
