"""The bundled model with another attribute instead of the gender presentation."""

from __future__ import annotations

import json
from pathlib import Path

import onnx

from mien.assets import find_model
from mien.attributes.card import CARD_KEY


def with_head(path: Path, name: str, notice: str = "") -> Path:
    """Writes the default model with another name for its head ``gender``."""
    model = onnx.load(find_model("default"))
    for node in model.graph.node:
        node.output[:] = [_renamed(output, name) for output in node.output]
    for output in model.graph.output:
        output.name = _renamed(output.name, name)
    (entry,) = (entry for entry in model.metadata_props if entry.key == CARD_KEY)
    card = json.loads(entry.value)
    (head,) = (head for head in card["heads"] if head["name"] == "gender")
    head |= {"name": name, "notice": notice}
    entry.value = json.dumps(card)
    onnx.save(model, path)
    return path


def _renamed(output: str, name: str) -> str:
    return f"{name}_logits" if output == "gender_logits" else output
