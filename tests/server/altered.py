"""Models that differ from the bundled one in a single thing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from mien.assets import find_model
from mien.attributes.card import CARD_KEY

NOTICE = "A guess by looks."


def with_notice(path: Path) -> Path:
    """Writes a model whose apparent gender presentation has a notice."""
    model = onnx.load(find_model("default"))
    (entry,) = (entry for entry in model.metadata_props if entry.key == CARD_KEY)
    card = json.loads(entry.value)
    (head,) = (head for head in card["heads"] if head["name"] == "gender")
    head["notice"] = NOTICE
    entry.value = json.dumps(card)
    onnx.save(model, path)
    return path


def that_cannot_run(path: Path) -> Path:
    """Writes a model that can be loaded; but a run fails."""
    model = onnx.load(find_model("default"))
    graph = model.graph
    for node in graph.node:
        for i, name in enumerate(node.output):
            if name == "age_logits":
                node.output[i] = "whole"
    graph.initializer.append(numpy_helper.from_array(np.array([7, 13]), "wrong"))
    graph.node.append(helper.make_node("Reshape", ["whole", "wrong"], ["age_logits"]))
    onnx.save(model, path)
    return path
