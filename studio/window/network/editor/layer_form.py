"""The settings of the chosen layer, or of the picture that goes into the network."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.declare import Declared
from studio.nets.layer import Layer
from studio.window.chrome import theme
from studio.window.chrome.controls import IconButton, LinkButton, label
from studio.window.forms.form import Form
from studio.window.network.editor.input_settings import InputSettings
from studio.window.translate import tr


class LayerForm(QFrame):
    """A heading, the form made from the layer's declaration, and what is to be said of it.

    Signals: `layer_changed` and `input_changed` with what a person made of it; `forget_wanted`
    when the names of the classes are to be given up.
    """

    layer_changed = Signal(object)
    input_changed = Signal(object)
    forget_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._forms: dict[type[Declared], Form] = {}
        self._make_head()
        self.forget = LinkButton("Forget the classes", "Let the answers have no names")
        self.forget.clicked.connect(self.forget_wanted)
        self.dense = label(role="caption", wrap=True)
        self._help = label(role="caption", wrap=True)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(8))
        self._column.setSpacing(theme.px(8))
        for part in (self._help, self.forget, self.dense):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._scroll, 1)
        self._help.hide()

    def _make_head(self) -> None:
        self._head = QWidget()
        self._head.setFixedHeight(theme.px(36))
        row = QHBoxLayout(self._head)
        row.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        row.setSpacing(theme.px(8))
        self.title = label("", "title")
        self.caption = label("", "caption", elide=True)
        self.what = IconButton("help", "What this layer does")
        self.what.clicked.connect(self._show_help)
        row.addWidget(self.title)
        row.addWidget(self.caption, 1)
        row.addWidget(self.what)

    @property
    def form(self) -> Form | None:
        """The one that is shown."""
        shown = [form for form in self._forms.values() if not form.isHidden()]
        return shown[0] if shown else None

    def show_layer(self, title: str, layer: Layer) -> None:
        """Show the settings of a layer."""
        self.title.setText(title)
        self._help.setText(tr(layer.summary))
        form = self._show(layer)
        self.caption.setText("" if form.fields else tr("has no settings"))

    def show_input(self, settings: InputSettings) -> None:
        """Show what the network is given and what it tells apart."""
        self.title.setText(tr("Input"))
        self.caption.setText("")
        self._help.setText(tr("The picture that the network is given, and what it tells apart."))
        self._show(settings)

    def show_remarks(self, caption: str, dense: str, can_forget: bool) -> None:
        """Say what is to be said beside the settings; what is empty is left out."""
        if caption:
            self.caption.setText(caption)
        self.forget.setVisible(can_forget)
        self.dense.setText(f"{dense}." if dense else "")
        self.dense.setVisible(bool(dense))

    def natural_height(self, width: int) -> int:
        """What shows everything without scrolling."""
        height = self._column.heightForWidth(width) if self._column.hasHeightForWidth() else -1
        return self._head.height() + max(height, self._content.sizeHint().height())

    def _show(self, value: Declared) -> Form:
        kind = type(value)
        if kind not in self._forms:
            form = self._forms[kind] = Form(value)
            form.changed.connect(self._tell)
            grid = form.layout()
            assert isinstance(grid, QGridLayout)
            grid.setVerticalSpacing(theme.px(2))  # the table above needs the room
            self._column.insertWidget(2, form)
            last: QWidget = self.what
            for stop in form.stops():  # made last, it would come last
                QWidget.setTabOrder(last, stop)
                last = stop
        for other, form in self._forms.items():
            form.setVisible(other is kind)
        shown = self._forms[kind]
        if shown.value != value:
            shown.set_value(value)
        return shown

    @Slot(object)
    def _tell(self, value: Declared) -> None:
        if isinstance(value, InputSettings):
            self.input_changed.emit(value)
        else:
            self.layer_changed.emit(value)

    @Slot()
    def _show_help(self) -> None:
        self._help.setVisible(self._help.isHidden())
        self.updateGeometry()
