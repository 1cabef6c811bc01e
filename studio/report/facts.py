"""What a run was: its settings, its network, and what it was made with."""

from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from studio.declare import Option, options
from studio.nets.architecture import Architecture
from studio.report.markup import Content, folded, table, tag
from studio.report.numbers import counted, duration, figure
from studio.training.events import Started
from studio.training.history import History
from studio.training.kept import KeptRun
from studio.training.settings import TrainSettings

_MOST_SKIPPED = 50


def settings_section(settings: TrainSettings) -> list[Element]:
    """All settings that count, those that aren't as usual first."""
    rows: tuple[list[list[Content]], list[list[Content]]] = ([], [])
    for item in options(TrainSettings):
        if item.counts(settings):
            value = getattr(settings, item.name)
            as_usual = value == item.default
            row: list[Content] = [item.label, setting_words(item, value), item.help]
            rows[as_usual].append(row)
    head = ["Setting", "Value", "What it is"]
    parts = []
    if rows[0]:
        parts.append(table(head, rows[0], words=3, caption="Other than usual"))
    parts.append(folded(f"{len(rows[1])} settings as usual", table(head, rows[1], words=3)))
    return parts


def setting_words(item: Option, value: Any) -> str:
    """A setting's value as the form shows it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            number = f"{value:,}" if isinstance(value, int) else figure(value)
            if item.name == "seed":
                number = str(value)
            return f"{number.replace('-', '−')} {item.unit}".strip()
    text = str(value)
    return item.shown(text) if item.choices and text else text or "–"


def network_section(network: Architecture) -> list[Element]:
    """The table of the layers."""
    rows: list[list[Content]] = [
        [
            row.name,
            row.words,
            str(row.output),
            f"{row.weights:,}" if row.weights else "",
            f"{row.multiply_adds:,}" if row.multiply_adds else "",
            "×".join(map(str, row.receptive_field)),
        ]
        for row in network.table()
    ]
    head = ["Layer", "", "Output", "Weights", "Multiply-adds", "Receptive field"]
    words = f"Input {network.input}; {counted(network.weights, 'weight')}"
    found = table(head, rows, words=2, caption=words)
    return [folded(f"{len(rows)} layers", found) if len(rows) > 40 else found]


def making_section(kept: KeptRun, history: History) -> list[Element]:
    """Versions, seed, device, time, and the command that makes it again."""
    started = history.started
    facts: list[tuple[str, str]] = [("Seed", str(kept.settings.seed))]
    if started:
        precision = {"full": "float32", "mixed": "bfloat16 where that is safe"}
        computing = precision.get(started.precision, started.precision)
        facts.append(("Device", f"{started.device}, {computing}"))
        facts.append(("Pictures", _parts_words(started)))
        if started.source:
            facts.append(("Source of the data", started.source))
    if kept.begun:
        facts.append(("Begun", _time_words(kept.begun)))
    facts.append(("Time, computing", duration(history.seconds)))
    if history.speeds:
        facts.append(("Speed at the end", f"{history.speeds[-1]:,.0f} pictures/s"))
    memory = max((one.memory for one in history.norms), default=0)
    if memory:
        facts.append(("Memory", f"{memory / 2**20:,.0f} MB"))
    versions = ", ".join(f"{name} {version}" for name, version in kept.versions.items())
    if versions:
        facts.append(("Versions", versions))
    rows: list[list[Content]] = [[name, value] for name, value in facts]
    parts = [table(["", ""], rows, words=2)]
    if started and started.skipped:
        skipped = started.skipped
        left = [tag("li", f"{one.path}: {one.reason}") for one in skipped[:_MOST_SKIPPED]]
        if len(skipped) > _MOST_SKIPPED:
            left.append(tag("li", f"and {len(skipped) - _MOST_SKIPPED:,} more"))
        parts.append(
            folded(f"{counted(len(skipped), 'picture')} could not be used", tag("ul", left))
        )
    parts.append(tag("p", "The command that makes it again:"))
    parts.append(tag("pre", tag("code", kept.settings.command)))
    return parts


def _parts_words(started: Started) -> str:
    parts = [f"{started.train_count:,} to train"]
    if started.validation_count:
        parts.append(f"{started.validation_count:,} for validation")
    return ", ".join([*parts, f"{started.test_count:,} to test"])


def _time_words(text: str) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{when:%Y-%m-%d %H:%M} {when.tzname() or ''}".strip()
