"""Where the studio starts: the window when nothing is said, a command otherwise."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from studio import launch
from studio.errors import StudioError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the studio and return its exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        from studio import cli  # slow enough to be interrupted
    except KeyboardInterrupt:
        print("studio: interrupted", file=sys.stderr)
        return 130
    return cli.main(given, open_window=open_window, tour=tour)


def open_window(document: str | None) -> int:
    """Open the window; without a display, say so and run the tour instead."""
    _check_libraries()
    if not launch.has_display():
        print(
            "studio: there is no display, so the tour runs instead, into studio-tour/", flush=True
        )
        return tour(Path("studio-tour"))
    from studio.window.assembly import run

    return run(document)


def tour(folder: Path) -> int:
    """The whole main job without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _check_libraries()
    from studio.window.tour import run_tour

    return run_tour(folder)


def _check_libraries() -> None:
    missing = launch.missing_packages()
    if missing:
        raise StudioError(launch.missing_words(missing))


if __name__ == "__main__":
    sys.exit(main())
