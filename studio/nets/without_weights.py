"""Torch modules whose weights take no memory."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

_MADE_EMPTY = (
    torch.empty,
    torch.zeros,
    torch.ones,
    torch.full,
    torch.rand,
    torch.randn,
)


class WithoutWeights(TorchFunctionMode):
    """While it lasts, layers put their weights on the meta device: shapes without numbers.

    Unlike ``torch.device("meta")`` it leaves numbers alone that a constructor computes with, such
    as the widths of a RegNet or the tables of positions of a Swin Transformer.
    """

    def __torch_function__(
        self,
        func: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = dict(kwargs or {})
        if func in _MADE_EMPTY and given.get("device") is None:
            given["device"] = "meta"
        return func(*args, **given)
