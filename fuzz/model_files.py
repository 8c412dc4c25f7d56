"""Small model files, of which every part can be wrong."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from mien.attributes.card import CARD_KEY, Card
from mien.attributes.heads import GENDER
from mien.faces.align import ChipTemplate

SIDE = 32
"""Side of the aligned faces in pixels."""

CARD: dict[str, Any] = Card(
    name="small",
    network="mean",
    parameters=5,
    size=SIDE,
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    template=ChipTemplate(),
    heads=(GENDER,),
).to_dict()
"""The card of a model for the apparent gender presentation."""

WHOLE: dict[str, Any] = {
    "card": CARD,
    "input": "chips",
    "type": TensorProto.UINT8,
    "shape": [None, SIDE, SIDE, 3],
    "gender_logits": [1],
    "embedding": [4],
    "operator": "",
    "external": "",
    "padding": 0,
}
"""What is in a model file: its card; the name, type and shape of its input; the widths of its
outputs; the domain of an operator that there is not; the file of its weights, if they are in
another; and the size of further metadata in bytes."""


def model_file(**parts: Any) -> bytes:
    """Returns a model file; its outputs are multiples of the mean of the pixels.

    Args:
        parts: Replace those of :data:`WHOLE`.
    """
    model = {**WHOLE, **parts}
    nodes = [
        helper.make_node("Cast", [model["input"]], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Reshape", ["mean", "column"], ["means"]),
    ]
    tensors = [helper.make_tensor("column", TensorProto.INT64, [2], [-1, 1])]
    outputs = []
    for name in ("gender_logits", "embedding"):
        weights = _weights(f"{name}.weights", model[name], model["external"])
        tensors.append(weights)
        nodes.append(helper.make_node("Mul", ["means", weights.name], [name]))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    opsets = [helper.make_opsetid("", 13)]
    if model["operator"]:
        nodes.append(helper.make_node("Odd", ["mean"], ["odd"], domain=model["operator"]))
        opsets.append(helper.make_opsetid(model["operator"], 1))
    chips = helper.make_tensor_value_info(model["input"], model["type"], model["shape"])
    graph = helper.make_graph(nodes, "graph", [chips], outputs, tensors)
    whole = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    texts = {CARD_KEY: json.dumps(model["card"]), "padding": "x" * model["padding"]}
    helper.set_model_props(whole, texts)
    return bytes(whole.SerializeToString())


def _weights(name: str, shape: list[int], location: str) -> Any:
    count = int(np.prod(shape))
    tensor = helper.make_tensor(name, TensorProto.FLOAT, shape, [0.01] * count)
    if location:
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", "0"), ("length", str(4 * count))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    return tensor
