"""A chart as a picture file, and its values as a table."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QObject,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.image.whole_file import write_bytes
from studio.window.asking import ask_where
from studio.window.chrome import theme
from studio.window.train.curve_marks import run_colour
from studio.window.train.curves import CurvePlot
from studio.window.train.quantities import Quantity
from studio.window.train.run_lines import RunLines
from studio.window.train.runs import Run
from studio.window.translate import tr

_SCALE = 2  # pixels of a PNG for each of the window's
_MARGIN = 16
_ROW = 18
_MOST = 100_000  # points of a copied line: all that are kept


class ChartSaving(QObject):
    """Asks for a place and writes a chart there.

    Signals: `saved` with the path, `failed` with a StudioError.
    """

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent

    def ask(self, chart: CurvePlot, runs: Sequence[tuple[int, str]]) -> None:
        """Ask where to, and save it there; the file's ending chooses between SVG and PNG."""
        kinds = f"{tr('Drawings')} (*.svg);;{tr('Pictures')} (*.png)"
        name = f"{chart.accessibleName()}.svg"
        place = ask_where(self._parent, tr("Save chart"), name, kinds, "chart")
        if place:
            self.save(chart, runs, place.path)

    def save(self, chart: CurvePlot, runs: Sequence[tuple[int, str]], path: Path) -> None:
        """Write a chart with a key of its runs, numbers and names."""
        try:
            write_bytes(chart_file(chart, runs, path.suffix), path)
        except StudioError as error:
            self.failed.emit(error)
        else:
            self.saved.emit(str(path))


def chart_file(chart: CurvePlot, runs: Sequence[tuple[int, str]], ending: str) -> bytes:
    """A chart as it is seen now, under its title and over a key of its runs.

    Raises
    ------
    StudioError
        When the ending is neither ``.svg`` nor ``.png``.
    """
    size = QSize(
        chart.plot.width() + 2 * _MARGIN,
        chart.plot.height() + theme.px(32) + 2 * _MARGIN + theme.px(_ROW) * len(runs),
    )
    match ending.lower():
        case ".svg":
            resolution = chart.logicalDpiX()  # numbers of axes are recorded with the window's
            return _svg(partial(_paint, chart, runs), size, resolution, chart.accessibleName())
        case ".png":
            image = QImage(size * _SCALE, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(_SCALE)
            painter = QPainter(image)
            _paint(chart, runs, painter, size)
            painter.end()
            buffer = _opened()
            QImageWriter(buffer, QByteArray(b"png")).write(image)
            return bytes(buffer.data().data())
    raise StudioError(
        f"a chart can't be saved as {ending or 'a file without ending'}", "Name it .svg or .png"
    )


def _svg(paint: partial[None], size: QSize, resolution: int, title: str) -> bytes:
    buffer = _opened()
    drawing = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the other one can't cut lines off
    drawing.setResolution(resolution)
    drawing.setOutputDevice(buffer)
    drawing.setSize(size)
    drawing.setViewBox(QRectF(0, 0, size.width(), size.height()))
    drawing.setTitle(title)
    painter = QPainter(drawing)
    paint(painter, size)
    painter.end()
    return bytes(buffer.data().data())


def _opened() -> QBuffer:
    buffer = QBuffer()
    buffer.setData(QByteArray())
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _paint(
    chart: CurvePlot, runs: Sequence[tuple[int, str]], painter: QPainter, size: QSize
) -> None:
    plot, top = chart.plot, float(_MARGIN + theme.px(32))
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colour("window"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(13, 600))
    painter.setPen(theme.colour("text"))
    head = QRectF(_MARGIN, _MARGIN, plot.width(), theme.px(20))
    painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, chart.accessibleName())
    chart.paint_keys(painter, head)
    place = QRectF(_MARGIN, top, plot.width(), plot.height())
    plot.render(painter, place, plot.viewport().rect())
    for row, (number, name) in enumerate(runs):
        y = top + plot.height() + row * theme.px(_ROW)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(run_colour(number))
        painter.drawRect(QRectF(_MARGIN, y + theme.px(7), theme.px(14), theme.px(4)))
        room = QRectF(_MARGIN + theme.px(22), y, plot.width() - theme.px(22), theme.px(_ROW))
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font(12))
        words = QFontMetricsF(theme.font(12)).elidedText(
            f"{number}  {name}", Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


def values_text(quantity: Quantity, runs: Sequence[tuple[Run, RunLines]]) -> str:
    """What a chart shows as a table: one row a point, columns parted by tabulators.

    Training values are means over stretches of steps where a run is long; they aren't smoothed.
    """
    head = ["run", "line", "epoch", "step", "seconds", quantity.key, "lowest", "highest"]
    return "\n".join("\t".join(row) for row in [head, *_rows(quantity, runs)]) + "\n"


def _rows(quantity: Quantity, runs: Sequence[tuple[Run, RunLines]]) -> Iterator[list[str]]:
    for run, lines in runs:
        for is_checked in (True, False):
            per_unit = [
                (lines.checked(quantity, unit),)
                if is_checked
                else lines.trained(quantity, unit, "none", _MOST)
                for unit in ("epochs", "steps", "seconds")
            ]
            for same in zip(*per_unit, strict=True):
                kept = [one for one in same if one is not None]
                if not kept:
                    continue
                started = run.history.started
                checked_on = started.checked_on if started else "validation"
                word = checked_on if is_checked else kept[0].label or "training"
                columns = [one.x for one in kept]
                columns += [kept[0].y, kept[0].lows, kept[0].highs]
                for values in zip(*columns, strict=True):
                    yield [str(run.number), word, *(f"{value:.9g}" for value in values)]
