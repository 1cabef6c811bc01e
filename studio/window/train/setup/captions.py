"""What is chosen in each section of the inspector, in a few words."""

from studio.data.parts import Facts
from studio.declare import Option, options
from studio.training.augment_words import said
from studio.training.events import Started
from studio.training.settings import TrainSettings
from studio.window.train.setup.network_check import Known
from studio.window.translate import tr

_OPTIONS: dict[str, Option] = {item.name: item for item in options(TrainSettings)}
_ALWAYS_SAID = ("Data", "Network", "Augmentation")  # also while the section is open
_REGULARISERS = ("weight_decay", "dropout", "batch_norm", "max_norm", "patience")


def caption(
    group: str, is_open: bool, settings: TrainSettings, started: Started | None, known: Known
) -> str:
    """What the head of a section says beside its title."""
    if is_open and group not in _ALWAYS_SAID:
        return ""
    match group:
        case "Data":
            return _data(started, known.facts)
        case "Preprocessing":
            return _preprocessing(settings, known.facts)
        case "Network":
            return known.words
        case "Optimiser":
            return f"{_shown(settings, 'optimiser')}, {settings.learning_rate:g}"
        case "Schedule":
            return _schedule(settings)
        case "Augmentation":
            return augmentation_words(settings)
        case "Regularisation":
            return _regularisation(settings)
        case _:
            return _computing(settings)


def _data(started: Started | None, facts: Facts | None) -> str:
    """How many pictures a run has, or what they are while that isn't known."""
    if started is None:
        classes = tr("{title}, {count} classes")
        return classes.format(title=facts.title, count=len(facts.classes)) if facts else ""
    checked = started.validation_count if started.checked_on == "validation" else started.test_count
    words = {"validation": tr("{train} train, {checked} validation")}.get(
        started.checked_on, tr("{train} train, {checked} test")
    )
    counts = words.format(train=f"{started.train_count:,}", checked=f"{checked:,}")
    skipped = tr("{count} skipped").format(count=f"{len(started.skipped):,}")
    return f"{counts}, {skipped}" if started.skipped else counts


def _preprocessing(settings: TrainSettings, facts: Facts | None) -> str:
    words = []
    if facts is not None:
        words.append(f"{facts.size.width} × {facts.size.height}")
    if settings.grey:
        words.append(tr("grey"))
    if settings.normalise != "channels":
        words.append(_shown(settings, "normalise").lower().replace("zca", "ZCA"))
    if settings.permute:
        words.append(tr("permuted"))
    return ", ".join(words)


def _schedule(settings: TrainSettings) -> str:
    count = settings.epochs
    epochs = tr("1 epoch") if count == 1 else tr("{count} epochs").format(count=f"{count:,}")
    return f"{_shown(settings, 'schedule')}, {epochs}"


def augmentation_words(settings: TrainSettings) -> str:
    """What is done to the pictures, such as ``crop 4, mirror``."""
    return ", ".join(tr(text).format(value=value) for text, value in said(settings)) or tr("none")


def _regularisation(settings: TrainSettings) -> str:
    """Those that are on, with their values."""
    words = []
    for name in _REGULARISERS:
        value, title = getattr(settings, name), tr(_OPTIONS[name].label)
        lower = title if title.isupper() or title[:2].isupper() else title.lower()
        if value:
            words.append(lower if value is True else f"{lower} {value:g}")
    return ", ".join(words) or tr("none")


def _computing(settings: TrainSettings) -> str:
    return ", ".join(
        _shown(settings, name)
        for name in ("precision", "device")
        if getattr(settings, name) != _OPTIONS[name].default
    ) or tr("automatic")


def _shown(settings: TrainSettings, name: str) -> str:
    return tr(_OPTIONS[name].shown(str(getattr(settings, name))))
