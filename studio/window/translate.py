"""Every text of the window passes through here, and can be another language's."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from studio.paths import RESOURCES

_CONTEXT = "studio"


def tr(text: str) -> str:
    """The text in the person's language; as it is where there is no translation."""
    return QCoreApplication.translate(_CONTEXT, text)


def install(app: QCoreApplication, locale: QLocale | None = None) -> bool:
    """Speak the person's language, where ``resources/translations/studio_LANGUAGE.qm`` is there.

    Qt's own texts follow only then, so that a window never speaks two languages.
    """
    locale = locale or QLocale()
    ours, theirs = QTranslator(app), QTranslator(app)
    if not ours.load(locale, "studio", "_", str(RESOURCES / "translations")):
        return False
    app.installTranslator(ours)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if theirs.load(locale, "qtbase", "_", folder):
        app.installTranslator(theirs)
    return True
