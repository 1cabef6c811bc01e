"""By what the pictures of a run are known again."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from studio.data.parts import Data, Part

_LOOKED_AT = 64  # pictures of each part


def fingerprint(data: Data) -> dict[str, Any]:
    """Plain values that are others when the data is.

    The classes; of each part how many pictures it has, a digest of the labels, and one of some
    pictures spread over it; the statistics of the training part, which every pixel of it changes.
    """
    prepared = data.preprocessing
    parts = {"training": data.train, "validation": data.validation, "test": data.test}
    return {
        "classes": list(data.facts.classes),
        "statistics": [*prepared.mean, *prepared.std],
        "parts": {name: _of(part) for name, part in parts.items() if part is not None},
    }


def _of(part: Part) -> dict[str, Any]:
    places = np.unique(np.linspace(0, len(part) - 1, _LOOKED_AT).astype(np.int64))
    pictures = np.ascontiguousarray(part.pictures[places])
    return {
        "count": len(part),
        "labels": hashlib.blake2b(part.labels.tobytes(), digest_size=16).hexdigest(),
        "pictures": hashlib.blake2b(pictures.data, digest_size=16).hexdigest(),
    }


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What of the data is another, in words; empty where nothing is."""
    if before["classes"] != now["classes"]:
        return f"the classes are {', '.join(now['classes'])}, not {', '.join(before['classes'])}"
    if before["parts"].keys() != now["parts"].keys():
        return f"the parts are {', '.join(now['parts'])}, not {', '.join(before['parts'])}"
    for name, part in now["parts"].items():
        old = before["parts"][name]
        if part["count"] != old["count"]:
            return f"there are {part['count']:,} {name} pictures, not {old['count']:,}"
        if part != old:
            return f"the {name} pictures are others"
    return "" if before == now else "the training pictures are others"
