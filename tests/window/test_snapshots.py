"""Earlier states of a run: kept in order, thinned out, never the first or the last."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.nets.model import Card, Model
from studio.window.snapshots import Snapshots


def _model(number, size=10):
    return Model(Card(), {"weight": np.full(size, number, np.float32)})


def test_states_are_found_by_epoch():
    snapshots = Snapshots()
    models = [_model(epoch) for epoch in range(1, 4)]
    for epoch, model in enumerate(models, start=1):
        snapshots.add("run:1", epoch, model)
    assert [one.epoch for one in snapshots.of("run:1")] == [1, 2, 3]
    assert snapshots.find("run:1", 2) is models[1]
    assert snapshots.find("run:1", 9) is None
    assert snapshots.of("run:2") == ()
    assert snapshots.before("run:1", models[2]) is models[1]
    assert snapshots.before("run:1", models[0]) is None
    assert snapshots.before("run:1", _model(9)) is None


def test_a_run_that_begins_anew_forgets_the_old_one():
    snapshots = Snapshots()
    for epoch in (1, 2, 3, 1):
        snapshots.add("run:1", epoch, _model(epoch))
    assert [one.epoch for one in snapshots.of("run:1")] == [1]


@given(st.integers(1, 60), st.integers(2, 12))
def test_memory_is_bounded_and_the_ends_stay(epochs, room):
    snapshots = Snapshots(room=room * 40)
    for epoch in range(1, epochs + 1):
        snapshots.add("run:1", epoch, _model(epoch))
        kept = [one.epoch for one in snapshots.of("run:1")]
        assert len(kept) <= max(2, room)
        assert kept[0] == 1
        assert kept[-1] == epoch
        assert kept == sorted(set(kept))
