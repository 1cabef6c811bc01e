"""Declared once: settings whose form, command-line options, file and help are one thing.

A filter, a layer kind, a dataset or a set of training settings is a frozen pydantic model whose
fields are made with `option`. `options` reads them back for whoever shows them.
"""

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, Self, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from studio.errors import SettingError

Choices = tuple[str, ...]

# The group of settings that a form folds away as long as they are at their default.
SELDOM = "seldom"

# The group of settings that no form shows: they are set by other means.
UNSHOWN = "unshown"
OptionKind = Literal["integer", "number", "switch", "choice", "text", "kernel"]


class Declared(BaseModel):
    """A frozen set of fields, each made with `option`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _number_is_no_switch(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false where a number is wanted, which Python takes for 1 and 0."""
        wanted = cls.model_fields[info.field_name].annotation if info.field_name else None
        if isinstance(value, bool) and wanted in (int, float):
            raise PydanticCustomError("no_number", "a number is wanted")
        return value

    @classmethod
    def build(cls, values: Mapping[str, Any] | None = None) -> Self:
        """Make one from outside values.

        Raises
        ------
        SettingError
            Naming the field, its value and what is allowed.
        """
        try:
            return cls(**dict(values or {}))
        except ValidationError as error:
            raise setting_error(cls, error) from None

    def change(self, **values: Any) -> Self:
        """The same with other values, checked as `build` does."""
        return self.build({**{name: getattr(self, name) for name in self.fields()}, **values})

    @classmethod
    def fields(cls) -> dict[str, FieldInfo]:
        return cls.model_fields


def option(
    default: Any,
    label: str,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    step: float | None = None,
    unit: str = "",
    logarithmic: bool = False,
    names: Mapping[str, str] | None = None,
    choices: Callable[[], Choices] | None = None,
    group: str = "",
    when: Mapping[str, Choices] | None = None,
) -> Any:
    """Declare one field.

    Parameters
    ----------
    default : Any
        The value when nothing is said.
    label, help : str
        What the form shows beside the field, and one sentence that explains it.
    low, high, above : float, optional
        Bounds: at least, at most, more than.
    step, unit, logarithmic
        How a slider moves, what the number counts, and whether the slider is logarithmic.
    names : mapping, optional
        What to show for a choice, or for a number that means something of its own, instead of it.
    choices : callable, optional
        Gives the allowed values of a text field when they are known only at run time.
    group : str
        The part of a long form that the field belongs to, `SELDOM` or `UNSHOWN`.
    when : mapping, optional
        Other fields and those of their values that make this one count; a form hides it otherwise.
    """
    return Field(
        default,
        title=label,
        description=help,
        ge=low,
        le=high,
        gt=above,
        json_schema_extra={
            "step": step,
            "unit": unit,
            "logarithmic": logarithmic,
            "names": cast(Any, dict(names or {})),
            "choices": cast(Any, choices),
            "group": group,
            "when": cast(Any, dict(when or {})),
        },
    )


@dataclass(frozen=True)
class Option:
    """A field as a form, a command line or a help page needs it."""

    name: str
    label: str
    help: str
    kind: OptionKind
    default: Any
    low: float | None = None
    high: float | None = None
    above: float | None = None
    step: float | None = None
    unit: str = ""
    logarithmic: bool = False
    choices: Choices = ()
    names: Mapping[str, str] | None = None
    group: str = ""
    when: Mapping[str, Choices] | None = None

    def counts(self, values: Declared) -> bool:
        """Whether the field means anything beside the values of the others."""
        conditions = (self.when or {}).items()
        return all(str(getattr(values, name)) in allowed for name, allowed in conditions)

    def shown(self, choice: str) -> str:
        """What a person reads for one of the choices."""
        named = (self.names or {}).get(choice)
        return named or choice.replace("_", " ").replace("-", " ").capitalize()

    @property
    def allowed(self) -> str:
        """The allowed values in words, for help and for messages."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        parts = []
        if self.above is not None:
            parts.append(f"more than {_words(self.above)}")
        if self.low is not None:
            parts.append(f"at least {_words(self.low)}")
        if self.high is not None:
            parts.append(f"at most {_words(self.high)}")
        noun = {"integer": "a whole number", "number": "a number", "switch": "yes or no"}
        return " ".join([noun.get(self.kind, "text"), " and ".join(parts)]).strip()


def _words(number: float) -> str:
    return f"{number:,.12g}".replace("-", "−")


def options(declared: type[Declared]) -> tuple[Option, ...]:
    """The fields of a declaration in their order, its own before the inherited ones."""
    fields = declared.fields()
    classes = [part for part in declared.__mro__ if issubclass(part, Declared)]
    nearest_first = [name for part in classes for name in part.__annotations__ if name in fields]
    return tuple(_option(name, fields[name]) for name in dict.fromkeys(nearest_first))


def _option(name: str, field: FieldInfo) -> Option:
    extra = cast(dict[str, Any], field.json_schema_extra or {})
    bounds: dict[str, float] = {}
    for item in field.metadata:
        for key in ("ge", "le", "gt"):
            if hasattr(item, key):
                bounds[key] = getattr(item, key)
    kind, choices = _kind(field.annotation)
    if extra.get("choices"):
        kind, choices = "choice", extra["choices"]()
    return Option(
        name=name,
        label=field.title or name,
        help=field.description or "",
        kind=kind,
        default=field.get_default(call_default_factory=True),
        low=bounds.get("ge"),
        high=bounds.get("le"),
        above=bounds.get("gt"),
        step=extra.get("step"),
        unit=extra.get("unit", ""),
        logarithmic=extra.get("logarithmic", False),
        choices=choices,
        names=extra.get("names") or None,
        group=extra.get("group", ""),
        when=extra.get("when") or None,
    )


def _kind(annotation: Any) -> tuple[OptionKind, Choices]:
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(value) for value in get_args(annotation))
    if annotation is bool:
        return "switch", ()
    if annotation is int:
        return "integer", ()
    if annotation is float:
        return "number", ()
    if annotation is str:
        return "text", ()
    return "kernel", ()


def setting_error(declared: type[Declared], error: ValidationError) -> SettingError:
    """The first problem of a validation, in a sentence."""
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    known = {item.name: item for item in options(declared)}
    if first["type"] == "extra_forbidden":
        similar = ", ".join(difflib.get_close_matches(name, known))
        listed = similar or ", ".join(known) or "none"
        begin = "Similar ones" if similar else "The settings"
        return SettingError(f"there is no setting '{name}'", f"{begin} are: {listed}", name)
    if first["type"] == "value_error" or name not in known:
        said = first["ctx"]["error"] if "ctx" in first else first["msg"]
        return SettingError(f"{name}: {said}" if name else str(said), "", name)
    item = known[name]
    value = first.get("input")
    return SettingError(f"{name} can't be {value!r}", f"It must be {item.allowed}", name)


Kind = TypeVar("Kind")


def find_kinds(package: ModuleType, base: type[Kind]) -> dict[str, type[Kind]]:
    """Every class below `base` that has a `kind`, in any module of `package`, by that kind."""
    found: dict[str, type[Kind]] = {}
    for module_info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(module_info.name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            own = member.__module__ == module.__name__ and "kind" in member.__dict__
            if own and issubclass(member, base):
                found[member.__dict__["kind"]] = member
    return found
