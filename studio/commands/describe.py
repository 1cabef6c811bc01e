"""studio describe: the table of a network."""

import argparse
import os
from typing import Any

from studio.console import plain, print_json, print_table
from studio.errors import NetworkError


def run_describe(given: argparse.Namespace) -> int:
    """Print the table of a network."""
    from studio.nets.describe import describe, parse_size
    from studio.nets.published import Published

    network = _find_network(given.network, given.architecture)
    size = parse_size(given.input) if given.input is not None else None
    if size is not None and isinstance(network, Published):
        network, size = network.change(input=size), None  # some are made for one size only
    table = describe(network, size)
    if given.json:
        print_json(table)
        return 0
    print(plain(f"{table['title']}, input {' × '.join(map(str, table['input']))}"))
    rows = [["layer", "output", "weights", "multiply-adds", "field", "stride"]]
    for layer in table["layers"]:
        rows.append(
            [
                layer["name"],
                "×".join(map(str, layer["output"])),
                f"{layer['weights']:,}" if layer["weights"] else "",
                f"{layer['multiply_adds']:,}" if layer["multiply_adds"] else "",
                "×".join(map(str, layer["receptive_field"])),
                "×".join(map(str, layer["stride"])),
            ]
        )
    print_table(rows, left=1)
    print(f"{table['weights']:,} weights, {table['multiply_adds']:,} multiply-adds")
    return 0


def _find_network(name: str, architecture: str | None) -> Any:
    """A network of the zoo, of torchvision or of a file, or the network of a model."""
    from studio.nets.model import TORCHVISION, UNTRAINED, bundled, load_model
    from studio.nets.network_file import load_network
    from studio.nets.published import PUBLISHED, published
    from studio.nets.zoo import NETWORKS, network

    if architecture is not None:
        return load_model(name, architecture=architecture).card.network
    if name in NETWORKS:
        return NETWORKS[name]
    if name in PUBLISHED or name.startswith(TORCHVISION):
        known, _, weights = name.removeprefix(TORCHVISION).partition(":")
        if weights not in ("", UNTRAINED):
            from studio.nets.published_offers import offer

            offer(known, weights)  # the table is that of the network; wrong weights are said
        return published(known)
    if name.lower().endswith(".json") and os.path.isfile(name):
        weights = f"{name[: -len('.json')]}.safetensors"
        if not os.path.exists(weights):  # else it is a model's card
            return load_network(name)
    if any(map(os.path.exists, (name, f"{name}.json"))) or name in {
        card.name for card in bundled()
    }:
        return load_model(name).card.network
    try:
        return network(name)
    except NetworkError as error:
        remedy = f"{error.remedy}; or one from: studio list published"
        raise NetworkError(error.message, remedy) from None
