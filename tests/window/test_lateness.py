"""The measure of stutter."""

from time import perf_counter

from studio.window.lateness import INTERVAL, TimerLateness


def block(seconds):
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def test_a_window_that_is_held_up_is_late_by_that_much(qtbot):
    late = TimerLateness()
    late.start()
    qtbot.waitUntil(lambda: len(late) >= 5)
    block(0.1)
    ticks = len(late)
    qtbot.waitUntil(lambda: len(late) > ticks)
    assert late.maximum >= 100 - INTERVAL
    assert late.percentile(100) == late.maximum
    assert 0 <= late.percentile(1) <= late.percentile(50) < late.maximum
    assert late.most_since(ticks) == late.maximum
    assert late.most_since(len(late)) == 0.0
    late.stop()
    ticks = len(late)
    qtbot.wait(3 * INTERVAL)
    assert len(late) == ticks


def test_starting_again_forgets_what_was(qtbot):
    late = TimerLateness()
    assert (late.maximum, late.percentile(99)) == (0.0, 0.0)
    late.start()
    block(0.05)
    qtbot.waitUntil(lambda: len(late) > 0)
    late.start()
    assert len(late) == 0
    late.stop()
