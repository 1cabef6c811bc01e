"""Every text of the window can be another language's."""

import re

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget

from studio.window import translate
from studio.window.assembly import Studio, first_document
from studio.window.job import running_jobs
from studio.window.session import Session

# Names rather than words: files, sizes, devices, layers, classes and models keep theirs.
NAMES = re.compile(
    r"\.png|\d × \d|^CPU, |^(Input|Conv|ReLU|Norm|Pool|Dense|Dropout|Flatten)\b|\d %|"
    r"^(LeNet-5|ConvNet), "
)


class Marked(QTranslator):
    def translate(self, context, text, disambiguation=None, n=-1):
        return f"«{text}»" if context == "studio" else None

    def isEmpty(self):
        return False


@pytest.fixture
def marked(qapp):
    translator = Marked()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def texts(widget):
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(row) for row in range(widget.count()))
    yield widget.toolTip()
    yield widget.accessibleName()


def test_every_text_goes_through_the_translation(marked, qtbot):
    studio = Studio(Session(first_document()))
    qtbot.addWidget(studio.window)
    studio.window.show()
    for space in studio.window.spaces:
        studio.window.show_space(space.key)
        qtbot.waitUntil(lambda: not running_jobs(), timeout=30_000)
    found = {text for widget in studio.window.findChildren(QWidget) for text in texts(widget)}
    for menu in studio.window.findChildren(QMenu):
        found |= {action.text() for action in menu.actions()}
    untranslated = {
        text
        for text in found
        if re.search("[A-Za-z]{2}", text) and "«" not in text and not NAMES.search(text)
    }
    assert not untranslated


def test_a_language_without_translation_is_left_alone(qapp):
    assert not translate.install(qapp, QLocale(QLocale.Language.Icelandic))
    assert translate.tr("Filter") == "Filter"
