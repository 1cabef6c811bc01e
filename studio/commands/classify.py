"""studio classify: say what is on pictures."""

import argparse
import functools
from typing import Any

from studio.commands.shared import BAD_INPUT, expand, open_model
from studio.console import complain, plain, print_json
from studio.errors import SettingError
from studio.insight.answers import percent


def run_classify(given: argparse.Namespace) -> int:
    """Print the likeliest classes of each picture."""
    from studio.image.read import read_picture
    from studio.insight.gallery import Answered, Unreadable, answer_pictures

    if given.top < 1:
        raise SettingError(f"--top can't be {given.top}", "It must be at least 1")
    model = open_model(given.model, given.architecture)
    paths = expand(given.paths)
    results: list[dict[str, Any]] = [{"path": str(path)} for path in paths]
    readers = (functools.partial(read_picture, path) for path in paths)
    for event in answer_pictures(model, readers, top=given.top):
        if isinstance(event, Unreadable):
            results[event.number]["error"] = str(event.error)
        elif isinstance(event, Answered):
            results[event.number]["answers"] = [
                {"class": answer.class_name, "probability": answer.probability}
                for answer in event.answers
            ]
    if given.json:
        print_json(results)
    else:
        _print_answers(results)
    return 0 if any("answers" in result for result in results) else BAD_INPUT


def _print_answers(results: list[dict[str, Any]]) -> None:
    for entry in results:
        if "error" in entry:
            complain(f"{entry['path']}: {entry['error']}")
            continue
        named = (f"{a['class']} {percent(a['probability'])}" for a in entry["answers"])
        print(f"{entry['path']}: {plain(', '.join(named))}")
