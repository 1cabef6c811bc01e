"""studio features: the feature maps of a picture, as pictures."""

import argparse

import numpy as np

from studio.commands.shared import folder_for, open_model
from studio.errors import ModelError, SettingError


def run_features(given: argparse.Namespace) -> int:
    """Write one sheet of feature maps for each layer."""
    from studio.image.read import read_picture
    from studio.insight.maps import feature_maps
    from studio.insight.sheet import write_sheets

    model = open_model(given.model, given.architecture)
    picture = read_picture(given.picture)
    names = [row.name for row in model.card.network.table()]
    if given.layer is not None and given.layer not in names:
        raise SettingError(
            f"{given.model} has no layer '{given.layer}'", f"Its layers are: {', '.join(names)}"
        )
    maps = feature_maps(model, model.card.preprocessing.apply(picture))
    wrong = next((name for name, values in maps.items() if not np.isfinite(values).all()), None)
    if wrong:
        raise ModelError(f"{given.model} gives values at {wrong} that are not finite")
    with folder_for(given.out):
        for target in write_sheets(maps, given.out, given.layer):
            print(target)
    return 0
