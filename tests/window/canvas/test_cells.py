"""Numbers in cells: as many figures as fit, written alike all over a grid."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QImage, QPainter

from studio.window.canvas import cells
from studio.window.canvas.cells import fitting, paint_cells
from studio.window.chrome import theme


@pytest.fixture
def metrics(qapp):
    return QFontMetrics(theme.font(11))


def test_only_the_zero_before_the_point_is_left_out(metrics):
    width = metrics.horizontalAdvance("−.1234")
    assert fitting(-0.1234, metrics, width) == "−.1234"
    for value in (10.53, -100.2, 20.04):
        text = fitting(value, metrics, metrics.horizontalAdvance("0.0"))
        assert float(text.replace("−", "-")) == pytest.approx(value, rel=0.06)


def test_the_zero_is_left_out_in_all_cells_or_in_none(qapp, metrics, monkeypatch):
    def written(values, width):
        shown = []
        monkeypatch.setattr(cells, "_paint_cell", lambda _p, _c, text, *_: shown.append(text))
        image = QImage(400, 100, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_cells(painter, QRectF(0, 0, width * len(values), 34), np.array([values]), signed=True)
        painter.end()
        return shown

    narrow = metrics.horizontalAdvance("−.01234") + theme.px(cells.GAP) + theme.px(2)
    assert written([-0.01234, 0.5, 0.0], narrow) == ["−.01234", ".5", "0"]
    assert written([-0.01234, 0.5, 0.0], 2 * narrow) == ["−0.01234", "0.5", "0"]
