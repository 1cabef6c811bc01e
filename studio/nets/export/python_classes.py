"""A torch module as Python classes: the layers in ``__init__``, the steps in ``forward``."""

import textwrap

from torch import fx, nn

from studio.nets.export.python_layers import call_of, is_torchs_own, quoted
from studio.nets.export.python_steps import lines_of
from studio.nets.tracing import tracing


class _Tracer(fx.Tracer):
    """Modules that become classes of their own are one step; what only joins is written out."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return is_torchs_own(m) or _is_class(m)


def _is_class(module: nn.Module) -> bool:
    holds = any(True for _ in module.children()) or bool(module._parameters or module._buffers)
    return holds and not is_torchs_own(module) and not _is_container(module)


def _is_container(module: nn.Module) -> bool:
    """A module that only holds others, as the paths of a graph of torch.fx need them."""
    return type(module) is nn.Module and not (module._parameters or module._buffers)


class Classes:
    """The classes that a module needs, those it is made of first.

    Parameters
    ----------
    module : nn.Module
    name, doc : str
        Of the class of the module itself.
    """

    def __init__(self, module: nn.Module, name: str, doc: str) -> None:
        self._texts: dict[str, str] = {}  # class name by body
        self.text = ""
        self._add(module, name, doc)

    def _add(self, module: nn.Module, name: str, doc: str = "") -> str:
        """The name of the class of such a module, which is written unless it was already."""
        body = "\n".join(
            [
                *([f'    """{doc}"""', ""] if doc else []),
                "    def __init__(self):",
                "        super().__init__()",
                *textwrap.indent("\n".join(self._parts(module)), " " * 8).splitlines(),
                "",
                "    def forward(self, x):",
                *(" " * 8 + line for line in self._steps(module)),
            ]
        )
        if body not in self._texts:
            if not name:
                name = f"Block{len(self._texts) + 1}"
            self._texts[body] = name
            self.text += f"class {name}(nn.Module):\n{body}\n\n\n"
        return self._texts[body]

    def _steps(self, module: nn.Module) -> list[str]:
        with tracing():
            graph = module.graph if isinstance(module, fx.GraphModule) else _Tracer().trace(module)

        def part_text(path: str) -> str:
            first, *rest = path.split(".")
            inside = "".join(f"[{quoted(name)}]" for name in rest)
            return ("self." + first if first.isidentifier() else _by_name(first)) + inside

        return lines_of(graph, part_text)

    def _parts(self, module: nn.Module) -> list[str]:
        lines = []
        for name, parameter in module._parameters.items():
            if parameter is not None:
                lines.append(f"self.{name} = nn.Parameter(torch.empty{tuple(parameter.shape)})")
        for name, buffer in module._buffers.items():
            if buffer is not None:
                empty = f"torch.empty({tuple(buffer.shape)}, dtype={buffer.dtype})"
                lines.append(f"self.register_buffer({quoted(name)}, {empty})")
        for name, part in module.named_children():
            if is_torchs_own(part) or _is_class(part) or _is_container(part):
                plain = name.isidentifier()
                start, end = (
                    (f"self.{name} = ", "") if plain else (f"self.add_module({quoted(name)}, ", ")")
                )
                lines += _laid_out(start, self._expression(part), end).splitlines()
        return lines

    def _expression(self, module: nn.Module) -> "_Expression":
        if type(module) is nn.Sequential and len(module):
            names = [name for name, _ in module.named_children()]
            if names == [str(number) for number in range(len(names))]:
                return "nn.Sequential(", self._inside(module, ""), ")"
            if all(map(str.isidentifier, names)):
                return "nn.Sequential(OrderedDict(", self._inside(module, "{}="), "))"
            return "nn.Sequential(OrderedDict({", self._inside(module, "{}: "), "}))"
        if is_torchs_own(module):
            return call_of(module)
        if _is_container(module):
            return "nn.ModuleDict({", self._inside(module, "{}: "), "})"
        return f"{self._add(module, '')}()"

    def _inside(self, module: nn.Module, label: str) -> list[tuple[str, "_Expression"]]:
        return [
            (label.format(name if "=" in label else quoted(name)), self._expression(part))
            for name, part in module.named_children()
        ]


# A call, or how a container begins, what is in it with a label for each, and how it ends.
_Expression = str | tuple[str, "list[tuple[str, _Expression]]", str]


def _by_name(name: str) -> str:
    return f"self.get_submodule({quoted(name)})"


def _laid_out(start: str, expression: _Expression, end: str = "") -> str:
    if isinstance(expression, str):
        return f"{start}{expression}{end}"
    opening, inside, closing = expression
    lines = (textwrap.indent(_laid_out(label, part, ","), "    ") for label, part in inside)
    return "\n".join([start + opening, *lines, closing + end])
