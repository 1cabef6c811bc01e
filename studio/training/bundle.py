"""Put a run's model among those that come with the studio: python -m studio.training.bundle."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from studio import paths
from studio.errors import StudioError
from studio.nets.model import Model, load_model, save_model


def bundle(run: Path, name: str, title: str, folder: Path | None = None) -> Path:
    """Save the model of a run folder under another name and title, its card otherwise kept.

    Parameters
    ----------
    folder : Path, optional
        Where to; the studio's own models unless told.
    """
    model = load_model(run)
    card = model.card.change(name=name, title=title)
    return save_model(Model(card, model.weights), (folder or paths.MODELS) / name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 2 where something is wrong with the run."""
    parser = argparse.ArgumentParser(prog="python -m studio.training.bundle", description=__doc__)
    parser.add_argument("run", metavar="RUN_DIR", type=Path, help="a folder that studio train made")
    parser.add_argument("name", metavar="NAME", help="the model's name, such as lenet5-mnist")
    parser.add_argument("--title", required=True, help="the name as people read it")
    given = parser.parse_args(arguments)
    try:
        print(bundle(given.run, given.name, given.title))
    except StudioError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
