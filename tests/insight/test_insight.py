"""Feature maps, answers and units of small models and of a whole network."""

import numpy as np
import pytest
import torch

from studio.errors import ModelError, NetworkError
from studio.image.picture import Picture
from studio.insight.answers import Answer, answer_values
from studio.insight.maps import feature_maps
from studio.insight.unit import field_on_picture
from studio.nets import Size
from studio.nets.layers.activation import Softmax
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.model import Card, Model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.zoo import NETWORKS, network


def model_of(untrained, **preprocessing):
    torch.manual_seed(4)
    classes = tuple(f"class {number}" for number in range(10))
    fitted = untrained.fit(untrained.input, classes)
    channels, height, width = fitted.input
    prepared = Preprocessing(
        size=(height, width),
        channels=channels,
        mean=(0.5,) * channels,
        std=(0.25,) * channels,
        **preprocessing,
    )
    weights = {name: array.numpy() for name, array in fitted.module().state_dict().items()}
    return Model(Card(title=fitted.title, network=fitted, preprocessing=prepared), weights)


def pictures(count, height=40, width=50):
    noise = np.random.default_rng(8).integers(0, 256, (count, height, width, 3), np.uint8)
    return [Picture(pixels) for pixels in noise]


@pytest.mark.parametrize("name", NETWORKS)
def test_maps_are_what_each_layer_gives(name):
    model = model_of(network(name))
    values = model.card.preprocessing.apply(pictures(1)[0])
    maps = feature_maps(model, values)
    rows = model.card.network.table()
    assert list(maps) == [row.name for row in rows]
    module, seen = model.module(), {}
    for part_name, part in module.named_modules():
        part.register_forward_hook(
            lambda _, __, out, part_name=part_name: seen.update({part_name: out[0].clone()})
        )
    with torch.no_grad():
        module(torch.from_numpy(values)[None])
    for row in rows:
        assert maps[row.name].dtype == np.float32
        assert maps[row.name].shape == row.output
        np.testing.assert_array_equal(maps[row.name].ravel(), seen[row.name].numpy().ravel())


def test_steps_made_before_give_the_same():
    model = model_of(network("convnet-bn"))
    values = model.card.preprocessing.apply(pictures(1)[0])
    again = feature_maps(model, values, model.steps())
    for name, array in feature_maps(model, values).items():
        np.testing.assert_array_equal(array, again[name])


@pytest.mark.parametrize("shape", [(3, 28, 28), (1, 28, 32), (28, 28)])
def test_maps_of_another_size(shape):
    with pytest.raises(NetworkError, match="LeNet-5 takes 1 × 28 × 28, not"):
        feature_maps(model_of(network("lenet5")), np.zeros(shape, np.float32))


def classify(model, several, top=5):
    values = np.stack([model.card.preprocessing.apply(picture) for picture in several])
    return answer_values(model, values, top, model.module())


def test_answers_are_torchs_likeliest_classes():
    model = model_of(network("convnet-bn"))
    several = pictures(70)
    found = classify(model, several, top=3)
    values = np.stack([model.card.preprocessing.apply(picture) for picture in several])
    with torch.no_grad():
        theirs = model.module()(torch.from_numpy(values)).softmax(1).topk(3)
    assert [[answer.class_name for answer in each] for each in found] == [
        [f"class {index}" for index in each] for each in theirs.indices.tolist()
    ]
    ours = [[answer.probability for answer in each] for each in found]
    np.testing.assert_allclose(ours, theirs.values, atol=1e-5)


def test_answers_are_probabilities_and_the_same_again():
    model = model_of(network("lenet5"))
    found = classify(model, pictures(3), top=100)
    assert [len(each) for each in found] == [10] * 3
    for each in found:
        probabilities = [answer.probability for answer in each]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1)
        assert all(type(value) is float for value in probabilities)
    assert classify(model, pictures(3), top=100) == found
    assert len(classify(model, pictures(1))[0]) == 5


def table_model(weights, *, softmax=False, classes=("a", "b", "c")):
    """Logits are `weights` times the one pixel of the picture."""
    layers = (Flatten(), Dense(units=3, bias=False), *([Softmax()] if softmax else []))
    return Model(
        Card(
            network=Network(input=Size(1, 1, 1), classes=classes, layers=layers),
            preprocessing=Preprocessing(size=(1, 1), channels=1, mean=(0,), std=(1,)),
        ),
        {"dense1.weight": np.array(weights, np.float32)[:, None]},
    )


WHITE = Picture(np.full((1, 1, 1), 255, np.uint8))


@pytest.mark.parametrize("softmax", [False, True])
def test_the_formula_of_softmax_is_applied_once(softmax):
    found = classify(table_model([0, np.log(3), np.log(4)], softmax=softmax), [WHITE])[0]
    assert [answer.class_name for answer in found] == ["c", "b", "a"]
    assert [answer.probability for answer in found] == pytest.approx([0.5, 0.375, 0.125])


def test_large_logits_and_ties():
    assert classify(table_model([1e4, 1e4, -1e4]), [WHITE])[0] == [
        Answer("a", 0.5),
        Answer("b", 0.5),
        Answer("c", 0.0),
    ]


def test_models_that_cannot_answer():
    with pytest.raises(ModelError, match="names no classes"):
        classify(table_model([1, 2, 3], classes=()), [WHITE])
    with pytest.raises(ModelError, match="not finite"):
        classify(table_model([3e38, 0, 0]), [Picture(np.full((1, 1, 1), 3e38, np.float32))])


def field(resize, row_name, y, x, height=64, width=128):
    model = model_of(network("convnet"), resize=resize)
    rows = {row.name: row for row in model.card.network.table()}
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    return field_on_picture(model, rows[row_name], y, x, picture)


@pytest.mark.parametrize(
    ("resize", "row_name", "y", "x", "expected"),
    [
        # one input pixel is 2 x 2 picture pixels, from column 32 on
        ("crop", "conv1", 10, 5, (16, 38, 10, 10, False)),
        ("crop", "conv1", 0, 31, (0, 90, 6, 6, True)),
        # 2 x 4 picture pixels
        ("stretch", "pool1", 4, 4, (12, 24, 12, 24, False)),
        # 4 x 4 picture pixels, 8 rows of border above and below
        ("fit", "conv1", 10, 5, (0, 12, 20, 20, False)),
        ("fit", "conv1", 8, 5, (0, 12, 12, 20, True)),
        ("fit", "conv1", 3, 5, (0, 12, 0, 20, True)),
        ("fit", "dense2", 0, 0, (0, 0, 64, 128, True)),
    ],
)
def test_fields_on_the_picture(resize, row_name, y, x, expected):
    assert field(resize, row_name, y, x) == pytest.approx(expected)
