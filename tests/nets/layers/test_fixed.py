"""The layers that learn nothing: a permutation that can be undone, and a matrix that is set."""

import numpy as np
import pytest
import torch

from studio.errors import NetworkError
from studio.insight.pointwise import made_of
from studio.nets.export.python_file import python_text
from studio.nets.inherit import inherit
from studio.nets.layer import Size
from studio.nets.layers.convolution import Conv
from studio.nets.layers.dense import Dense, Flatten
from studio.nets.layers.fixed import Permute, Scale, Whiten
from studio.nets.network import Network
from studio.nets.untrained import untrained

SIZE = Size(3, 5, 7)


def made(*layers):
    head = (Conv(filters=2, kernel=3), Flatten(), Dense(units=2))
    return Network(input=SIZE, classes=("a", "b"), layers=(*layers, *head))


def test_a_permutation_undone_gives_the_picture():
    module = Permute(seed=4).module(SIZE)
    pictures = torch.rand(2, *SIZE)
    mixed = module(pictures)
    assert mixed.shape == pictures.shape
    undone = torch.empty(2, 3, 35)
    undone[:, :, module.order] = mixed.flatten(2)
    assert torch.equal(undone.reshape(pictures.shape), pictures)
    assert not torch.equal(mixed, pictures)
    assert sorted(module.order.tolist()) == list(range(35))


def test_all_channels_have_one_order_and_a_seed_is_an_order():
    same = torch.rand(1, 1, 5, 7).expand(1, 3, 5, 7)
    mixed = Permute().module(SIZE)(same)
    assert torch.equal(mixed[:, 0], mixed[:, 2])
    orders = [Permute(seed=seed).module(SIZE).order.tolist() for seed in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]


def test_whitening_changes_nothing_until_it_is_set():
    module = Whiten().module(SIZE)
    pictures = torch.rand(2, *SIZE)
    assert torch.equal(module(pictures), pictures)
    rng = np.random.default_rng(0)
    mean = rng.random(105, dtype=np.float32)
    matrix = rng.random((105, 105), dtype=np.float32)
    module.mean.copy_(torch.from_numpy(mean))
    module.matrix.copy_(torch.from_numpy(matrix))
    expected = (pictures.numpy().reshape(2, -1) - mean) @ matrix.T
    assert np.allclose(module(pictures).numpy().reshape(2, -1), expected, atol=1e-4)


@pytest.mark.parametrize("layer", [Permute(), Whiten()], ids=["permute", "whiten"])
def test_every_value_sees_everything_and_nothing_is_learned(layer):
    rows = made(layer).table()
    assert rows[0].receptive_field == rows[1].receptive_field == (5, 7)
    assert rows[0].output == SIZE
    assert rows[0].weights == 0


@pytest.mark.parametrize("layer", [Permute(seed=1), Whiten()], ids=["permute", "whiten"])
def test_the_written_python_file_gives_the_same(layer):
    network = made(layer)
    model = untrained(network, 0)
    names = {"__file__": "written.py"}
    exec(compile(python_text(model, "written"), "written.py", "exec"), names)
    written = names["Network"]()
    written.load_state_dict({name: torch.from_numpy(a) for name, a in model.weights.items()})
    pictures = torch.rand(2, *SIZE)
    with torch.no_grad():
        assert torch.equal(written.eval()(pictures), model.module()(pictures))


def test_another_seed_is_another_order_also_in_a_changed_network():
    before, after = made(Permute(seed=1)), made(Permute(seed=2))
    weights = inherit(after, untrained(before, 0)).weights
    assert np.array_equal(weights["permute1.order"], untrained(after, 0).weights["permute1.order"])


@pytest.mark.parametrize("layer", [Permute(), Whiten()], ids=["permute", "whiten"])
def test_they_cannot_slide_over_larger_pictures(layer):
    with pytest.raises(NetworkError, match="5 × 7 only"):
        made(layer).as_convolutions()


def test_a_matrix_that_would_fill_the_memory_is_refused():
    with pytest.raises(NetworkError, match=r"at most 3,?072"):
        Whiten().shape(Size(3, 33, 32))


def test_a_factor_multiplies_and_is_written_out():
    network = made(Scale(factor=0.25))
    pictures = torch.rand(2, *SIZE)
    assert torch.equal(Scale(factor=0.25).module(SIZE)(pictures), pictures / 4)
    row = network.table()[0]
    assert (row.weights, row.receptive_field, row.words) == (0, (1, 1), "× 0.25")
    assert "0.25" in python_text(untrained(network, 0), "written")
    sliding = network.as_convolutions()
    assert sliding.table(Size(3, 9, 9))[-1].output[1:] == (5, 3)


def test_the_arithmetic_of_a_factor():
    (row, *_) = made(Scale(factor=0.25)).table()
    found = made_of(row, Scale(factor=0.25).module(SIZE), 0, np.ones((3, 5, 7)), 6.0, 1.5)
    assert found.result == 1.5
    assert found.formula == "x × 0.25"
