"""The charts of a run, or of several, from their histories."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from studio.report.chart import Chart, Line, Mark, key
from studio.report.markup import tag
from studio.training.advice import Advice
from studio.training.guessing import guessing_loss
from studio.training.history import History

Values = NDArray[np.float64]

_MOST_POINTS = 240  # of a line with a point for each step
_BEYOND_GUESSING = 3.0  # times the loss of guessing, the highest loss that is shown
_MOST_MARKS = 2


class Curve(NamedTuple):
    """A run on a chart with others: its number, from 1, and what it is called."""

    number: int
    name: str
    history: History


def charts_of(history: History, advice: Sequence[Advice]) -> Element | None:
    """Loss, accuracy, learning rate and the gradients of the layers; None before the first step."""
    if not history.started or not history.steps:
        return None
    name = history.started.checked_on
    across = float(history.started.settings["epochs"])
    training = _stretches(history, history.losses), _stretches(history, history.accuracies)
    checked = _checked(history)
    loss = [
        Line("training", *training[0], is_thin=True, end="" if history.epochs else " "),
        Line(name, *checked[0], end=" "),
    ]
    accuracy = [
        Line("training", *training[1], is_thin=True),
        Line(name, *checked[1], end=" "),
    ]
    charts = [
        Chart("Loss", loss, _marks(history, advice), across, _ceiling(history)),
        Chart("Accuracy", accuracy, (), across, is_share=True),
        Chart(
            "Learning rate",
            [Line("learning rate", *_stretches(history, history.learning_rates), end=" ")],
            (),
            across,
        ),
    ]
    norms = _norms(history)
    if norms:
        charts.append(Chart("Gradient norms", norms, (), across, is_logarithmic=True))
    keys = tag("p", key(f"{name}, after each epoch"), key("training, batch by batch", is_thin=True))
    return tag("div", keys, tag("div", map(_figure, charts), class_="charts"))


def charts_beside(curves: Sequence[Curve]) -> Element | None:
    """Loss and accuracy of several runs; None where none has finished an epoch."""
    shown = [one for one in curves if one.history.epochs]
    if not shown:
        return None
    across = max(float(one.history.epochs[-1].epoch) for one in shown)
    lines: tuple[list[Line], list[Line]] = ([], [])
    for one in shown:
        for found, values in zip(lines, _checked(one.history), strict=True):
            name = f"{one.number} {one.name}"
            found.append(Line(name, *values, colour=one.number, end=str(one.number)))
    names = sorted({one.history.started.checked_on for one in shown if one.history.started})
    part = " or ".join(names)
    ceiling = max(_ceiling(one.history) for one in shown)
    charts = (
        Chart(f"Loss, {part}", lines[0], (), across, ceiling),
        Chart(f"Accuracy, {part}", lines[1], (), across, is_share=True),
    )
    return tag("div", map(_figure, charts), class_="charts")


def _figure(chart: Chart) -> Element:
    """The chart with its title; lines with numbers are named beneath."""
    named = [
        tag("span", tag("span", class_=f"swatch run{line.colour}"), f"{line.end} {line.name}",
            class_="key")
        for line in chart.lines
        if line.end.strip() and line.end != line.name.split()[0]
    ]  # fmt: skip
    below = tag("figcaption", named) if named else None
    return tag("figure", tag("h3", chart.title), chart.draw(), below)


def _stretches(history: History, values: Sequence[float]) -> tuple[Values, Values]:
    """Means over stretches of steps, at their middles in epochs; not finite where a value isn't."""
    count = len(values)
    bounds = np.linspace(0, count, min(count, _MOST_POINTS) + 1).round().astype(int)
    widths = np.diff(bounds)
    with np.errstate(invalid="ignore"):
        means = np.add.reduceat(np.asarray(values, np.float64), bounds[:-1]) / widths
        steps = np.add.reduceat(np.asarray(history.steps, np.float64), bounds[:-1]) / widths
    return steps / _per_epoch(history), means


def _checked(history: History) -> tuple[tuple[Values, Values], tuple[Values, Values]]:
    """Loss and accuracy after each epoch."""
    epochs = history.epochs
    x = np.array([epoch.epoch for epoch in epochs], np.float64)
    losses = np.array([epoch.validation_loss for epoch in epochs], np.float64)
    accuracies = np.array([epoch.validation_accuracy for epoch in epochs], np.float64)
    return (x, losses), (x, accuracies)


def _norms(history: History) -> list[Line]:
    """The length of the gradient of each layer, first and last and some between."""
    norms = history.norms
    if not norms:
        return []
    layers = norms[-1].layers
    norms = [one for one in norms if one.layers == layers]
    kept = norms[:: max(1, len(norms) // _MOST_POINTS)]
    x = np.array([one.step for one in kept], np.float64) / _per_epoch(history)
    values = np.array([one.gradients for one in kept], np.float64)
    values[values <= 0] = np.nan
    chosen = np.unique(np.linspace(0, len(layers) - 1, min(len(layers), 6)).round().astype(int))
    return [
        Line(layers[place], x, values[:, place], colour=number, end=str(number))
        for number, place in enumerate(chosen.tolist(), start=1)
    ]


def _per_epoch(history: History) -> float:
    assert history.started is not None
    return max(1.0, history.started.steps / float(history.started.settings["epochs"]))


def _ceiling(history: History) -> float:
    """A loss far above that of guessing, as of a run that diverges, doesn't flatten the rest."""
    assert history.started is not None
    loss, classes = str(history.started.settings["loss"]), max(2, len(history.started.classes))
    return _BEYOND_GUESSING * guessing_loss(loss, np.ones(classes))


def _marks(history: History, advice: Sequence[Advice]) -> list[Mark]:
    """Where the gravest warnings are on the chart of the loss."""
    marks = []
    for one in advice:
        if one.is_warning and one.kind != "vanishing":
            at_epoch = next((epoch for epoch in history.epochs if epoch.step == one.step), None)
            if at_epoch:
                place = float(at_epoch.epoch), at_epoch.validation_loss
            else:
                step = min(max(history.steps.index(one.step), 0), len(history.losses) - 1)
                place = one.step / _per_epoch(history), history.losses[step]
            if np.isfinite(place[1]):
                marks.append(Mark(*place, one.words))
    return marks[:_MOST_MARKS]
