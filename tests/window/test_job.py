import gc
import itertools
import subprocess
import sys
import textwrap
import threading
import weakref
from time import monotonic

import pytest
from PySide6.QtCore import QObject, QThread, QTimer, Signal

from studio.errors import DataError, StudioError
from studio.faults import log_file
from studio.window import garbage
from studio.window.job import INTERVAL, Job, leave, running_jobs, stop_all

pytestmark = pytest.mark.usefixtures("qapp")


class Heard:
    """Everything a job says, in order: batches, endings, and the thread it was heard in."""

    def __init__(self, job):
        self.batches, self.endings, self.errors, self.threads = [], [], [], set()
        job.events.connect(self._take)
        job.done.connect(lambda: self._end("done"))
        job.cancelled.connect(lambda: self._end("cancelled"))
        job.failed.connect(self._fail)

    def _take(self, batch):
        assert not self.endings
        self.threads.add(threading.get_ident())
        self.batches.append(batch)

    def _fail(self, error):
        self.errors.append(error)
        self._end("failed")

    def _end(self, ending):
        self.endings.append(ending)

    @property
    def events(self):
        return list(itertools.chain.from_iterable(self.batches))


def run(qtbot, job):
    """Start the job, wait for its ending, and let everything that is queued arrive."""
    heard = Heard(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    return heard


def endless(closed=None):
    try:
        yield from itertools.count()
    finally:
        if closed is not None:
            closed.append(threading.get_ident())


def gated(gate, counts):
    """Gives one number for each release of the gate."""
    for number in itertools.count():
        assert gate.acquire(timeout=10)
        counts.append(number)
        yield number


def test_all_events_in_order_then_done(qtbot):
    heard = run(qtbot, Job(lambda: iter(range(1000)), capacity=64))
    assert heard.events == list(range(1000))
    assert heard.endings == ["done"]
    assert heard.threads == {threading.get_ident()}


def test_the_generator_runs_in_another_thread(qtbot):
    heard = run(qtbot, Job(lambda: (threading.get_ident() for _ in range(3))))
    assert threading.get_ident() not in heard.events


def test_an_iterator_will_do(qtbot):
    assert run(qtbot, Job(iter("abc"))).events == ["a", "b", "c"]


def test_the_very_objects_are_handed_over(qtbot):
    given = [object(), {"a": 1}, None, 2**40]
    received = run(qtbot, Job(iter(given))).events
    assert all(a is b for a, b in zip(given, received, strict=True))


def test_at_most_thirty_batches_a_second(qtbot):
    job, times = Job(endless), []
    job.events.connect(lambda batch: times.append(monotonic()))
    job.start()
    qtbot.waitUntil(lambda: len(times) >= 12)
    job.cancel()
    qtbot.waitUntil(lambda: bool(job.outcome))
    gaps = [b - a for a, b in itertools.pairwise(times[:12])]
    assert min(gaps) >= INTERVAL * 0.95


def test_the_last_event_does_not_wait_for_the_next(qtbot):
    gate, counts = threading.Semaphore(3), []
    job = Job(gated(gate, counts))
    heard = Heard(job)
    job.start()
    qtbot.waitUntil(lambda: heard.events == [0, 1, 2])
    job.cancel()
    gate.release()
    qtbot.waitUntil(lambda: heard.endings == ["cancelled"])


def test_the_generator_waits_for_a_slow_window(qtbot):
    counts = []
    reached = threading.Event()

    def steps():
        for number in range(50):
            counts.append(number)
            if number == 9:
                reached.set()
            yield number

    job = Job(steps, capacity=10)
    heard = Heard(job)
    job.start()
    assert reached.wait(10)  # this thread takes nothing, as a busy window
    assert not QThread.wait(job, 50)
    assert len(counts) == 10
    qtbot.waitUntil(lambda: heard.endings == ["done"])
    assert heard.events == list(range(50))


def test_wait_is_no_deadlock_when_the_window_takes_nothing(qtbot):
    job = Job(iter(range(100)), capacity=2)
    heard = Heard(job)
    job.start()
    assert job.wait(10_000)
    qtbot.waitUntil(lambda: heard.endings == ["done"])
    assert heard.events == list(range(100))


def test_cancel_closes_the_generator_in_its_thread(qtbot):
    closed = []
    job = Job(endless(closed))
    heard = Heard(job)
    job.start()
    qtbot.waitUntil(lambda: bool(heard.events))
    job.cancel()
    qtbot.waitUntil(lambda: bool(heard.endings))
    assert heard.endings == ["cancelled"]
    assert heard.events == list(range(len(heard.events)))
    assert closed
    assert closed[0] != threading.get_ident()


def test_cancel_before_the_start(qtbot):
    made = []
    job = Job(lambda: made.append(1) or iter(()))
    job.cancel()
    heard = run(qtbot, job)
    assert (heard.events, heard.endings, made) == ([], ["cancelled"], [])


def test_cancel_twice_and_after_the_end(qtbot):
    job = Job(endless)
    heard = Heard(job)
    job.start()
    job.cancel()
    job.cancel()
    qtbot.waitUntil(lambda: heard.endings == ["cancelled"])
    job.cancel()
    qtbot.wait(1)
    assert heard.endings == ["cancelled"]


def test_pause_asks_for_nothing_more(qtbot):
    gate, counts = threading.Semaphore(5), []
    job = Job(gated(gate, counts))
    heard = Heard(job)
    job.start()
    qtbot.waitUntil(lambda: len(heard.events) == 5)  # now inside the sixth step
    job.pause()
    assert job.is_paused
    gate.release(20)
    qtbot.waitUntil(lambda: len(heard.events) == 6)
    assert not QThread.wait(job, 50)
    assert counts == [0, 1, 2, 3, 4, 5]
    job.resume()
    assert not job.is_paused
    qtbot.waitUntil(lambda: len(heard.events) == 25)
    job.cancel()
    gate.release()
    qtbot.waitUntil(lambda: heard.endings == ["cancelled"])


def test_cancel_while_paused(qtbot):
    closed = []
    job = Job(endless(closed))
    heard = Heard(job)
    job.start()
    qtbot.waitUntil(lambda: bool(heard.events))
    job.pause()
    job.cancel()
    qtbot.waitUntil(lambda: heard.endings == ["cancelled"])
    assert closed


def test_step_while_paused(qtbot):
    job = Job(endless)
    heard = Heard(job)
    job.pause()
    job.start()
    job.step()
    qtbot.waitUntil(lambda: heard.events == [0])
    job.step()
    job.step()
    qtbot.waitUntil(lambda: heard.events == [0, 1, 2])
    assert not QThread.wait(job, 30)
    assert job.is_paused
    job.resume()
    job.step()  # means nothing while it runs
    qtbot.waitUntil(lambda: len(heard.events) > 10)
    job.pause()
    job.cancel()
    qtbot.waitUntil(lambda: heard.endings == ["cancelled"])
    assert heard.events == list(range(len(heard.events)))


def test_pause_before_the_start(qtbot):
    job = Job(iter(range(3)))
    heard = Heard(job)
    job.pause()
    job.start()
    assert not QThread.wait(job, 30)
    job.resume()
    qtbot.waitUntil(lambda: heard.endings == ["done"])
    assert heard.events == [0, 1, 2]


def broken(error):
    yield 1
    yield 2
    raise error


def test_a_studio_error_is_passed_as_it_is(qtbot):
    error = DataError("no such data", "Try another")
    heard = run(qtbot, Job(broken(error)))
    assert (heard.events, heard.endings) == ([1, 2], ["failed"])
    assert heard.errors[0] is error
    assert not log_file().exists()


def test_any_other_exception_is_logged_and_told_in_a_sentence(qtbot):
    heard = run(qtbot, Job(broken(RuntimeError("shapes differ"))))
    assert (heard.events, heard.endings) == ([1, 2], ["failed"])
    (error,) = heard.errors
    assert isinstance(error, StudioError)
    assert "shapes differ" in str(error)
    assert str(log_file()) in str(error)
    assert isinstance(error.__cause__, RuntimeError)
    logged = log_file().read_text(encoding="utf-8")
    assert "Traceback" in logged
    assert "in broken" in logged
    log_file().unlink()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError])
def test_no_exception_escapes(qtbot, error):
    heard = run(qtbot, Job(broken(error("x"))))
    assert heard.endings == ["failed"]
    log_file().unlink()


def test_an_error_while_the_generator_is_made(qtbot):
    def make():
        raise DataError("nothing there")

    heard = run(qtbot, Job(make))
    assert (heard.endings, str(heard.errors[0])) == (["failed"], "nothing there")


def test_an_error_while_closing_is_not_swallowed(qtbot):
    def steps():
        try:
            yield from itertools.count()
        finally:
            raise DataError("can't save the last state")

    job = Job(steps)
    heard = Heard(job)
    job.start()
    qtbot.waitUntil(lambda: bool(heard.events))
    job.cancel()
    qtbot.waitUntil(lambda: bool(heard.endings))
    assert heard.endings == ["failed"]
    assert str(heard.errors[0]) == "can't save the last state"


def test_an_error_lets_go_of_what_the_generator_held(qtbot):
    class Large:
        pass

    kept = []

    def steps():
        large = Large()
        kept.append(weakref.ref(large))
        yield 1
        raise DataError("full")

    heard = run(qtbot, Job(steps))
    assert heard.errors
    assert kept[0]() is None


def test_a_job_lives_until_it_has_ended(qtbot):
    ended = []
    Job(iter(range(10))).start()  # nobody holds it
    (job,) = running_jobs()
    job.done.connect(lambda: ended.append(1))
    held = weakref.ref(job)
    del job
    gc.collect()
    qtbot.waitUntil(lambda: ended == [1])
    assert running_jobs() == ()
    qtbot.waitUntil(lambda: gc.collect() >= 0 and held() is None)


def test_a_job_runs_once(qtbot):
    job = Job(iter(()))
    run(qtbot, job)
    with pytest.raises(RuntimeError, match="only once"):
        job.start()


def test_stop_all_tells_the_endings_before_it_returns(qtbot):
    closed = []
    jobs = [Job(endless(closed), name=f"job {number}") for number in range(3)]
    heard = [Heard(job) for job in jobs]
    jobs[1].pause()
    for job in jobs:
        job.start()
    assert len(running_jobs()) == 3
    assert stop_all() == ()
    assert [h.endings for h in heard] == [["cancelled"]] * 3
    assert running_jobs() == ()
    qtbot.wait(1)
    assert [h.endings for h in heard] == [["cancelled"]] * 3


def test_stop_all_names_what_cannot_be_stopped(qtbot):
    gate = threading.Event()
    inside = threading.Event()

    def steps():
        inside.set()
        gate.wait(10)
        yield 1

    job = Job(steps)
    job.start()
    assert inside.wait(10)
    began = monotonic()
    assert stop_all(0.05) == (job,)
    assert stop_all(0.05) == (job,)  # its time is over, and is not given twice
    assert monotonic() - began < 1
    gate.set()
    assert stop_all(60) == ()


def test_widgets_are_never_collected_in_the_jobs_thread(qtbot):
    """A QObject in a reference cycle, and a job that makes far more garbage than the threshold."""
    threads = []

    class Cycle(QObject):
        def __init__(self):
            super().__init__()
            self.itself = self
            self.timer = QTimer(self)
            self.timer.start(1000)
            self.timer.destroyed.connect(lambda: threads.append(threading.get_ident()))

    def steps():
        for number in range(50):
            for _ in range(2000):
                cycle = []
                cycle.append(cycle)
            yield number

    gc.collect()
    job = Job(steps)
    heard = Heard(job)
    job.start()
    Cycle()
    qtbot.waitUntil(lambda: heard.endings == ["done"])
    gc.collect()
    assert threads == [threading.get_ident()]
    assert gc.isenabled()


def test_an_imported_library_is_set_aside_and_garbage_is_not(monkeypatch):
    gc.collect()
    before = gc.get_freeze_count()
    garbage.hold()
    cycles = [[] for _ in range(6000)]
    garbage.collect()
    assert gc.get_freeze_count() == before
    assert gc.get_count()[0] < 6000
    for number in range(200):
        monkeypatch.setitem(sys.modules, f"library_{number}", sys)
    cycles += [[] for _ in range(6000)]
    garbage.collect()
    assert gc.get_freeze_count() > before
    garbage.free()
    assert gc.isenabled()
    gc.unfreeze()


def test_no_other_thread_abstraction_is_used():
    from pathlib import Path

    import studio.window

    folder = Path(studio.window.__file__).parent
    makers = ("QThread", "QThreadPool", "threading.Thread", "ThreadPoolExecutor", "QRunnable")
    for path in folder.rglob("*.py"):
        if path.name != "job.py":
            text = path.read_text(encoding="utf-8")
            assert not any(maker in text for maker in makers), path.name


def program(body):
    """Run a program of its own; its exit status, output and seconds from `quit` to the end."""
    code = "import sys, itertools, time\n" + textwrap.dedent(body)
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    seconds = time_since(done.stdout)
    return done.returncode, done.stdout, done.stderr, seconds


def time_since(output):
    marks = [float(line.split()[1]) for line in output.splitlines() if line.startswith("quit ")]
    return monotonic() - marks[0]


CLOSING = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from studio.window.job import Job, leave

class Window(QWidget):
    def closeEvent(self, event):
        print("quit", time.monotonic(), flush=True)
        super().closeEvent(event)

app = QApplication([])
window = Window()
window.show()
"""


def test_closing_the_window_in_the_middle_of_training_steps():
    status, output, errors, seconds = program(
        CLOSING
        + """
        def steps():
            try:
                for step in itertools.count():
                    time.sleep(0.1)
                    yield step
            finally:
                print("closed", flush=True)

        job = Job(steps)
        job.cancelled.connect(lambda: print("cancelled", flush=True))
        job.events.connect(lambda batch: window.close())
        job.start()
        sys.exit(leave(app.exec()))
        """.replace("\n        ", "\n")
    )
    assert (status, errors) == (0, "")
    assert output.splitlines()[1:] == ["closed", "cancelled"]
    assert seconds < 2


def test_closing_the_window_inside_a_step_that_never_ends(tmp_path):
    status, _, errors, seconds = program(
        CLOSING
        + f"target = {str(tmp_path / 'result.tiff')!r}"
        + """
        from studio.image.whole_file import whole_file

        def steps():
            with whole_file(target) as file:
                yield 1
                time.sleep(30)

        job = Job(steps)
        job.events.connect(lambda batch: window.close())
        job.start()
        sys.exit(leave(app.exec(), timeout=0.3))
        """.replace("\n        ", "\n")
    )
    assert (status, errors) == (0, "")
    assert seconds < 2
    assert list(tmp_path.iterdir()) == []


def test_leave_returns_the_status(qtbot):
    assert leave(3) == 3


def test_many_jobs_leave_no_thread_behind(qtbot):
    jobs = [Job(iter(range(3))) for _ in range(30)]
    heard = [Heard(job) for job in jobs]
    for job in jobs:
        job.start()
    qtbot.waitUntil(lambda: all(h.endings == ["done"] for h in heard))
    assert all(job.isFinished() for job in jobs)
    assert [h.events for h in heard] == [[0, 1, 2]] * 30


def test_signals_carry_objects():
    # Signal(int) wraps above 2^31 and Signal(list) copies.
    assert all(isinstance(getattr(Job, name), Signal) for name in ("events", "failed"))
