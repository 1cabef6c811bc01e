"""The steps of an exported program from the JSON that torch has written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from studio.errors import ModelError
from studio.nets.foreign.operations import in_place_name, is_known

_TORCH_OPS = "torch.ops."
_POSITIONAL = 1
_TYPES: Mapping[int, str] = {
    **{1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64"},
    **{6: "float16", 7: "float32", 8: "float64", 12: "bool", 13: "bfloat16"},
}
_VIEWS = ("view", "reshape", "_unsafe_view", "expand")
_PLAIN = ("as_int", "as_ints", "as_float", "as_floats", "as_bool", "as_bools", "as_string")


@dataclass(frozen=True)
class Steps:
    """What the JSON holds.

    Attributes
    ----------
    steps : tuple of dict
        The fields of `ProgramStep`.
    output : str
        The name of the step that gives the answer.
    input : tuple of int
        The shape of the example it was exported with.
    arrays, learned : tuple of str
        The names of the arrays it uses, and of those that are parameters.
    modules : dict
        The kinds of the modules, by path.
    """

    steps: tuple[dict[str, Any], ...]
    output: str
    input: tuple[int, ...]
    arrays: tuple[str, ...]
    learned: tuple[str, ...]
    modules: dict[str, str]


def read_steps(model: Mapping[str, Any], name: str) -> Steps:
    """The steps.

    Raises
    ------
    ModelError
        When the program has not one input and one output, or does what the studio doesn't know.
    KeyError, TypeError, IndexError, AttributeError
        When the JSON is not as torch writes it.
    """
    return _Reader(model, name).read()


class _Reader:
    def __init__(self, model: Mapping[str, Any], name: str) -> None:
        self._graph = model["graph_module"]["graph"]
        self._signature = model["graph_module"]["signature"]
        self._name = name
        self._refs: dict[str, dict[str, str]] = {}  # graph names to steps or arrays
        self._learned: list[str] = []
        self._arrays: list[str] = []
        self._modules: dict[str, str] = {}
        self._input: tuple[int, ...] = ()

    def read(self) -> Steps:
        self._read_inputs()
        steps = [step for node in self._graph["nodes"] for step in self._step(node)]
        outputs = [
            spec["user_output"] for spec in self._signature["output_specs"] if "user_output" in spec
        ]
        if len(outputs) != 1 or "as_tensor" not in outputs[0]["arg"]:
            raise ModelError(f"{self._name} gives {len(outputs)} results, not one tensor of scores")
        answer = self._refs[outputs[0]["arg"]["as_tensor"]["name"]]
        return Steps(
            tuple(steps),
            answer["step"],
            self._input,
            tuple(dict.fromkeys(self._arrays)),
            tuple(self._learned),
            self._modules,
        )

    def _read_inputs(self) -> None:
        for spec in self._signature["input_specs"]:
            ((sort, what),) = spec.items()
            if sort == "user_input":
                if self._input or "as_tensor" not in what["arg"]:
                    raise ModelError(f"{self._name} takes more than one picture at a time")
                graph_name = what["arg"]["as_tensor"]["name"]
                self._refs[graph_name] = {"step": "input"}
                self._input = tuple(map(_size, self._meta(graph_name)["sizes"]))
                continue
            key = what.get(f"{sort}_name")
            if not isinstance(key, str) or "arg" not in what:
                raise ModelError(f"{self._name} needs what the studio can't give it: {sort}")
            self._refs[what["arg"]["name"]] = {"part": key}
            self._arrays.append(key)
            if sort == "parameter":
                self._learned.append(key)
        if not self._input:
            raise ModelError(f"{self._name} takes no picture")

    def _meta(self, graph_name: str) -> Mapping[str, Any]:
        meta: Mapping[str, Any] = self._graph["tensor_values"][graph_name]
        return meta

    def _step(self, node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The steps of one node: several where it gives several results."""
        outputs = node["outputs"]
        if not outputs:  # a check, which gives nothing
            return
        op = str(node["target"]).removeprefix(_TORCH_OPS)
        replaced = in_place_name(op)
        if not is_known(op):
            raise ModelError(
                f"{self._name} uses the operation {op}, which the studio doesn't know: nothing in "
                "it was executed",
                "Export the network's state_dict() instead, if its architecture is a known one",
            )
        args, kwargs = self._arguments(node["inputs"])
        if op.split(".")[1] in _VIEWS and len(args) > 1 and isinstance(args[1], list):
            args[1] = self._any_batch(args[1], outputs)
        path = self._path(node.get("metadata") or {})
        first = next((one for one in args if isinstance(one, dict) and "step" in one), None)
        own = {
            "op": replaced or op,
            "args": tuple(args),
            "kwargs": kwargs,
            "path": path,
            "rank": self._rank(node["inputs"]),
        }
        names, is_list = _output_names(outputs)
        if len(names) == 1 and not is_list:
            yield {"name": names[0], **own}
            self._refs[names[0]] = {"step": names[0]}
            if replaced and first is not None:
                self._replace(first, names[0])
            return
        whole = f"{names[0]}_whole"
        yield {"name": whole, **own}
        for place, one in enumerate(names):
            taken = ({"step": whole}, place)
            yield {"name": one, "op": "_operator.getitem", "args": taken, "path": path}
            self._refs[one] = {"step": one}

    def _replace(self, old: Mapping[str, str], new: str) -> None:
        """What was changed in place is from now on the result."""
        for graph_name, ref in self._refs.items():
            if ref == old:
                self._refs[graph_name] = {"step": new}

    def _arguments(self, inputs: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for one in inputs:
            value = self._value(one["arg"])
            if one.get("kind", _POSITIONAL) == _POSITIONAL:
                args.append(value)
            else:
                kwargs[str(one["name"])] = value
        return args, kwargs

    def _value(self, arg: Mapping[str, Any]) -> Any:
        ((sort, value),) = arg.items()
        if sort == "as_none":
            return None
        if sort in _PLAIN:
            return value
        if sort in ("as_tensor", "as_sym_int"):
            return value["as_int"] if "as_int" in value else dict(self._refs[_name_of(value)])
        if sort in ("as_tensors", "as_sym_ints", "as_optional_tensors"):
            return [self._value({"as_sym_int": one}) if one else None for one in value]
        if sort == "as_scalar_type":
            return {"dtype": _TYPES[value]}
        if sort in ("as_memory_format", "as_layout", "as_device"):
            return None  # as it is
        raise ModelError(f"{self._name}: a step is given {sort}, which the studio doesn't know")

    def _any_batch(self, sizes: list[Any], outputs: list[Any]) -> list[Any]:
        """Sizes whose first, the batch, is whatever it will be."""
        if not sizes or "as_tensor" not in outputs[0]:
            return sizes
        if sizes[0] == self._input[0] or isinstance(sizes[0], dict):
            result = self._meta(outputs[0]["as_tensor"]["name"])
            return [-1, *map(_size, result["sizes"][1:])]
        return sizes

    def _rank(self, inputs: list[Any]) -> int:
        arg = inputs[0]["arg"] if inputs else {}
        if "as_tensor" not in arg:
            return 0
        return len(self._meta(arg["as_tensor"]["name"])["sizes"])

    def _path(self, metadata: Mapping[str, str]) -> str:
        """The module that a node was written in; what is noted of all modules around it."""
        path = ""
        for entry in str(metadata.get("nn_module_stack", "")).split(";"):
            fields = entry.split(",")
            if len(fields) == 3 and fields[1]:
                path = fields[1]
                self._modules[path] = fields[2]
        return path


def _output_names(outputs: list[Any]) -> tuple[list[str], bool]:
    """The names of a node's results, and whether they come as a list."""
    first = outputs[0]
    if "as_tensors" in first:
        return [one["name"] for one in first["as_tensors"]], True
    names = []
    for one in outputs:
        ((sort, value),) = one.items()
        names.append("" if sort == "as_none" else _name_of(value))
    return names, False


def _name_of(value: Mapping[str, Any]) -> str:
    return str(value["name"] if "name" in value else value["as_name"])


def _size(value: Mapping[str, Any]) -> int:
    """A size: a number, or the one that an expression had for the example."""
    if "as_int" in value:
        return int(value["as_int"])
    hint = value["as_expr"]["hint"]
    return int(hint["as_int"])
