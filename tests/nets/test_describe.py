import json

import pytest

from studio.errors import NetworkError, SettingError
from studio.nets import Size
from studio.nets.describe import dense_equivalent, describe, parse_size
from studio.nets.zoo import NETWORKS, network


@pytest.mark.parametrize("name", NETWORKS)
def test_a_description_is_plain_and_adds_up(name):
    found = describe(network(name))
    assert json.loads(json.dumps(found)) == found
    assert found["name"] == name
    assert found["input"] == list(network(name).input)
    assert found["weights"] == network(name).weights == sum(x["weights"] for x in found["layers"])
    assert set(found["layers"][0]) == {
        *("name", "kind", "output", "weights", "receptive_field", "stride", "multiply_adds")
    }


def test_a_line_of_a_description():
    lines = {line["name"]: line for line in describe(network("convnet"))["layers"]}
    assert lines["pool2"] == {
        "name": "pool2",
        "kind": "max_pool",
        "output": [64, 8, 8],
        "weights": 0,
        "receptive_field": [16, 16],
        "stride": [4, 4],
        "multiply_adds": 0,
    }


def test_another_input():
    found = describe(network("mlp"), Size(3, 224, 224))
    assert found["input"] == [3, 224, 224]
    assert found["weights"] == 77_338_634


def test_an_input_that_does_not_fit():
    with pytest.raises(NetworkError, match="ConvNet can't take 3 × 4 × 4: layer 9, pool3, a 2 × 2"):
        describe(network("convnet"), Size(3, 4, 4))


@pytest.mark.parametrize("text", ["3x32x64", "3×32×64", " 3 X 32 x 64 ", "3,32,64"])
def test_sizes(text):
    assert parse_size(text) == Size(3, 32, 64)


@pytest.mark.parametrize(
    "text", ["", "32x32", "3x32x32x1", "3x32x-1", "3xax2", "3x0x4", "3x1.5x2", "3x70000x2", "٣x3x3"]
)
def test_what_is_no_size(text):
    with pytest.raises(SettingError, match=r"is no (possible )?size") as caught:
        parse_size(text)
    assert caught.value.field == "input"


def test_what_a_dense_layer_would_need():
    rows = {row.name: row for row in network("convnet").table()}
    assert dense_equivalent(rows["conv1"]) == (3 * 32 * 32 + 1) * 32 * 32 * 32
    assert dense_equivalent(rows["dense2"]) == rows["dense2"].weights == 10_010


@pytest.mark.parametrize(
    ("size", "total"), [(Size(1, 28, 28), 669_706), (Size(3, 224, 224), 77_338_634)]
)
def test_a_dense_network_needs_what_it_has(size, total):
    rows = [row for row in network("mlp").table(size) if row.kind == "dense"]
    assert sum(map(dense_equivalent, rows)) == sum(row.weights for row in rows) == total
