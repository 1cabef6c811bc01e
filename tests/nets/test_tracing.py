"""Graphs are read beside threads that use other networks."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
import torch
from torch import fx, nn

from studio.nets.tracing import trace, tracing

WAIT = 10  # seconds until a test gives up


class Paused(nn.Module):
    """Stops in the middle of its own forward."""

    def __init__(self, pause):
        super().__init__()
        self.first, self.second = nn.Linear(2, 2), nn.Linear(2, 1)
        self.pause = pause

    def forward(self, x):
        x = self.first(x) * self.first.weight.sum()
        self.pause()
        return self.second(x)


def targets(graph):
    return [str(node.target) for node in graph.graph.nodes if node.op == "call_module"]


def by_torch(module):
    """As torch's own converters trace."""
    with tracing():
        return fx.symbolic_trace(module)


@pytest.mark.parametrize("trace", [trace, by_torch])
def test_networks_work_while_another_one_is_traced(trace):
    began, ended = Event(), Event()

    def pause():
        began.set()
        assert ended.wait(WAIT)

    other = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4)).eval()
    values = torch.linspace(-1, 1, 6).reshape(2, 3)
    expected = other(values)
    traced = Paused(pause)
    with ThreadPoolExecutor(1) as pool:
        tracing = pool.submit(trace, traced)
        try:
            assert began.wait(WAIT)
            assert torch.equal(other(values), expected)
            assert traced.first.weight.shape == (2, 2)  # a tensor, not a node of the graph
        finally:
            ended.set()
        assert targets(tracing.result(WAIT)) == ["first", "second"]


@pytest.fixture
def restless():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_networks_traced_at_once_leave_torch_as_it_was(restless):
    call, look_up = nn.Module.__call__, nn.Module.__getattr__
    count, rounds = 4, 8
    barrier = Barrier(count)

    def many(_):
        barrier.wait(WAIT)
        return [targets(trace(Paused(lambda: None))) for _ in range(rounds)]

    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(many, range(count)))
    assert found == [[["first", "second"]] * rounds] * count
    assert nn.Module.__call__ is call
    assert nn.Module.__getattr__ is look_up
