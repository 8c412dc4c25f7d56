"""Model files: what is done to the bytes of an ONNX model, and to the card in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mien.attributes.card import CARD_KEY, Card, read_card
from mien.errors import ModelError
from mien.runtime import OnnxSession

_LARGE = 256  # weights of a tensor that is worth halving


def strip_traces(model: Any) -> None:
    """Takes out what PyTorch notes about its source files, paths of this machine among it.

    Args:
        model: An ONNX model, changed in place.
    """
    graph = model.graph
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        part.doc_string = ""
        del part.metadata_props[:]


def store_halved(model: Any) -> None:
    """Stores large weights in 16 bits, which halves the file.

    The runtime turns them back into 32 bits when it loads the model; it computes as before.

    Args:
        model: An ONNX model, changed in place.
    """
    graph = model.graph
    for index, tensor in enumerate(graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.ndim < 2 or weights.size < _LARGE:
            continue
        halved = numpy_helper.from_array(weights.astype(np.float16), f"{tensor.name}.half")
        cast = helper.make_node("Cast", [halved.name], [tensor.name], to=TensorProto.FLOAT)
        graph.initializer[index].CopyFrom(halved)
        graph.node.insert(0, cast)


def write_card(path: Path, card: Card) -> Card:
    """Puts a card into a model file, in place of one that it may have.

    Returns:
        The card with the graph's SHA-256.
    """
    model: Any = onnx.load(path)
    del model.metadata_props[:]
    graph = model.SerializeToString(deterministic=True)
    card = replace(card, sha256=hashlib.sha256(graph).hexdigest())
    entry = model.metadata_props.add()
    entry.key, entry.value = CARD_KEY, card.to_json()
    path.write_bytes(model.SerializeToString(deterministic=True))
    return card


_RECORDED = (
    "pictures",
    "mae",
    "within_5",
    "age_group_accuracy",
    "gender_accuracy",
    "undetermined",
    "decided_accuracy",
)


def record_metrics(path: Path, reports: Sequence[dict[str, Any]]) -> Card:
    """Writes the key figures of evaluations into the card of a model file.

    Args:
        path: The model.
        reports: What ``mien evaluate`` wrote.

    Returns:
        The new card.

    Raises:
        ModelError: A report is of another model.
    """
    card = read_card(OnnxSession(path).metadata)
    metrics = dict(card.metrics)
    for report in reports:
        if report.get("sha256") != card.sha256:
            raise ModelError(f"the report is of another model than '{path}'")
        name = " ".join(filter(None, (report["data"], report["split"])))
        figures = {key: report["overall"].get(key) for key in _RECORDED}
        for span, part in report["by"].get("age_span", {}).items():
            for key in ("mae", "gender_accuracy"):
                figures[f"{key}_{span}"] = part.get(key)
        metrics[name] = {k: round(v, 6) for k, v in figures.items() if v is not None}
    return write_card(path, replace(card, metrics=metrics))
