"""What a network says before softmax, whatever it ends in."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from studio.errors import ModelError
from studio.insight.logits import Logits, evaluation_mode, logits_step, relu_steps
from studio.nets.steps import Steps
from studio.nets.zoo import network


class Ends(nn.Module):
    """A convolution to three classes, then one of many endings."""

    def __init__(self, how):
        super().__init__()
        torch.manual_seed(2)
        self.conv = nn.Conv2d(2, 3, 4)
        self.how = how
        self.soft, self.flat, self.drop = nn.Softmax(1), nn.Flatten(), nn.Dropout()

    def forward(self, values):
        found = self.conv(values)
        endings = {
            "logits": lambda: found.flatten(1),
            "maps": lambda: found,
            "module": lambda: self.soft(self.flat(found)),
            "module and flatten": lambda: self.flat(self.soft(found)),
            "function": lambda: functional.softmax(found.flatten(1), dim=1),
            "log": lambda: functional.log_softmax(found.flatten(1), dim=1),
            "dropout": lambda: self.drop(self.soft(found.flatten(1))),
        }
        return endings[self.how]()


VALUES = torch.linspace(-1, 1, 64).reshape(2, 2, 4, 4)


@pytest.mark.parametrize(
    "how", ["logits", "maps", "module", "module and flatten", "function", "log", "dropout"]
)
def test_the_logits_are_found_before_softmax(how):
    module = Ends(how).eval()
    torch.testing.assert_close(Logits(Steps(module))(VALUES), module.conv(VALUES).flatten(1))


def test_a_map_of_answers_counts_by_its_mean():
    module = Ends("maps").eval()
    large = torch.linspace(-1, 1, 2 * 9 * 8).reshape(1, 2, 9, 8)
    expected = module.conv(large).mean((2, 3))
    torch.testing.assert_close(Logits(Steps(module))(large), expected)


def test_several_answers_are_refused():
    class Two(nn.Module):
        def forward(self, values):
            return values + 1, values * 2

    with pytest.raises(ModelError, match="made from 2 results"):
        logits_step(Steps(Two()))


@pytest.mark.parametrize("name", ["lenet5", "resnet-20", "inception-cifar"])
def test_places_for_hooks_change_nothing(name):
    torch.manual_seed(0)
    made = network(name)
    steps = Steps(made.module().eval())
    values = torch.randn(1, *made.input)
    row = next(row.name for row in made.table() if row.kind == "conv")
    guided = Logits(steps, row, is_guided=True)
    torch.testing.assert_close(guided(values), steps(values).flatten(1), rtol=0, atol=0)
    relus = [row.name for row in made.table() if row.kind == "relu"]
    assert list(relu_steps(steps)) == relus
    assert len(guided.relus) == len(relus)
    assert not any(part in guided.modules() for part in steps.module.modules())


def test_every_part_gets_its_own_mode_back():
    module = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout(), nn.ReLU()))
    module.train()
    module[1].eval()
    before = [part.training for part in module.modules()]
    with evaluation_mode(module):
        assert not any(part.training for part in module.modules())
    assert [part.training for part in module.modules()] == before
