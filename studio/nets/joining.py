"""Where the branches of a block meet, as torch modules."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Add(nn.Module):
    """The sum of all branches, value by value."""

    def forward(self, *branches: Tensor) -> Tensor:
        total = branches[0]
        for branch in branches[1:]:
            total = total + branch
        return total


class Concat(nn.Module):
    """The maps of all branches, one after the other."""

    def forward(self, *branches: Tensor) -> Tensor:
        return torch.cat(branches, dim=1)


JOINS: Mapping[str, type[nn.Module]] = {"add": Add, "concat": Concat}


class Branched(nn.Module):
    """Branches beside each other, the place where they meet, and layers after it."""

    def __init__(
        self, branches: Mapping[str, nn.Module], join: str, after: Mapping[str, nn.Module]
    ) -> None:
        super().__init__()
        self._branches, self._join, self._after = tuple(branches), join, tuple(after)
        parts = {**branches, join: JOINS[join](), **after}
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, values: Tensor) -> Tensor:
        ends = [self.get_submodule(name)(values) for name in self._branches]
        joined: Tensor = self.get_submodule(self._join)(*ends)
        for name in self._after:
            joined = self.get_submodule(name)(joined)
        return joined
