"""Model files that differ from the bundled ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx
from onnx import helper, numpy_helper

from mien.assets import find_model
from mien.attributes.card import Card, read_card
from mien.attributes.heads import Head
from mien.runtime import OnnxSession


def plain_default() -> tuple[onnx.ModelProto, Card]:
    """The default model with the heads age and gender alone."""
    path = find_model("default")
    model, card = onnx.load(path), read_card(OnnxSession(path).metadata)
    others = {head.output for head in card.heads if head.name not in ("age", "gender")}
    kept = [output for output in model.graph.output if output.name not in others]
    del model.graph.output[:]
    model.graph.output.extend(kept)
    for node in model.graph.node:
        node.output[:] = [f"no_{name}" if name in others else name for name in node.output]
    heads = tuple(head for head in card.heads if head.output not in others)
    return model, replace(card, heads=heads)


def add_head(model: onnx.ModelProto, head: Head, logits: Sequence[float]) -> None:
    """Gives a model one more output, which is the same for every face."""
    bias = numpy_helper.from_array(np.array([logits], np.float32), f"{head.name}_bias")
    nothing = numpy_helper.from_array(np.zeros((1, 1), np.float32), f"{head.name}_nothing")
    model.graph.initializer.extend([bias, nothing])
    for operator, inputs, output in (
        ("Mul", ["gender_logits", nothing.name], f"{head.name}_zeros"),
        ("Add", [f"{head.name}_zeros", bias.name], head.output),
    ):
        model.graph.node.append(helper.make_node(operator, inputs, [output]))
    output = helper.make_tensor_value_info(head.output, onnx.TensorProto.FLOAT, [None, len(logits)])
    model.graph.output.append(output)
