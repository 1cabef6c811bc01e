"""How a batch is split over processes: the mean of the parts is the mean of the whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.training.distributed import Together, is_together
from studio.training.group import Group


def _group(rank, count):
    one = Together.__new__(Together)
    one.rank, one.count = rank, count
    return one


@given(st.integers(1, 8), st.integers(8, 300), st.integers(0, 2**32 - 1))
def test_weighted_parts_average_to_the_whole(count, pictures, seed):
    losses = np.random.default_rng(seed).random(pictures)
    groups = [_group(rank, count) for rank in range(count)]
    parts = [losses[one.part(pictures)] for one in groups]
    assert np.array_equal(np.concatenate(parts), losses)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    # What averaging the gradients over the processes makes of each one's own mean.
    averaged = np.mean(
        [
            part.mean() * one.share(len(part), pictures)
            for one, part in zip(groups, parts, strict=True)
        ]
    )
    assert np.isclose(averaged, losses.mean(), rtol=1e-12)


def test_one_process_has_all_and_changes_nothing():
    alone = Group()
    assert list(range(5))[alone.part(5)] == [0, 1, 2, 3, 4]
    assert alone.share(5, 5) == 1.0
    assert alone.same("a") == "a"


def test_each_process_and_step_draws_its_own():
    seeds = {_group(rank, 2).seed(7, step) for rank in range(2) for step in range(50)}
    assert len(seeds) == 100


def test_processes_are_together_where_torchrun_says_so(monkeypatch):
    for size, together in (("2", True), ("1", False), ("", False)):
        monkeypatch.setenv("WORLD_SIZE", size)
        assert is_together() is together
    monkeypatch.delenv("WORLD_SIZE")
    assert not is_together()
