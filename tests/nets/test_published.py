"""The tables of torchvision's classifiers, against what torch itself says of the same modules."""

import json

import numpy as np
import pytest
import torch
import torchvision
from pydantic import ValidationError
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model, get_model_weights, list_models

from studio.errors import ModelError, NetworkError
from studio.insight.answers import answer_values
from studio.insight.maps import feature_maps
from studio.nets import Size, weights
from studio.nets.architecture import Architecture
from studio.nets.model import Card, Model, load_model, read_card, save_model
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.published import PUBLISHED, Published, published, read_graph
from studio.nets.published_names import KNOWN
from studio.nets.steps import Steps
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS

WITH_AUXILIARY = ("googlenet", "inception_v3")
# What torchvision can't make on the meta device: numbers it computes with would be there too.
NOT_ON_META = "regnet_"


def theirs(name, **settings):
    """Torchvision's own module in evaluation mode, on the meta device where it can be made there.

    A GoogLeNet or Inception has its auxiliary classifiers taken away, which torch only runs in
    training.
    """
    if name in WITH_AUXILIARY:
        settings |= {"init_weights": False, "aux_logits": False}
    if name.startswith("vit_"):
        settings["image_size"] = KNOWN[name].side
    if name.startswith(NOT_ON_META):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(nn.Module, "register_parameter", _on_meta(nn.Module.register_parameter))
            return get_model(name, **settings).to("meta").eval()
    with torch.device("meta"):
        return get_model(name, **settings).eval()


def _on_meta(register):
    """Each parameter goes to the meta device as soon as its layer has it."""

    def moved(self, name, parameter):
        if parameter is not None:
            parameter = nn.Parameter(parameter.to("meta"), parameter.requires_grad)
        register(self, name, parameter)

    return moved


def of_torch(module, side):
    """For every call of a layer: its name, the shape it gives, its weights, multiply-adds.

    And the sum of all multiply-adds.
    """
    names = {part: name for name, part in module.named_modules()}
    calls = []

    def note(part, _, result):
        if isinstance(result, torch.Tensor) and not list(part.children()):
            count = sum(each.numel() for each in part.parameters())
            calls.append((names[part], tuple(result.shape[1:]), count))

    hooks = [part.register_forward_hook(note) for part in names]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        answer = module(torch.empty(1, 3, side, side, device="meta"))
    for hook in hooks:
        hook.remove()
    top = type(module).__name__
    counts = {
        name.removeprefix(f"{top}."): sum(found.values()) // 2
        for name, found in counter.get_flop_counts().items()
    }
    return calls, counts, counter.get_total_flops() // 2, tuple(answer.shape[1:])


def shape_of(row):
    """The shape in torch that a row says."""
    return row.shape or (tuple(row.output)[:1] if row.output.flat else tuple(row.output))


def test_every_classifier_of_torchvision_is_known():
    assert list(PUBLISHED) == list_models(module=torchvision.models)


def test_the_pictures_are_those_of_the_default_weights():
    sides = {name: get_model_weights(name).DEFAULT.transforms().crop_size[0] for name in KNOWN}
    assert {name: known.side for name, known in KNOWN.items()} == sides


@pytest.mark.parametrize("name", PUBLISHED)
def test_tables_are_torchs_own(name):
    """None is left out: the RegNets, which can't be made on the meta device, are made otherwise."""
    network = published(name)
    rows = network.table()
    module = theirs(name)
    calls, counts, total, answer = of_torch(module, KNOWN[name].side)
    assert not network.problems()
    assert sum(row.weights for row in rows) == sum(each.numel() for each in module.parameters())
    assert sum(row.weights for row in rows) == KNOWN[name].weights
    assert sum(row.multiply_adds for row in rows) == total
    assert shape_of(rows[-1]) == answer == (1000,)
    by_name = {row.name: row for row in rows}
    assert len(by_name) == len(rows)
    compared, used = set(), set()
    repeated = {}
    for path, shape, count in calls:
        repeated[path] = repeated.get(path, -1) + 1
        row = by_name.get(f"{path}_{repeated[path]}" if repeated[path] else path)
        if row is None:
            continue  # inside a step of the table, such as attention
        assert shape_of(row) == shape, row.name
        if path not in used:
            assert row.weights == count, row.name
            assert row.multiply_adds == counts.get(path, 0), row.name
        used.add(path)
        compared.add(row.name)
    left = [row for row in rows if row.name not in compared and row.kind in ("conv", "batch_norm")]
    assert not left
    assert len(compared) > len(rows) / 3
    assert all(row.inputs and set(row.inputs) <= {"input", *by_name} for row in rows)


REPRESENTATIVE = {
    "alexnet": 64,
    "squeezenet1_1": 63,  # with 64 the last pixel is used by nobody, but fields reach over it
    "resnet18": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_small": 32,
    "shufflenet_v2_x0_5": 64,
    "googlenet": 64,
    "mnasnet0_5": 64,
    "regnet_y_400mf": 64,
    "densenet121": 64,
    "convnext_tiny": 32,
    "efficientnet_b0": 64,
    "swin_t": 64,
    "vit_b_32": 64,
}


def small(name):
    side = REPRESENTATIVE[name]
    return published(name).change(input=Size(3, side, side), classes=("cat", "dog", "bird"))


def filled(network):
    """A model with numbers that are quickly made."""
    generator = np.random.default_rng(1)
    arrays = {
        name: np.zeros(part.shape, part.dtype)
        if part.dtype == "int64"
        else generator.random(part.shape, np.float32) / 10
        for name, part in network.state().items()
    }
    return Model(
        untrained(small("squeezenet1_1")).card.change(
            network=network, preprocessing=Preprocessing(size=network.input[1:])
        ),
        arrays,
    )


@pytest.mark.parametrize("name", [*REPRESENTATIVE, "swin_v2_t", "inception_v3", "maxvit_t"])
def test_steps_give_the_shapes_of_the_rows(name):
    network = small(name) if name in REPRESENTATIVE else published(name)
    found = Steps(read_graph(network)).run(torch.empty(2, *network.input, device="meta"))
    for row in network.table():
        assert tuple(found[row.name].shape[1:]) == shape_of(row), row.name
        assert np.prod(shape_of(row)) == row.output.values


FIELDS = (
    *("alexnet", "squeezenet1_1", "resnet18", "mobilenet_v2", "mobilenet_v3_small"),
    *("shufflenet_v2_x0_5", "convnext_tiny", "googlenet"),
)


@pytest.mark.parametrize("name", FIELDS)
def test_receptive_fields_against_nan(name):
    """NaN in one pixel turns exactly those values into NaN whose field holds the pixel."""
    network = small(name)
    side = REPRESENTATIVE[name]
    torch.manual_seed(0)
    module = network.module().double().eval()
    pixels = [(0, 0), (side - 1, side // 2), (17, side // 2 + 5)]
    given = torch.rand(len(pixels) + 1, *network.input, dtype=torch.float64)
    for picture, (y, x) in enumerate(pixels):
        given[picture, :, y, x] = torch.nan
    with torch.inference_mode():
        found = Steps(module).run(given)
    for row in network.table():
        result = found[row.name]
        if len(row.shape) == 3:
            result = result.moveaxis(-1, 1)
        hit = result.reshape(-1, *row.output).isnan().any(dim=1).numpy()
        assert not hit[-1].any()
        ys, xs = np.mgrid[: row.output.height, : row.output.width]
        for picture, (y, x) in enumerate(pixels):
            top, left = row.offset[0] + ys * row.stride[0], row.offset[1] + xs * row.stride[1]
            inside = (top <= y) & (y < top + row.receptive_field[0])
            inside &= (left <= x) & (x < left + row.receptive_field[1])
            np.testing.assert_array_equal(hit[picture], inside, f"{row.name} {y} {x}")


def test_a_table_for_people():
    rows = {row.name: row for row in published("resnext50_32x4d").table()}
    conv = rows["layer2.0.conv2"]
    assert (conv.title, conv.block) == ("Layer 2.0 · Conv 2", "Layer 2.0")
    assert conv.words == "3 × 3, stride 2, padding 1, groups 32"
    assert conv.kind == "conv"
    assert rows["layer2.0.add"].inputs == ("layer2.0.bn3", "layer2.0.downsample.1")
    assert rows["avgpool"].words == "global average"
    assert (rows["fc"].kind, rows["fc"].title) == ("dense", "Dense")
    assert rows["conv1"].inputs == ("input",)


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("vgg16", ""),
        ("inception_v3", "Mixed 5b"),
        ("googlenet", "Inception 3a"),
        ("densenet121", "Block 1.1"),
        ("regnet_y_400mf", "Block 1.0"),
        ("vit_b_32", "Block 0"),
        ("mobilenet_v2", "Block 1"),
        ("shufflenet_v2_x0_5", "Stage 2.0"),
    ],
)
def test_blocks_are_named_shortly(name, block):
    rows = published(name).table()
    assert block in {row.block for row in rows}
    assert max(len(row.title) for row in rows) <= 24
    assert len({row.title for row in rows}) == len(rows)


def test_channels_last_maps_are_shown_as_maps():
    rows = {row.name: row for row in small("convnext_tiny").table()}
    inner = rows["features.1.0.block.3"]
    assert (inner.output, inner.shape) == (Size(384, 8, 8), (8, 8, 384))
    model = filled(small("convnext_tiny"))
    values = np.random.default_rng(0).random((3, 32, 32), np.float32)
    steps = model.steps()
    maps = feature_maps(model, values, steps)
    with torch.inference_mode():
        found = steps.run(torch.from_numpy(values[None]))
    np.testing.assert_array_equal(
        maps[inner.name], found[inner.name][0].permute(2, 0, 1).contiguous()
    )


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("alexnet", Size(3, 20, 20), "AlexNet can't take 3 × 20 × 20: features.5, .*too small"),
        ("vit_b_32", Size(3, 225, 225), "indivisible"),
        ("vit_b_32", Size(3, 224, 256), "square pictures"),
        ("maxvit_t", Size(3, 100, 100), "not divisible by partition size"),
    ],
)
def test_an_input_that_does_not_fit(name, size, message):
    with pytest.raises(NetworkError, match=message):
        published(name).fit(size, ("a", "b"))


def test_rows_below_a_problem_say_so():
    rows = published("alexnet").table(Size(3, 20, 20))
    wrong = [row for row in rows if row.problem]
    assert wrong[0].name == "features.5"
    assert {row.problem for row in wrong[1:]} == {"needs the layers above it to work"}
    assert len(rows) == len(published("alexnet").table())


def test_sized_networks_keep_to_their_size():
    (problem,) = published("vit_b_32").problems(Size(3, 256, 256))
    assert "3 × 224 × 224 only" in problem.message


def test_own_classes_get_a_new_head():
    fitted = published("resnet18").fit(Size(3, 32, 32), ("cat", "dog"))
    assert fitted.table()[-1].output == (2, 1, 1)
    assert fitted.state()["fc.weight"].shape == (2, 512)
    assert fitted.weights == published("resnet18").weights - 998 * 513


def test_unknown_names():
    with pytest.raises(NetworkError, match=r"no classifier 'resnet19'; similar are .*resnet18"):
        published("resnet19")
    with pytest.raises(ValidationError, match="no classifier 'nothing'"):
        Published(architecture="nothing")
    with pytest.raises(ValidationError, match="colour pictures"):
        Published(input=Size(1, 28, 28))


@pytest.mark.parametrize("name", REPRESENTATIVE)
def test_state_is_the_modules(name):
    network = published(name).change(classes=("cat", "dog", "bird"))
    found = theirs(name, num_classes=3).state_dict()
    assert {key: (part.shape, part.dtype) for key, part in network.state().items()} == {
        key: (tuple(array.shape), str(array.dtype).removeprefix("torch."))
        for key, array in found.items()
    }


@pytest.mark.parametrize("name", ["squeezenet1_1", "mnasnet0_5", "regnet_y_400mf"])
def test_a_saved_model_comes_back(name, tmp_path):
    network = small(name)
    model = filled(network)
    loaded = load_model(save_model(model, tmp_path / "mine"))
    assert loaded.card.network == network
    values = torch.rand(1, *network.input)
    module = loaded.module()
    with torch.inference_mode():
        np.testing.assert_array_equal(module(values), model.module()(values))
    for key, array in module.state_dict().items():
        np.testing.assert_array_equal(array, model.weights[key])


def test_the_longest_list_of_arrays_fits_a_file():
    state = published("efficientnet_v2_l").state()
    header = {
        name: {"dtype": "F32", "shape": part.shape, "data_offsets": [10**10, 10**10]}
        for name, part in state.items()
    }
    assert len(json.dumps(header)) < weights._LARGEST_HEADER / 2


def test_cards_tell_networks_apart():
    for network in (NETWORKS["lenet5"], published("resnet18")):
        size = network.input
        card = Card(
            network=network,
            preprocessing=Preprocessing(
                size=size[1:],
                channels=size.channels,
                mean=(0.0,) * size.channels,
                std=(1.0,) * size.channels,
            ),
        )
        again = Card(**card.model_dump(mode="json"))
        assert again == card
        assert type(again.network) is type(network)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ('{"architecture": "resnet19"}', "network.architecture: .*no classifier 'resnet19'"),
        ('{"architecture": "resnet18", "layers": []}', "network.layers: Extra inputs"),
        ('{"layers": 3}', "network.layers: .*must be a list"),
        ("[]", "network"),
    ],
)
def test_a_wrong_card_is_clear(values, message, tmp_path):
    path = tmp_path / "card.json"
    path.write_text(f'{{"format": 1, "network": {values}}}')
    with pytest.raises(ModelError, match=message):
        read_card(path)


def test_an_untrained_one_depends_on_its_seed_only():
    network = small("squeezenet1_1")
    before = torch.get_rng_state()
    one, same, other = (untrained(network, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    name = "features.0.weight"
    np.testing.assert_array_equal(one.weights[name], same.weights[name])
    assert not np.array_equal(one.weights[name], other.weights[name])
    values = np.zeros((1, *network.input), np.float32)
    ((first, *_),) = answer_values(one, values, 3, one.module())
    assert first.class_name in network.classes


def test_both_kinds_of_network_are_architectures():
    kinds: list[Architecture] = [NETWORKS["lenet5"], published("resnet18")]
    for network in kinds:
        assert isinstance(network, Network | Published)
        assert network.weights == sum(row.weights for row in network.table())


def test_a_model_keeps_its_card_and_arrays():
    model = untrained(small("squeezenet1_1"))
    assert isinstance(model, Model)
    assert list(model.weights) == list(model.card.network.state())
