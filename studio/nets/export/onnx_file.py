"""A model as an ONNX file, with its classes and preprocessing among the file's properties."""

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from studio.errors import ModelError
from studio.image.read import printable
from studio.image.whole_file import write_bytes
from studio.nets.model import Model
from studio.nets.tracing import tracing

INPUT_NAME, OUTPUT_NAME = "picture", "scores"
_LARGEST = 2**31 - 1  # bytes of one protobuf message
_ROOM = 2**20 * 16  # bytes for the graph itself
_LOUD = ("torch.onnx", "torch.export", "onnxscript", "onnx_ir", "torch.fx")


def write_onnx(model: Model, path: str | Path) -> Path:
    """Write a model as ONNX, whole or not at all.

    The input, ``picture``, is batch x channels x height x width, float32, prepared as the property
    ``preprocessing`` says; any batch size will do. The output, ``scores``, has a value for each of
    the ``classes``.

    Raises
    ------
    ModelError
        When ONNX has no operator for a layer, or the weights don't fit in one file of 2 GB.
    StudioError
        When the file can't be written.
    """
    path = Path(path)
    data = onnx_bytes(model, printable(path.name))
    write_bytes(data, path)
    return path


def onnx_bytes(model: Model, name: str = "the model") -> bytes:
    """The bytes of the ONNX file; `name` is for the message of an error."""
    import onnx

    size = sum(array.nbytes for array in model.weights.values()) + _ROOM
    if size > _LARGEST:
        raise ModelError(
            f"{name} can't be written: the weights take {size / 2**30:.1f} GB, and an ONNX file "
            "holds 2 GB at most",
            "Export it as safetensors or python",
        )
    proto = _translated(model)
    _drop_origins(proto)
    card = model.card
    proto.doc_string = card.title
    onnx.helper.set_model_props(
        proto,
        {
            "name": card.name,
            "title": card.title,
            "classes": json.dumps(card.classes, ensure_ascii=False),
            "preprocessing": json.dumps(card.preprocessing.model_dump(mode="json")),
        },
    )
    data: bytes = proto.SerializeToString()
    onnx.checker.check_model(data, full_check=True)
    return data


def _translated(model: Model) -> Any:
    network = model.card.network
    # Two pictures: with one, the batch would be taken for a constant.
    example = torch.zeros(2, *network.input)
    with _quiet(), tracing():
        try:
            program = torch.onnx.export(
                model.module(),
                (example,),
                dynamo=True,
                verbose=False,
                input_names=[INPUT_NAME],
                output_names=[OUTPUT_NAME],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )
        except torch.onnx.errors.OnnxExporterError as error:
            reason = str(error.__cause__ or error).strip().splitlines()[0]
            raise ModelError(f"{network.title} can't be written as ONNX: {reason}") from error
    assert program is not None
    return program.model_proto


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's own notes are not for the person who exports."""
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _drop_origins(proto: Any) -> None:
    """Take away where in which Python file each node came from."""
    del proto.metadata_props[:]
    graphs = [proto.graph, *proto.functions]
    for graph in graphs:
        del graph.metadata_props[:]
        for node in graph.node:
            del node.metadata_props[:]
            node.doc_string = ""
    for value in (*proto.graph.input, *proto.graph.output, *proto.graph.value_info):
        del value.metadata_props[:]
    for tensor in proto.graph.initializer:
        del tensor.metadata_props[:]
