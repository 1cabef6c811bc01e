"""What the code in a TorchScript file may do, looked at before torch compiles it.

TorchScript is no Python, but it can write files (``torch.save``), map them (``torch.from_file``)
and call other machines; and ``__setstate__`` runs while a file is opened.
"""

import ast
from collections.abc import Iterator

from studio.errors import ModelError
from studio.nets.foreign.archive import Archive
from studio.nets.foreign.operations import computes

_LARGEST_CODE = 2**24  # bytes
# Functions of TorchScript, besides those of torch that only compute.
_HELPERS = frozenset(
    """
    __and__ __contains__ __is__ __isnot__ __not__ __or__ append bernoulli_ copy copy_ dim empty
    fill_ floordiv format index is_autocast_enabled is_floating_point is_grad_enabled len
    masked_fill masked_fill_ numel remainder repeat size tensor warn zero_
    """.split()  # noqa: SIM905 (a table, not a list)
)
_PRIM = frozenset(
    "RaiseException NumToTensor requires_grad dtype device is_nested type min max shape".split()  # noqa: SIM905
)
_RUNS_AT_OPENING = ("__setstate__", "__init__", "__new__")
_REACHING = frozenset(
    "save from_file load load_state_dict rpc_async rpc_sync rpc_remote classes fork wait".split()  # noqa: SIM905
)


def check_script(archive: Archive) -> None:
    """Refuse code that does more than compute.

    Raises
    ------
    ModelError
        Naming the operation.
    """
    for entry in ("data.pkl", "constants.pkl"):
        if b"torch.classes" in archive.read(entry):
            raise _refusal(archive.name, "an object that only torch's own code can make")
    budget = _LARGEST_CODE
    for entry in archive.names:
        if entry.startswith("code/") and entry.endswith(".py"):
            text = archive.read(entry, limit=budget)
            budget -= len(text)
            try:
                tree = ast.parse(text)
                wrong = next(_wrong(tree), "")
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                raise _refusal(archive.name, f"code that can't be checked ({error})") from None
            if wrong:
                raise _refusal(archive.name, wrong)


def _refusal(name: str, what: str) -> ModelError:
    return ModelError(
        f"{name} holds {what}: nothing in it was executed",
        "Export the network's state_dict() instead, if its architecture is a known one",
    )


def _wrong(tree: ast.AST) -> Iterator[str]:
    """What the code does besides computing, in words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in _RUNS_AT_OPENING:
            yield f"code that runs when it is opened ({node.name})"
        elif isinstance(node, ast.While):
            yield "a loop that may not end (while)"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield "code that imports"
        elif isinstance(node, ast.Attribute):
            path = _path(node)
            if node.attr in _REACHING or not _is_allowed(path):
                yield f"the operation {'.'.join(path) or node.attr}"


def _path(node: ast.expr) -> tuple[str, ...]:
    """The names of a dotted path; empty where it begins with something else."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return (*before, node.attr) if before else ()
    return ()


def _is_allowed(path: tuple[str, ...]) -> bool:
    if path[:1] == ("torch",):
        return len(path) == 2 and (path[1] in _HELPERS or computes(path[1]))
    if path[:1] == ("ops",):
        return path[:2] == ("ops", "prim") and (len(path) == 2 or path[2] in _PRIM)
    return True
