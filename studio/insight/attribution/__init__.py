"""Why a network answers as it does: methods of attribution, a family in each file."""

import sys

from studio.declare import find_kinds
from studio.insight.attribution.explaining import class_index, class_logits, class_name, explain
from studio.insight.attribution.method import Attribution, Method

METHODS: dict[str, type[Method]] = dict(
    sorted(find_kinds(sys.modules[__name__], Method).items(), key=lambda item: item[1].title)
)

__all__ = [
    "METHODS",
    "Attribution",
    "Method",
    "class_index",
    "class_logits",
    "class_name",
    "explain",
]
