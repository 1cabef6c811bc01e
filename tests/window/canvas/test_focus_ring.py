from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from studio.window.canvas.focus_ring import FocusRing


def test_a_view_reached_by_tab_gets_a_ring(qtbot):
    view = QTableView()
    qtbot.addWidget(view)
    ring = FocusRing(view)
    view.show()
    view.activateWindow()
    for reason, is_ringed in (
        (Qt.FocusReason.MouseFocusReason, False),
        (Qt.FocusReason.TabFocusReason, True),
        (Qt.FocusReason.BacktabFocusReason, True),
    ):
        view.setFocus(reason)
        qtbot.waitUntil(view.hasFocus)
        assert ring.isVisible() == is_ringed
        assert not is_ringed or ring.geometry() == view.rect()
        view.clearFocus()
        assert not ring.isVisible()
