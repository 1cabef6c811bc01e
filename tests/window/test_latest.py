import itertools
import threading

import pytest

from studio.errors import PictureError
from studio.window.job import running_jobs
from studio.window.latest import Latest

pytestmark = pytest.mark.usefixtures("qapp")


class Work:
    """A function that can be held in the middle."""

    def __init__(self, value, held=False):
        self.value, self.began, self.gate = value, threading.Event(), threading.Event()
        if not held:
            self.gate.set()

    def __call__(self):
        self.began.set()
        assert self.gate.wait(10)
        return self.value


def listen(latest):
    heard = {"results": [], "errors": [], "busy": []}
    latest.result.connect(heard["results"].append)
    latest.failed.connect(heard["errors"].append)
    latest.busy.connect(heard["busy"].append)
    return heard


def quiet(latest):
    return lambda: not latest.is_busy and not running_jobs()


def test_one_submission_arrives(qtbot):
    latest = Latest("Preview")
    heard = listen(latest)
    latest.submit(Work("a"))
    assert running_jobs()[0].name == "Preview"
    qtbot.waitUntil(quiet(latest))
    assert heard == {"results": ["a"], "errors": [], "busy": [True, False]}


def test_only_the_last_of_many_arrives(qtbot):
    latest = Latest()
    heard = listen(latest)
    works = [Work(number, held=number == 0) for number in range(100)]
    latest.submit(works[0])
    assert works[0].began.wait(10)
    for work in works[1:]:
        latest.submit(work)
    works[0].gate.set()
    qtbot.waitUntil(quiet(latest))
    assert heard == {"results": [99], "errors": [], "busy": [True, False]}
    assert not any(work.began.is_set() for work in works[1:-1])


def test_interim_results_arrive_in_order(qtbot):
    latest = Latest(interim=True)
    heard = listen(latest)
    works = [Work(number, held=number == 0) for number in range(5)]
    for work in works:
        latest.submit(work)
    works[0].gate.set()
    qtbot.waitUntil(quiet(latest))
    assert heard["results"] == [0, 4]
    assert not any(work.began.is_set() for work in works[1:-1])


@pytest.mark.parametrize("interim", [False, True])
def test_cancel_withdraws_what_runs_and_what_waits(qtbot, interim):
    latest = Latest(interim=interim)
    heard = listen(latest)
    first, second = Work(1, held=True), Work(2)
    latest.submit(first)
    assert first.began.wait(10)
    latest.submit(second)
    latest.cancel()
    assert not latest.is_busy
    first.gate.set()
    qtbot.waitUntil(quiet(latest))
    assert heard == {"results": [], "errors": [], "busy": [True, False]}
    assert not second.began.is_set()


def test_a_submission_after_cancel_arrives(qtbot):
    latest = Latest()
    heard = listen(latest)
    first = Work(1, held=True)
    latest.submit(first)
    latest.cancel()
    latest.submit(Work(2))
    first.gate.set()
    qtbot.waitUntil(quiet(latest))
    assert heard["results"] == [2]


def test_a_generator_hands_over_all_its_values(qtbot):
    latest = Latest()
    heard = listen(latest)
    latest.submit(lambda: (number for number in range(5)))
    qtbot.waitUntil(quiet(latest))
    assert heard["results"] == [0, 1, 2, 3, 4]


def test_an_outdated_generator_is_closed(qtbot):
    latest, closed = Latest(), threading.Event()
    heard = listen(latest)

    def strips():
        try:
            yield from itertools.count()
        finally:
            closed.set()

    latest.submit(strips)
    qtbot.waitUntil(lambda: bool(heard["results"]))
    latest.submit(lambda: "new")
    qtbot.waitUntil(quiet(latest))
    assert closed.is_set()
    assert heard["results"][-1] == "new"


def test_a_result_that_asks_for_the_next_ends_its_own_batch(qtbot):
    latest = Latest()
    heard = listen(latest)
    latest.result.connect(lambda value: value == 0 and latest.submit(lambda: "next"))
    latest.submit(lambda: (number for number in range(3)))
    qtbot.waitUntil(quiet(latest))
    assert heard["results"] == [0, "next"]


def fail():
    raise PictureError("too large")


def test_an_error_arrives_and_the_next_works(qtbot):
    latest = Latest()
    heard = listen(latest)
    latest.submit(fail)
    qtbot.waitUntil(quiet(latest))
    latest.submit(Work(1))
    qtbot.waitUntil(quiet(latest))
    assert [str(error) for error in heard["errors"]] == ["too large"]
    assert heard["results"] == [1]


def test_an_outdated_error_never_arrives(qtbot):
    latest, gate = Latest(), threading.Event()
    heard = listen(latest)

    def late():
        assert gate.wait(10)
        fail()

    latest.submit(late)
    latest.submit(Work(1))
    gate.set()
    qtbot.waitUntil(quiet(latest))
    assert (heard["errors"], heard["results"]) == ([], [1])


def test_gone_before_its_result(qtbot):
    latest, work = Latest(), Work(1, held=True)
    latest.submit(work)
    assert work.began.wait(10)
    del latest
    work.gate.set()
    qtbot.waitUntil(lambda: not running_jobs())
