import json

import pytest
import torch

from studio.errors import NetworkError
from studio.nets import LAYERS, Size
from studio.nets.layers.activation import ReLU, Softmax
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, DenseConv, Flatten
from studio.nets.layers.pooling import AveragePool, MaxPool
from studio.nets.network import Network
from studio.nets.zoo import NETWORKS, network


def test_rows_of_the_convnet_of_the_course():
    rows = {row.name: row for row in network("convnet-valid").table()}
    assert [row.weights for row in rows.values() if row.weights] == [
        *(2_432, 51_264, 102_464, 65_000, 10_010)
    ]
    assert rows["pool3"].output == (64, 1, 1)
    assert rows["pool3"].receptive_field == (36, 36)
    assert rows["pool3"].stride == (8, 8)
    assert rows["conv1"].multiply_adds == 2_457_600
    assert rows["conv2"].title == "Conv 2"
    assert rows["flatten1"].title == "Flatten"


def test_dense_layers_are_counted_for_another_input():
    rows = network("mlp").table(Size(3, 224, 224))
    assert sum(row.weights for row in rows) == 77_338_634


def test_an_unknown_network_is_answered_with_those_there_are():
    with pytest.raises(NetworkError, match=r"no network 'lenet'.*lenet5, convnet, convnet-valid"):
        network("lenet")


@pytest.mark.parametrize("name", NETWORKS)
def test_json_and_back(name):
    chosen = NETWORKS[name]
    text = json.dumps(chosen.model_dump(mode="json"))
    assert Network.build(json.loads(text)) == chosen


def test_json_names_kind_and_settings():
    small = Network(input=Size(1, 2, 2), layers=(Flatten(), Dense(units=3)))
    values = small.model_dump(mode="json")
    assert values["input"] == [1, 2, 2]
    assert values["layers"] == [
        {"kind": "flatten"},
        {"kind": "dense", "units": 3, "bias": True, "frozen": False},
    ]


@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_of_layer_goes_through_json(kind):
    small = Network(layers=(LAYERS[kind](),))
    assert Network.build(json.loads(small.model_dump_json())).layers == small.layers


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"kind": "conv", "kernel": 0}], "layer 1, conv: kernel can't be 0"),
        ([{"kind": "relu"}, {"kind": "conw"}], "layer 2: there is no kind of layer 'conw'"),
        ([{"kind": "relu", "slope": 1}], "layer 1, relu: there is no setting 'slope'"),
        ([{"kernel": 3}], 'layer 1 has no "kind"'),
        ([{"kind": []}], r"layer 1: there is no kind of layer \[\]"),
        (["relu"], 'layer 1 has no "kind"'),
    ],
)
def test_a_wrong_layer_is_named(layers, message):
    with pytest.raises(NetworkError, match=message):
        Network.build({"layers": layers})


BROKEN = Network(
    title="Deep",
    input=Size(1, 8, 8),
    layers=(Conv(filters=2, kernel=5), Conv(filters=2, kernel=5), ReLU(), Flatten(), Dense()),
)


def test_the_table_goes_on_after_a_problem():
    rows = BROKEN.table()
    assert [bool(row.problem) for row in rows] == [False, True, True, True, True]
    assert rows[1].problem == (
        "a 5 × 5 kernel doesn't fit in 4 × 4: add padding or use a smaller kernel"
    )
    assert {row.problem for row in rows[2:]} == {"needs the layers above it to work"}
    assert {row.output for row in rows[1:]} == {(0, 0, 0)}


def test_problems_name_the_layer():
    first = BROKEN.problems()[0]
    assert (first.layer_index, first.name) == (1, "conv2")
    assert len(BROKEN.problems()) == 4
    assert BROKEN.problems(Size(1, 20, 20)) == ()


@pytest.mark.parametrize("use", [Network.module, Network.state, Network.check])
def test_a_broken_network_is_not_built(use):
    with pytest.raises(
        NetworkError, match="Deep can't take 1 × 8 × 8: layer 2, conv2, a 5 × 5 kernel"
    ):
        use(BROKEN)


def test_a_network_without_layers_has_a_problem():
    assert Network().table() == ()
    with pytest.raises(NetworkError, match="there are no layers"):
        Network().check()


def test_classes_and_values_must_agree():
    wrong = network("lenet5").change(classes=("cat", "dog"))
    assert wrong.problems()[0].message == "gives 10 values for 2 classes"


def test_a_convolution_cannot_follow_flatten_even_on_one_pixel():
    layers = (Flatten(), Conv(kernel=1))
    assert "vector" in Network(input=Size(4, 1, 1), layers=layers).problems()[0].message


@pytest.mark.parametrize("size", [(0, 8, 8), (1, 8, -1), (1, 8, 70000)])
def test_an_impossible_input_is_refused(size):
    with pytest.raises(Exception, match="no possible size"):
        Network.build({"input": size})


def test_names_count_the_layers_of_a_family():
    layers = (MaxPool(), AveragePool(), ReLU(), Softmax())
    rows = Network(layers=layers).table()
    assert [row.name for row in rows] == ["pool1", "pool2", "relu1", "softmax1"]
    assert [row.title for row in rows] == ["Pool 1", "Pool 2", "ReLU", "Softmax"]


@pytest.mark.parametrize("name", ["lenet5", "mlp", "convnet", "convnet-bn"])
@pytest.mark.parametrize("size", [Size(1, 28, 28), Size(3, 32, 32)])
def test_fit_to_other_data(name, size):
    classes = tuple("abcdefg")
    fitted = network(name).fit(size, classes)
    assert fitted.input == size
    assert fitted.classes == classes
    assert fitted.module().eval()(torch.zeros(1, *size)).shape == (1, 7)
    assert fitted.layers[:-1] == network(name).layers[:-1]


def test_fit_to_the_same_changes_only_the_classes():
    classes = tuple("0123456789")
    fitted = network("lenet5").fit(Size(1, 28, 28), classes)
    assert fitted == network("lenet5").change(classes=classes)


def test_fit_says_what_does_not_fit():
    with pytest.raises(NetworkError, match="pool3, a 2 × 2 window doesn't fit in 1 × 1"):
        network("convnet-valid").fit(Size(1, 28, 28), ("a", "b"))
    with pytest.raises(NetworkError, match="no dense layer"):
        Network(layers=(Conv(),)).fit(Size(1, 28, 28), ("a", "b"))
    sliding = Network(title="Sliding", input=Size(1, 28, 28), layers=(DenseConv(height=26),))
    with pytest.raises(NetworkError, match="Sliding gives 3 × 28 answers for 1 × 28 × 28"):
        sliding.fit(Size(1, 28, 28), ("a", "b"))


def test_building_follows_the_generator_of_torch():
    def first_weights(seed):
        torch.manual_seed(seed)
        return network("lenet5").module().conv1.weight

    assert torch.equal(first_weights(3), first_weights(3))
    assert not torch.equal(first_weights(3), first_weights(4))
