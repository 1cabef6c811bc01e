"""What every benchmark says first, and how it is asked."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any


def facts(libraries: Sequence[str]) -> dict[str, Any]:
    """The machine, and the versions of what is measured."""
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in libraries},
    }


def parser(package: str, text: str | None, parts: Sequence[str]) -> argparse.ArgumentParser:
    """The arguments that all have: parts to measure, and a file for the figures."""
    made = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{package}",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {', '.join(parts)}")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return made


def chosen(
    asked: argparse.ArgumentParser, given: argparse.Namespace, parts: Sequence[str]
) -> list[str]:
    """The parts that were named; an unknown one ends the program."""
    unknown = [part for part in given.parts if part not in parts]
    if unknown:
        asked.error(f"there is no part {unknown[0]}, only {', '.join(parts)}")
    return list(given.parts)


def run(
    libraries: Sequence[str],
    parts: Mapping[str, Callable[[], Any]],
    names: Sequence[str],
    target: Path | None,
) -> int:
    """Measure the parts in their order, and keep what was found; the exit status."""
    found = facts(libraries)
    for name in names:
        print(f"\n{name}", flush=True)
        found[name] = parts[name]()
        if target:  # after each part, so that a run that is cut off leaves something
            target.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0
