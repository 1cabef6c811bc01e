"""The confusion matrix and what it says of each class, with its numbers as text."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from studio.report.markup import folded, table, tag
from studio.report.numbers import percent
from studio.report.pictures import image
from studio.training.scores import class_scores, mean_recall, worst_confusions

Counts = NDArray[np.int64]

_MOST_CLASSES = 30  # beyond that, numbers have no room
_FAINTEST, _STRONGEST = 0.12, 0.44  # of a cell's colour, so that its number can be read
_SIDE = 600  # pixels of a matrix that is drawn as a picture
_COLD, _WARM, _GROUND = (40, 140, 235), (250, 150, 40), (96, 100, 108)
_LONGEST = 24  # characters of a class above its column


def confusion_section(confusion: Counts, classes: Sequence[str]) -> list[Element]:
    """The matrix, the worst confusions and the scores of the classes."""
    worst = worst_confusions(confusion, classes, 20 if len(classes) > _MOST_CLASSES else 5)
    said = "; ".join(f"{one.words} ({percent(one.share)})" for one in worst)
    words = f"Most often confused, with the share of the true class: {said}."
    if len(classes) <= _MOST_CLASSES:
        drawn = _table(confusion, classes)
    else:
        drawn = _picture(confusion, classes)
    parts = [tag("p", words if worst else "Nothing is confused."), drawn]
    scores = _scores(confusion, classes)
    parts.append(tag("h3", "Classes"))
    many = len(classes) > _MOST_CLASSES
    parts.append(folded(f"All {len(classes)} classes", scores) if many else scores)
    return parts


def _table(confusion: Counts, classes: Sequence[str]) -> Element:
    strengths = _strengths(confusion)
    head = [tag("th", _short(name), scope="col", title=name) for name in classes]
    rows = []
    for row, name in enumerate(classes):
        cells = []
        for column, answered in enumerate(classes):
            count = int(confusion[row, column])
            sort = "right" if row == column else "wrong"
            cells.append(
                tag(
                    "td",
                    f"{count:,}",
                    class_=sort if count else "none",
                    style=f"--share:{strengths[row, column]:.2f}" if count else None,
                    title=f"{name} as {answered}: {count:,}",
                )
            )
        rows.append(tag("tr", tag("th", name, scope="row", class_="words"), cells))
    return tag(
        "div",
        tag(
            "table",
            tag("caption", "Rows true, columns answered"),
            tag("thead", tag("tr", tag("td", class_="none"), head)),
            tag("tbody", rows),
            class_="matrix",
        ),
        class_="scroll",
    )


def _picture(confusion: Counts, classes: Sequence[str]) -> Element:
    """Of too many classes for numbers: a square for each cell, coloured as cells are."""
    strengths = np.sqrt(_shares(confusion))[..., None]
    colours = np.full((*confusion.shape, 3), _WARM, np.float64)
    colours[np.eye(len(classes), dtype=bool)] = _COLD
    cells = _GROUND + (colours - _GROUND) * strengths
    zoom = max(1, _SIDE // len(classes))
    pixels = np.rint(cells).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
    words = "Rows true, columns answered, in the order of the classes"
    picture = image(pixels, f"Confusion matrix of {len(classes)} classes")
    return tag("figure", picture, tag("figcaption", words))


def _scores(confusion: Counts, classes: Sequence[str]) -> Element:
    rows = [
        [
            f"{score.name} ({score.words})" if score.words else score.name,
            percent(score.precision),
            percent(score.recall),
            percent(score.f1),
            f"{score.support:,}",
        ]
        for score in class_scores(confusion, classes)
    ]
    mean = mean_recall(confusion)
    caption = "Precision: of the pictures answered so, how many are. Recall: of the pictures that "
    caption += f"are, how many are answered so; {percent(mean)} on the mean of the classes."
    return table(["Class", "Precision", "Recall", "F1", "Pictures"], rows, caption=caption)


def _shares(confusion: Counts) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    return shares


def _strengths(confusion: Counts) -> NDArray[np.float64]:
    """Opacity of each cell: it grows with the square root, so that rare mistakes still show."""
    found: NDArray[np.float64] = _FAINTEST + (_STRONGEST - _FAINTEST) * np.sqrt(_shares(confusion))
    return found


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
