"""A torch layer as the call that makes it, such as ``nn.Conv2d(1, 6, 5, padding=2)``."""

import inspect
from typing import Any

from torch import nn

from studio.errors import NetworkError

_NOT_SETTINGS = ("self", "device", "dtype", "inplace")
_OPEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_MISSING = object()


def is_torchs_own(module: nn.Module) -> bool:
    """Whether the module is one of torch.nn's layers, not a container of others."""
    return type(module).__module__.startswith("torch.nn.modules.") and (
        type(module) is nn.Sequential or not any(True for _ in module.children())
    )


def call_of(module: nn.Module) -> str:
    """The expression that makes a layer of torch.nn, without settings at their default.

    Raises
    ------
    NetworkError
        When the layer doesn't keep its settings under their names.
    """
    kind = type(module)
    required, further = [], []
    for parameter in inspect.signature(kind.__init__).parameters.values():
        if parameter.name in _NOT_SETTINGS or parameter.kind in _OPEN:
            continue
        value = _setting(module, parameter)
        if parameter.default is parameter.empty:
            required.append(_text(value))
        elif _plain(value) != _plain(parameter.default):
            further.append(f"{parameter.name}={_text(value)}")
    return f"nn.{kind.__name__}({', '.join(required + further)})"


def _setting(module: nn.Module, parameter: inspect.Parameter) -> Any:
    value = getattr(module, parameter.name, _MISSING)
    if parameter.name == "bias":
        return value is not None and value is not _MISSING
    if value is _MISSING:
        value = parameter.default
    if isinstance(value, nn.Module) or value is parameter.empty:
        raise NetworkError(
            f"a layer of the kind {type(module).__name__} can't be written as Python: its setting "
            f"{parameter.name} is not known"
        )
    return value


def _plain(value: Any) -> Any:
    """A window of equal sides is one number."""
    if isinstance(value, list | tuple) and len(set(value)) == 1:
        return value[0]
    return tuple(value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    plain = _plain(value)
    return quoted(plain) if isinstance(plain, str) else repr(plain)


def quoted(text: str) -> str:
    """A text as Python writes it, in double quotes where that needs no escape."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain
