import numpy as np
import pytest
import torch

from studio.errors import NetworkError
from studio.nets.network import Network
from studio.nets.preprocess import Preprocessing
from studio.nets.untrained import untrained
from studio.nets.zoo import NETWORKS


@pytest.mark.parametrize("name", ["lenet5", "convnet-bn"])
def test_the_weights_are_those_torch_begins_with(name):
    torch.manual_seed(3)
    expected = NETWORKS[name].module().state_dict()
    model = untrained(NETWORKS[name], seed=3)
    assert set(model.weights) == set(expected)
    for key, array in model.weights.items():
        assert np.array_equal(array, expected[key].numpy())
    assert "not trained" in model.card.trained.text.lower()


def test_the_random_generator_is_left_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    untrained(NETWORKS["lenet5"], seed=2)
    assert torch.equal(torch.rand(3), expected)


def test_seeds_differ():
    one, other = (untrained(NETWORKS["lenet5"], seed).weights["conv1.weight"] for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_a_network_that_can_t_work_is_refused():
    with pytest.raises(NetworkError, match="no layers"):
        untrained(Network())


def test_pictures_are_centred_as_for_training():
    assert untrained(NETWORKS["lenet5"]).card.preprocessing == Preprocessing(
        size=(28, 28), channels=1, mean=(0.5,), std=(0.25,)
    )
