"""Short titles for the steps of a network from elsewhere: ``Layer 1.0 · Conv 1``."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from torch import fx

from studio.nets.graph_step import SHORT_TITLES

# Modules that only hold others, by class; all that are made from nn.Sequential too.
_HOLDERS = {
    *("Sequential", "ModuleList", "ModuleDict"),
    *("Encoder", "MaxVitBlock", "BasicConv2d", "_DenseBlock"),
}
_NAMED = {"layer", "stage", "inception", "mixed"}
_NUMBER = re.compile(r"\d+[a-z]?(?![a-z])")


def block_of(node: fx.Node) -> str:
    """The block that a node is inside, such as ``Layer 1.0``; empty for one outside of all."""
    stack: Iterable[tuple[str, Any]] = (node.meta.get("nn_module_stack") or {}).values()
    for path, kind in stack:
        is_leaf = node.op == "call_module" and path == node.target
        if path and not is_leaf and not _is_holder(kind):
            return block_title(path)
    return ""


def _is_holder(kind: Any) -> bool:
    names = [one.__name__ for one in kind.__mro__] if isinstance(kind, type) else [str(kind)]
    return any(name.rpartition(".")[2] in _HOLDERS for name in names)


def block_title(path: str) -> str:
    """A module's path as a short title.

    Examples
    --------
    >>> block_title("layer1.0"), block_title("features.3"), block_title("inception3a")
    ('Layer 1.0', 'Block 3', 'Inception 3a')
    """
    parts = path.split(".")
    # A part that begins like the one before it says all that the one before says.
    said = [
        part
        for part, after in zip(parts, [*parts[1:], ""], strict=True)
        if not after.startswith(part)
    ]
    numbers = ".".join(
        re.sub(r"\D+(?=\d)", ".", part).strip(".") for part in said if _has_digit(part)
    )
    word = re.match(r"[A-Za-z]*", said[0])
    first = word.group().lower() if word else ""
    if not numbers:
        return said[-1].replace("_", " ").capitalize()
    return f"{first.capitalize() if first in _NAMED else 'Block'} {numbers}"


def _has_digit(part: str) -> bool:
    return _NUMBER.search(part) is not None


def number_titles(kinds: Sequence[str], blocks: Sequence[str]) -> list[str]:
    """A title for every row: its kind, numbered within the block, behind the block's title."""
    shorts = [
        (block, SHORT_TITLES.get(kind) or kind.replace("_", " ").capitalize())
        for kind, block in zip(kinds, blocks, strict=True)
    ]
    total = Counter(shorts)
    seen: Counter[tuple[str, str]] = Counter()
    titles = []
    for block, short in shorts:
        seen[block, short] += 1
        number = f" {seen[block, short]}" if total[block, short] > 1 else ""
        titles.append(f"{block} · {short}{number}" if block else f"{short}{number}")
    return titles
