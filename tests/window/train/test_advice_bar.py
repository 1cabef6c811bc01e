from html import unescape

import pytest

from studio.training.events import Finished, Step
from studio.window.train import advice_bar
from studio.window.train.advice_bar import AdviceBar

OVER = [1.0, 0.6, 0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8]


@pytest.fixture
def bar(qtbot):
    bar = AdviceBar()
    qtbot.addWidget(bar)
    return bar


def words(bar):
    return unescape(bar.words.text())


def diverge(run):
    step = run.history.steps[-1] + 1
    run.history.add(Step(step, 5, float("nan"), 0.1, 0.1, 50.0))


def test_nothing_is_said_without_reason(bar, made):
    bar.follow(made.curved(done=4))
    assert bar.isHidden()
    assert bar.shown is None


def test_an_advice_is_said_with_its_evidence_and_remedy(bar, made):
    run = made.curved(1, losses=OVER)
    bar.follow(run)
    assert not bar.isHidden()
    assert "<b>Run 1: over-fitting since epoch 3.</b>" in words(bar)
    assert "Validation loss 0.50 to 1.80, training loss down to 0.03. Stop at epoch 3" in words(bar)
    assert bar.property("kind") == "warning"
    wanted = []
    bar.why_wanted.connect(lambda *found: wanted.append(found))
    bar.remedy.click()
    assert wanted == [bar.shown]
    assert wanted[0][0] is run
    assert wanted[0][1].kind == "over-fitting"


def test_the_chosen_run_is_spoken_of_first_then_the_gravest(bar, made):
    runs = [made.curved(1, losses=OVER), made.curved(2, losses=OVER), made.curved(3, done=4)]
    diverge(runs[2])
    for run in runs:
        bar.follow(run)
    assert [run.number for run, _ in bar.waiting] == [3, 1, 2]
    assert "Run 3" in words(bar)
    assert "(2 more)" in words(bar)
    bar.choose(runs[1])
    assert [run.number for run, _ in bar.waiting] == [2, 3, 1]
    assert "Run 2" in words(bar)


def test_what_is_dismissed_stays_away(bar, made):
    runs = [made.curved(1, losses=OVER), made.curved(2, losses=OVER)]
    for run in runs:
        bar.follow(run)
    ended = []
    bar.why_ended.connect(lambda: ended.append(True))
    bar.close_button.click()
    assert not bar.isHidden()
    assert "Run 2" in words(bar)
    bar.close_button.click()
    assert bar.isHidden()
    assert len(ended) == 2
    last = runs[0].history.epochs[-1]
    runs[0].history.add(last)  # another epoch, the same advice
    bar.follow(runs[0])
    assert bar.isHidden()


def test_what_is_only_worth_knowing_is_said_of_the_chosen_run(bar, made):
    run = made.curved(1)  # its loss falls to the end
    run.history.add(Finished(10, 0.9, 40.0))
    bar.follow(run)
    assert bar.isHidden()
    bar.choose(run)
    assert "still improving at the end" in words(bar)
    assert bar.property("kind") == "note"
    bar.forget(run)
    assert bar.isHidden()


def test_the_curves_are_judged_once_an_epoch(bar, made, monkeypatch):
    asked = []
    monkeypatch.setattr(advice_bar, "advise", lambda history: asked.append(history) or ())
    run = made.curved(done=4)
    for _ in range(3):
        bar.follow(run)
        run.history.add(Step(30, 5, 0.1, 0.1, 0.1, 50.0))
    assert asked == [run.history]
    run.history.add(run.history.epochs[-1])
    bar.follow(run)
    assert len(asked) == 2
