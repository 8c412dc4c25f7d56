"""A model with more attributes than the bundled one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mien.assets import find_model
from mien.attributes.card import CARD_KEY
from mien.attributes.heads import ETHNICITY, Calibration, Head

HAT = Head(
    "hat",
    "binary",
    ("no", "yes"),
    Calibration(thresholds=((0.5, 1.0, 0.91), (0.9, 0.5, 0.99))),
)


def with_attributes(path: Path) -> Path:
    """Writes the default model with two more heads: ``hat``, and ``ethnicity`` with a notice.

    Every face has a hat with probability 0.83, and 0.6, 0.2, 0.1, 0.06 and 0.04 for its ethnicity.
    """
    model = onnx.load(find_model("default"))
    _add_head(model, HAT, [np.log(0.83 / 0.17)])
    _add_head(model, ETHNICITY, np.log([0.6, 0.2, 0.1, 0.06, 0.04]))
    onnx.save(model, path)
    return path


def _add_head(model: onnx.ModelProto, head: Head, logits: Sequence[float]) -> None:
    """Adds a head that predicts the same for every face, in a batch of any size."""
    values = np.array([logits], np.float32)
    zeros, added, zero = (f"{head.name}_{name}" for name in ("zeros", "added", "zero"))
    graph = model.graph
    graph.initializer.extend(
        [numpy_helper.from_array(0 * values, zeros), numpy_helper.from_array(values, added)]
    )
    graph.node.extend(
        [
            helper.make_node("Mul", ["gender_logits", zeros], [zero]),
            helper.make_node("Add", [zero, added], [head.output]),
        ]
    )
    shape = ["batch", values.shape[1]]
    graph.output.append(helper.make_tensor_value_info(head.output, TensorProto.FLOAT, shape))
    (entry,) = (entry for entry in model.metadata_props if entry.key == CARD_KEY)
    card = json.loads(entry.value)
    card["heads"].append(asdict(head))
    entry.value = json.dumps(card)
