"""Restart, play, step and speed of the walking kernel."""

from PySide6.QtCore import QObject, QSettings, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, label, make_action
from studio.window.filter.arithmetic.walker import FASTEST, SLOWEST
from studio.window.translate import tr

_STEPS = 60  # of the slider, which is logarithmic
_USUAL = 8  # steps a second
_SETTING = "walk/speed"


class WalkActions(QObject):
    """What can be done with the walk; buttons and menus follow them.

    Home is a key of many lists and fields: it belongs to the widgets that the action is added to.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.restart = make_action(self, "Restart the kernel's walk", "Home")
        self.restart.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.play = make_action(self, "Let the kernel walk", "P")
        self.step = make_action(self, "One step of the kernel", ".")

    @property
    def all(self) -> tuple[QAction, QAction, QAction]:
        return self.restart, self.play, self.step

    def show(self, possible: bool, playing: bool) -> None:
        """Name and enable them."""
        self.play.setText(tr("Pause the kernel") if playing else tr("Let the kernel walk"))
        for action in self.all:
            action.setEnabled(possible)


class Transport(QWidget):
    """The buttons and the slider.

    Signals: `speed_changed` with steps a second.
    """

    speed_changed = Signal(float)

    def __init__(self, actions: WalkActions) -> None:
        super().__init__()
        self.restart = IconButton("restart", "Restart", role="text").follow(actions.restart)
        self.play = IconButton("play", "Play", role="text").follow(actions.play)
        self.step = IconButton("step", "One step", role="text").follow(actions.step)
        self._speed_words = label("Speed", "label")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 6)
        self.slider.setFixedWidth(theme.px(72))
        self.slider.setAccessibleName(tr("Speed of the kernel's walk"))
        self.slider.valueChanged.connect(self._tell)
        usual = _USUAL if theme.motion() else SLOWEST  # where motion is unwanted, slowly
        self.set_speed(_number(QSettings().value(_SETTING), usual))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        for widget in (self.restart, self.play, self.step, self._speed_words, self.slider):
            row.addWidget(widget)
        row.insertSpacing(3, theme.px(16))

    @property
    def speed(self) -> float:
        """Steps a second."""
        return float(SLOWEST * (FASTEST / SLOWEST) ** (self.slider.value() / _STEPS))

    def set_speed(self, steps: float) -> None:
        """Show a speed without saying `speed_changed`."""
        places = [SLOWEST * (FASTEST / SLOWEST) ** (place / _STEPS) for place in range(_STEPS + 1)]
        nearest = min(range(_STEPS + 1), key=lambda place: abs(places[place] - steps))
        with QSignalBlocker(self.slider):
            self.slider.setValue(nearest)
        self._name_speed()

    def show_playing(self, playing: bool) -> None:
        self.play.set_icon("pause" if playing else "play", "text")

    @Slot()
    def _tell(self) -> None:
        self._name_speed()
        QSettings().setValue(_SETTING, round(self.speed, 1))
        self.speed_changed.emit(self.speed)

    def _name_speed(self) -> None:
        self.slider.setToolTip(tr("{count} steps a second").format(count=round(self.speed)))


def _number(saved: object, usual: float) -> float:
    try:
        return float(str(saved))
    except ValueError:  # nothing saved, or no number
        return usual
