"""Model files: changes of an ONNX model and of the card in it."""

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

_LARGE = 256  # minimum number of weights of a tensor that is stored in 16 bits


def strip_traces(model: Any) -> None:
    """Removes PyTorch's notes about source files, which contain paths of this machine.

    Args:
        model: ONNX model, changed in place.
    """
    graph = model.graph
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        part.doc_string = ""
        del part.metadata_props[:]


def store_halved(model: Any) -> None:
    """Stores the weights of large tensors in 16 bits, which halves the size of the file.

    The runtime converts them to 32 bits when it loads the model, and computes in 32 bits.

    Args:
        model: ONNX model, changed in place.
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
    """Writes a card into a model file; a card that it has is replaced.

    Args:
        path: The model file, changed in place.
        card: The card.

    Returns:
        The card with the SHA-256 of the graph.
    """
    model: Any = onnx.load(path)
    del model.metadata_props[:]
    graph = model.SerializeToString(deterministic=True)
    card = replace(card, sha256=hashlib.sha256(graph).hexdigest())
    entry = model.metadata_props.add()
    entry.key, entry.value = CARD_KEY, card.to_json()
    path.write_bytes(model.SerializeToString(deterministic=True))
    return card


_RECORDED = ("mae", "within_5", "age_group_accuracy", "gender_accuracy")
_RECORDED_OF_SPANS = ("mae", "gender_accuracy")


def record_metrics(path: Path, reports: Sequence[dict[str, Any]]) -> Card:
    """Writes the main metrics of evaluations into the card of a model file.

    Args:
        path: The model file, changed in place.
        reports: Contents of the files ``metrics.json`` of reports that ``mien evaluate`` wrote.

    Returns:
        The new card.

    Raises:
        ModelError: The file has no card, or a report is of another model.
    """
    card = read_card(OnnxSession(path).metadata)
    metrics = dict(card.metrics)
    for report in reports:
        about = report["about"]
        if about["sha256"] != card.sha256:
            raise ModelError(
                f"a report is of another model than '{path}'; evaluate this model: mien evaluate"
            )
        for name, of_set in report["sets"].items():
            metrics[" ".join(filter(None, (name, about["split"])))] = _recorded(of_set)
    return write_card(path, replace(card, metrics=metrics))


def _recorded(of_set: dict[str, Any]) -> dict[str, float]:
    summary = of_set["summary"]
    recorded = {key: summary[key]["value"] for key in _RECORDED if key in summary}
    if "gender_decided" in summary:
        recorded["undetermined"] = 1 - summary["gender_decided"]["value"]
    if "gender_decided_accuracy" in summary:
        recorded["decided_accuracy"] = summary["gender_decided_accuracy"]["value"]
    for span, figures in of_set["by"]["age_span"].items():
        for key in _RECORDED_OF_SPANS:
            if key in figures:
                recorded[f"{key}_{span}"] = figures[key]["value"]
    return {"pictures": summary["pictures"], **{k: round(v, 6) for k, v in recorded.items()}}
