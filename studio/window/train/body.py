"""The work area of Train: transport over words over curves over runs and their results."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from studio.window.chrome.controls import Button
from studio.window.chrome.widgets import MessageBar
from studio.window.session import Session
from studio.window.train.actions import TrainActions
from studio.window.train.advice_bar import AdviceBar
from studio.window.train.charts import TrainCharts
from studio.window.train.results import ResultsPanel
from studio.window.train.run_table import RunTable
from studio.window.train.transport import Transport


class TrainBody(QWidget):
    """Makes the parts and lays them out; what they show is decided elsewhere."""

    def __init__(self, actions: TrainActions, kept: QMenu, session: Session) -> None:
        super().__init__()
        open_button = Button(
            "Open run…", look="flat", tip_text="Show a run of another day in the table"
        )
        open_button.setMenu(kept)
        self.transport = Transport(
            actions.start, actions.step, actions.stop, actions.by_hand, actions.use_classify
        )
        self.message = MessageBar()
        self.advice = AdviceBar()
        self.charts = TrainCharts()
        self.table = RunTable()
        self.results = ResultsPanel(self.table, open_button, session)
        self.confusion = self.results.confusion
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("train")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.charts)
        splitter.addWidget(self.results)
        splitter.setSizes([500, 420])  # shares, as nothing has a size yet
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addWidget(self.message)
        column.addWidget(self.advice)
        column.addWidget(splitter, 1)
