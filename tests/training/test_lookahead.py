"""Weights that go back to their slow average, against the formula."""

import pytest
import torch
from torch import nn

from studio.training.lookahead import EVERY, Lookahead


def module_of(value):
    module = nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1))
    with torch.no_grad():
        module[0].weight.fill_(value)
    return module


def set_to(module, value):
    with torch.no_grad():
        module[0].weight.fill_(value)


def test_every_five_steps_and_at_the_end():
    module, steps = module_of(2.0), 12
    slow, ahead = 2.0, Lookahead(module, 0.8)
    for step in range(1, steps + 1):
        fast = float(step)
        set_to(module, fast)
        ahead.follow(step, steps)
        if step in (5, 10, 12):
            kept = 0.8 * (step / steps) ** 3
            slow = fast = kept * slow + (1 - kept) * fast
        assert module[0].weight.item() == pytest.approx(fast, rel=1e-6)


def test_running_statistics_follow_and_counts_do_not():
    module = module_of(1.0)
    ahead = Lookahead(module, 0.5)
    module[1].running_mean.fill_(4.0)
    module[1].num_batches_tracked.fill_(7)
    ahead.follow(EVERY, EVERY)
    assert float(module[1].running_mean) == pytest.approx(2.0)
    assert int(module[1].num_batches_tracked) == 7


def test_its_state_is_all_that_it_remembers():
    first, second = module_of(1.0), module_of(9.0)
    one = Lookahead(first, 0.9)
    set_to(first, 5.0)
    one.follow(5, 20)
    other = Lookahead(second, 0.9)
    other.set_state([part.clone() for part in one.state()])
    for module, ahead in ((first, one), (second, other)):
        set_to(module, 3.0)
        ahead.follow(20, 20)
    assert torch.equal(first[0].weight, second[0].weight)
    assert not torch.equal(first[0].weight, torch.tensor([[3.0]]))
