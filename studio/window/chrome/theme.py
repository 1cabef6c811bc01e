"""Colours, sizes and fonts of the window, in a dark and a light scheme."""

from dataclasses import dataclass, fields
from string import Template
from typing import Literal

from PySide6.QtCore import QDir, QObject, QSettings, Qt, QTemporaryDir, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from studio.paths import RESOURCES
from studio.window.chrome.drawings import svg

Choice = Literal["system", "dark", "light"]

# The design's size of ordinary text, in pixels; a larger system font scales everything by it.
BASE_PX = 13


@dataclass(frozen=True)
class Tokens:
    """One scheme: what each role looks like, as `#RRGGBB`.

    Text keeps a contrast of 4.5 on what it stands on, marks keep 3.
    """

    well: str  # behind pictures
    window: str  # work area, tables, plots
    panel: str  # inspector
    control: str  # fields, buttons
    hover: str  # under the pointer, current rail item
    line: str  # separators, plot grid
    edge: str  # outline of labelled buttons, chips
    box: str  # outline of fields, check boxes
    track: str  # groove of sliders and bars
    text: str
    text2: str  # labels
    text3: str  # captions; never on a selection
    disabled: str
    accent: str  # links, focus, current; a state, never a run
    fill: str  # primary button
    fill_hover: str
    on_fill: str
    selection: str
    ok: str
    warning: str
    warning_ground: str
    error: str
    error_ground: str
    cold: str  # negative cells and bars
    warm: str  # positive cells and bars
    runs: tuple[str, ...]  # training runs, in the order they are made


DARK = Tokens(
    well="#131416",
    window="#1B1C1F",
    panel="#222428",
    control="#2D3035",
    hover="#373B41",
    line="#32353A",
    edge="#4B5059",
    box="#737A86",
    track="#3B3F46",
    text="#E8E9EB",
    text2="#B6BAC1",
    text3="#9298A2",
    disabled="#6B717B",
    accent="#7DB0FF",
    fill="#2C6AE0",
    fill_hover="#255CC6",
    on_fill="#FFFFFF",
    selection="#23385E",
    ok="#45BE94",
    warning="#EBB953",
    warning_ground="#332B1A",
    error="#FF8079",
    error_ground="#38201F",
    cold="#288CEB",
    warm="#FA9628",
    runs=("#56B4E9", "#E69F00", "#1FB98C", "#CC79A7", "#D5D8DC", "#E0702A"),
)

LIGHT = Tokens(
    well="#DFE1E4",
    window="#F0F1F3",
    panel="#F9FAFB",
    control="#FFFFFF",
    hover="#E6E8EC",
    line="#DADDE1",
    edge="#B4BAC3",
    box="#828994",
    track="#CFD3D9",
    text="#1A1C20",
    text2="#474C55",
    text3="#626873",
    disabled="#9BA1A9",
    accent="#1B58C9",
    fill="#1F5FD6",
    fill_hover="#1A52B8",
    on_fill="#FFFFFF",
    selection="#D9E6FD",
    ok="#0A7450",
    warning="#855600",
    warning_ground="#FBF1DA",
    error="#BA2B25",
    error_ground="#FCE9E7",
    cold="#1D79D3",
    warm="#C96808",
    runs=("#0072B2", "#B87400", "#00805D", "#A8487F", "#3A3F47", "#A33400"),
)


def palette(tokens: Tokens) -> QPalette:
    """What Fusion paints with where the style sheet says nothing."""
    roles = {
        QPalette.ColorRole.Window: tokens.window,
        QPalette.ColorRole.Base: tokens.control,
        QPalette.ColorRole.Button: tokens.control,
        QPalette.ColorRole.ToolTipBase: tokens.control,
        QPalette.ColorRole.AlternateBase: tokens.panel,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.BrightText: tokens.on_fill,
        QPalette.ColorRole.PlaceholderText: tokens.text3,
        QPalette.ColorRole.Highlight: tokens.selection,
        QPalette.ColorRole.HighlightedText: tokens.text,
        QPalette.ColorRole.Accent: tokens.fill,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.LinkVisited: tokens.accent,
        QPalette.ColorRole.Light: tokens.hover,
        QPalette.ColorRole.Midlight: tokens.line,
        QPalette.ColorRole.Mid: tokens.edge,
        QPalette.ColorRole.Dark: tokens.edge,
        QPalette.ColorRole.Shadow: tokens.well,
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.HighlightedText,
    ):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.disabled))
    return made


_made: list["Theme"] = []  # the application's, once there is one


class Theme(QObject):
    """The scheme in use; one for the application."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = "system"
        self._base = app.font()
        self.scale = max(QFontInfo(self._base).pixelSize(), BASE_PX) / BASE_PX
        self.tokens = LIGHT
        self._applied: tuple[Tokens, float] | None = None
        self._fonts: dict[tuple[float, int], QFont] = {}  # painting asks for them all the time
        self._colours: dict[str, QColor] = {}
        self._arrows = QTemporaryDir()
        _made[:] = [self]
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def choice(self) -> Choice:
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Use a scheme, or the system's."""
        self._choice = choice
        schemes = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
        # Asks the platform too, so that title bars and file dialogs follow where it can.
        self._app.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._apply()

    def font(self, px: float = BASE_PX, weight: int = 400) -> QFont:
        """The system's font at a size of the design, with figures of equal width."""
        size = self.px(px)
        if (size, weight) not in self._fonts:
            made = QFont(self._base)
            made.setPixelSize(size)
            made.setWeight(QFont.Weight(weight))
            made.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[size, weight] = made
        return QFont(self._fonts[size, weight])

    def colour(self, role: str, opacity: float = 1.0) -> QColor:
        """The colour of a role in the scheme in use."""
        if role not in self._colours:
            self._colours[role] = QColor(getattr(self.tokens, role))
        made = QColor(self._colours[role])
        if opacity != 1:
            made.setAlphaF(opacity)
        return made

    def px(self, length: float) -> int:
        """A length of the design, scaled as the text is."""
        return round(length * self.scale)

    @Slot()
    def _follow_system(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        system_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = system_dark if self._choice == "system" else self._choice == "dark"
        tokens = DARK if dark else LIGHT
        if self._applied == (tokens, self.scale):
            return  # styling every widget anew takes a while
        self._applied = tokens, self.scale
        self.tokens = tokens
        self._colours.clear()
        self._app.setFont(self.font())
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(self.style_sheet())
        self.changed.emit()

    def style_sheet(self) -> str:
        """The template with this scheme's colours, sizes and arrows."""
        template = Template((RESOURCES / "style.qss").read_text(encoding="utf-8"))
        return template.substitute(_Values(self, self._arrows.path()))


class _Values(dict[str, str]):
    """What the style sheet's `$names` stand for.

    A token's name is its colour, `px28` a length of 28 scaled, `icon_check__text` the file of the
    icon `check` in the colour `text`, `slider_radius` rounds a slider's handle.
    """

    def __init__(self, theme: Theme, folder: str) -> None:
        super().__init__()
        self._theme = theme
        self._folder = folder
        for field in fields(theme.tokens):
            value = getattr(theme.tokens, field.name)
            if isinstance(value, str):
                self[field.name] = value
        # Half of the handle, with its border; Qt draws a square where a radius is any larger.
        side = min(theme.px(10) + 4, theme.px(4) + 2 * theme.px(5))
        self["slider_radius"] = f"{side // 2}px"

    def __missing__(self, key: str) -> str:
        if key.startswith("px"):
            return f"{self._theme.px(float(key[2:]))}px"
        if key.startswith("icon_"):
            name, _, role = key.removeprefix("icon_").partition("__")
            return self._icon_file(name.replace("_", "-"), role)
        raise KeyError(key)

    def _icon_file(self, name: str, role: str) -> str:
        colour: str = self[role]
        path = QDir(self._folder).filePath(f"{name}-{colour[1:]}.svg")
        with open(path, "wb") as file:
            file.write(svg(name, colour))
        return path


def theme() -> Theme:
    """The application's theme."""
    if not _made or not isValid(_made[-1]):
        raise RuntimeError("the application has no theme yet: make it with studio.window.app")
    return _made[-1]


def tokens() -> Tokens:
    """The colours of the scheme in use."""
    return theme().tokens


def colour(role: str, opacity: float = 1.0) -> QColor:
    """The colour of a role in the scheme in use."""
    return theme().colour(role, opacity)


def font(px: float = BASE_PX, weight: int = 400) -> QFont:
    """The system's font at a size of the design; 13 text, 12 tables and captions, 11 axes."""
    return theme().font(px, weight)


def px(length: float) -> int:
    """A length of the design in pixels, scaled with the text."""
    return theme().px(length)


def saved_choice() -> Choice:
    """The scheme that was chosen last time."""
    found = QSettings().value("theme", "system")
    return found if found in ("system", "dark", "light") else "system"


def motion() -> int:
    """Milliseconds that drawers and sections take to open; 0 where motion is unwanted."""
    return 120 if QApplication.isEffectEnabled(Qt.UIEffect.UI_General) else 0
