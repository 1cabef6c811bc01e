"""The inspector of the Filter workspace: the chain above, the chosen filter's form below."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.errors import SettingError
from studio.filters import FILTERS
from studio.filters.base import Filter
from studio.filters.chain import Chain, Step
from studio.window.canvas.thumbnails import thumbnail
from studio.window.chrome import theme
from studio.window.chrome.controls import Button, IconButton, label, make_action
from studio.window.chrome.inspector import Inspector, Section
from studio.window.filter.add_menu import by_family, make_actions
from studio.window.filter.chain_list import THUMBNAIL, ChainList, sentence
from studio.window.filter.display_panel import DisplayPanel
from studio.window.filter.result import Facts, Result, Side
from studio.window.filter.sizing import Size, SizeLines, sizes_of
from studio.window.forms.form import Form
from studio.window.session import Session
from studio.window.translate import tr


class ChainPanel(Inspector):
    """Edits the session's chain, and says how its result is shown.

    Signals: `selected(row)` when another filter is the chosen one, -1 where there is none;
    `shown_changed` when the result is to be shown in other colours.
    """

    selected = Signal(int)
    shown_changed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__("Chain")
        self._session = session
        self._after: Side | None = None
        self._small: list[NDArray[np.uint8]] = []
        self._forms: dict[str, Form] = {}
        self._size: Size | None = None
        self._blamed: tuple[Form, str] | None = None
        self.fault: SettingError | None = None  # why the chain has no result
        self.rows = ChainList()
        self._make_actions()
        self._make_chain()
        self._make_settings()
        self.display = DisplayPanel()
        self.display.shown_changed.connect(self.shown_changed)
        self.add(self.display)
        session.changed.connect(self._follow)
        theme.theme().changed.connect(self._draw_thumbnails)
        self.rows.steps.set_chain(self.chain)
        self._choose(len(self.chain.steps) - 1)

    @property
    def chain(self) -> Chain:
        return self._session.document.chain

    @property
    def form(self) -> Form | None:
        """The form of the chosen filter."""
        steps, row = self.chain.steps, self.rows.row
        return self._forms[steps[row].filter.kind] if 0 <= row < len(steps) else None

    def set_size(self, height: int, width: int) -> None:
        """Say how large the picture is that goes into the chain."""
        self._size = height, width
        self._check_sizes()

    def show_result(self, result: Result) -> None:
        """Show the scale of a new result, before anything was counted."""
        self._after = result.after
        self.display.show_scale(result.after.scale)

    def show_facts(self, facts: Facts) -> None:
        """Show what each filter gave, and which values the result has."""
        self._small = facts.small
        if self._after is not None:
            self.display.show_result(
                facts.histogram, self._after.scale, self._after.depth, facts.is_whole
            )
        self._draw_thumbnails()

    # Building

    def _make_actions(self) -> None:
        self._duplicate = make_action(
            self, "Duplicate filter", "Ctrl+D", lambda: self.duplicate(self.rows.row)
        )
        self._remove = make_action(self, "Remove filter", "", lambda: self.remove(self.rows.row))
        self._up = make_action(self, "Move filter up", "Alt+Up", lambda: self._shift(-1))
        self._down = make_action(self, "Move filter down", "Alt+Down", lambda: self._shift(1))
        self.edit_actions = [self._duplicate, self._up, self._down, self._remove]
        actions = make_actions(self, self._append)
        self.add_actions = list(actions.values())
        self.add_entries = by_family(self, actions)

    def _make_chain(self) -> None:
        undo = IconButton("undo", "Undo", "Ctrl+Z")
        redo = IconButton("redo", "Redo", "Ctrl+Shift+Z")
        stack = self._session.undo_stack
        undo.follow(stack.createUndoAction(self, tr("Undo")))
        redo.follow(stack.createRedoAction(self, tr("Redo")))
        add = Button("Add filter", "plus", tip_text="Put one more filter into the chain")
        menu = QMenu(add)
        menu.setToolTipsVisible(True)
        menu.addActions(self.add_entries)
        add.setMenu(menu)
        self.add_to_header(undo, redo, add)
        self.rows.chosen.connect(self._choose)
        self.rows.switched.connect(self.switch)
        self.rows.removed.connect(self.remove)
        self.rows.moved.connect(self.reorder)
        self._none = label("No filters yet: add one, and the result follows.", "label", True)
        chain = QWidget()
        column = QVBoxLayout(chain)
        column.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(8))
        column.addWidget(self.rows)
        column.addWidget(self._none)
        self.add(chain)

    def _make_settings(self) -> None:
        self._settings = Section("")
        what = IconButton("help", "What this filter does")
        what.clicked.connect(self._show_help)
        more = IconButton("more", "More about this filter")
        menu = QMenu(more)
        menu.addActions(self.edit_actions)
        self.more_menu = menu
        more.clicked.connect(lambda: menu.popup(more.mapToGlobal(more.rect().bottomLeft())))
        self._settings.add_to_head(what, more)
        self._help = label(role="caption", wrap=True)
        self._help.hide()
        self._settings.add(self._help)
        self.size_lines = SizeLines()
        self.add(self._settings)

    # What a person does

    def append(self, kind: str, values: Mapping[str, Any] | None = None) -> None:
        """Put a filter below the chosen one."""
        step = Step(filter=FILTERS[kind].build(values))
        self._insert(self.rows.row + 1, step, tr("Add {filter}"))

    def _append(self, kind: str) -> None:
        self.append(kind)

    def duplicate(self, row: int) -> None:
        """Put a copy of a filter below it."""
        if 0 <= row < len(self.chain.steps):
            self._insert(row + 1, self.chain.steps[row], tr("Duplicate {filter}"))

    def remove(self, row: int) -> None:
        """Take a filter out of the chain."""
        steps = list(self.chain.steps)
        if 0 <= row < len(steps):
            gone = steps.pop(row)
            self._edit(tr("Remove {filter}"), steps, gone.filter)

    def reorder(self, row: int, place: int) -> None:
        """Move a filter to another place of the chain."""
        steps = list(self.chain.steps)
        if row != place and 0 <= row < len(steps) and 0 <= place < len(steps):
            step = steps.pop(row)
            steps.insert(place, step)
            self._edit(tr("Move {filter}"), steps, step.filter)
            self._choose(place)

    def _shift(self, places: int) -> None:
        self.reorder(self.rows.row, self.rows.row + places)

    def switch(self, row: int) -> None:
        """Switch a filter off, or on again."""
        steps = list(self.chain.steps)
        if 0 <= row < len(steps):
            steps[row] = steps[row].change(on=not steps[row].on)
            text = tr("Switch {filter} on") if steps[row].on else tr("Switch {filter} off")
            self._edit(text, steps, steps[row].filter)

    @Slot(object)
    def set_filter(self, changed: Filter) -> None:
        """Give the chosen filter other settings; changes in a row are undone as one."""
        row, steps = self.rows.row, list(self.chain.steps)
        if 0 <= row < len(steps) and steps[row].filter != changed:
            steps[row] = steps[row].change(filter=changed)
            self._edit(tr("Change {filter}"), steps, changed, merge=f"filter {row}")

    def replace(self, other: Filter) -> None:
        """Put another filter in the place of the chosen one."""
        row, steps = self.rows.row, list(self.chain.steps)
        if 0 <= row < len(steps):
            steps[row] = steps[row].change(filter=other)
            self._edit(tr("Use {filter}"), steps, other)

    def _insert(self, place: int, step: Step, text: str) -> None:
        steps = list(self.chain.steps)
        steps.insert(place, step)
        self._edit(text, steps, step.filter)
        self._choose(place)

    def _edit(self, text: str, steps: Sequence[Step], changed: Filter, merge: str = "") -> None:
        document = self._session.document.change(chain=Chain(steps=tuple(steps)))
        self._session.edit(text.format(filter=tr(changed.title)), document, merge or None)

    # Following the document

    @Slot(object, object)
    def _follow(self, old: object, new: object) -> None:
        row = self.rows.row
        self.rows.steps.set_chain(self.chain)
        self._choose(min(max(row, 0), len(self.chain.steps) - 1))

    @Slot()
    def choose_last(self) -> None:
        """Show the settings of the last filter."""
        self._choose(len(self.chain.steps) - 1)

    @Slot(int)
    def _choose(self, row: int) -> None:
        self.rows.set_row(row)
        steps = self.chain.steps
        has_row = 0 <= row < len(steps)
        self._settings.setVisible(has_row)
        self._none.setVisible(not steps)
        for action in (self._duplicate, self._remove):
            action.setEnabled(has_row)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(has_row and row < len(steps) - 1)
        if has_row:
            self._show_form(steps[row].filter)
        self._check_sizes()
        self.selected.emit(row)

    def _show_form(self, chosen: Filter) -> None:
        self._settings.set_title(tr(chosen.title))
        parts = [tr(chosen.summary), chosen.formula, chosen.source]
        self._help.setText("\n\n".join(part for part in parts if part))
        if chosen.kind not in self._forms:
            form = Form(chosen)
            form.changed.connect(self.set_filter)
            self._settings.add(form, self.size_lines)
            self._forms[chosen.kind] = form
            # The display's field was made before, and would come first.
            form.then_tab_to(*self.display.stops())
        for kind, form in self._forms.items():
            form.setVisible(kind == chosen.kind)
        self._forms[chosen.kind].set_value(chosen)

    def _check_sizes(self) -> None:
        """Show the chosen filter's sizes, and blame the one that leaves nothing of the picture."""
        if self._size is None:
            return
        row, form = self.rows.row, self.form
        sizes = sizes_of(self.chain, self._size, row)
        step = self.chain.steps[row] if form is not None else None
        self.size_lines.show_size(step.filter if step and step.on else None, sizes.before)
        self.fault = fault = sizes.fault
        self.rows.steps.set_fault(fault)
        if self._blamed is not None:
            self._blamed[0].clear_error(self._blamed[1])
            self._blamed = None
        if fault and form and fault.step == row and fault.field in form.fields:
            form.show_error(fault.field, f"{sentence(fault.message)}.")
            self._blamed = form, fault.field

    @Slot()
    def _show_help(self) -> None:
        self._help.setVisible(self._help.isHidden())

    @Slot()
    def _draw_thumbnails(self) -> None:
        if self._small:
            width, height = theme.px(THUMBNAIL.width()), theme.px(THUMBNAIL.height())
            ratio = self.devicePixelRatioF()
            drawn = [thumbnail(small, width, height, ratio) for small in self._small]
            self.rows.steps.set_thumbnails(drawn)
