"""Several models in one file, whose answers are averaged.

Networks that were trained from different starts or in different ways err differently, so that
their average errs less than each (Hansen and Salamon, "Neural Network Ensembles", 1990). It costs
the time of all of them, and is the best teacher of a single small one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import compose, helper, numpy_helper

from mien.attributes.card import Card, read_card
from mien.data.chips import ChipCache
from mien.errors import ModelError
from mien.runtime import OnnxSession
from mien.training.export import calibrated
from mien.training.model_file import write_card
from mien.training.starting_weights import merged

_INPUT = "chips"


def write_ensemble(
    name: str, paths: Sequence[Path], caches: Sequence[ChipCache], out: Path
) -> Card:
    """Writes one model file that averages several, calibrated anew.

    Age distributions and gender logits are averaged; the embedding is the members' side by side.

    Args:
        name: The new model's name.
        paths: The members, at least two, of one chip size and template.
        caches: Chips on whose ``calibration`` part the average is calibrated.
        out: Where to.

    Returns:
        The card in the file.

    Raises:
        ModelError: The members do not go together.
    """
    cards = [read_card(OnnxSession(path).metadata) for path in paths]
    first = cards[0]
    for card, path in zip(cards, paths, strict=True):
        if (card.size, card.template) != (first.size, first.template):
            raise ModelError(f"'{path}' takes other chips than '{paths[0]}'")
        if card.ethnicities:
            raise ModelError(f"'{path}' has an ethnicity output, which cannot be averaged")
    model = _average([onnx.load(path) for path in paths])
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())
    card = write_card(out, _card(name, cards))
    return write_card(out, calibrated(card, out, caches))


def _average(members: Sequence[Any]) -> Any:
    """Joins graphs at their input and averages their outputs."""
    joined = _renamed(members[0], 0)
    for number, member in enumerate(members[1:], 1):
        other = _renamed(member, number)
        del other.graph.input[:]
        joined.graph.node.extend(other.graph.node)
        joined.graph.initializer.extend(other.graph.initializer)
    graph, count = joined.graph, len(members)
    ages = [f"{number}/age_logits" for number in range(count)]
    genders = [f"{number}/gender_logit" for number in range(count)]
    embeddings = [f"{number}/embedding" for number in range(count)]
    length = numpy_helper.from_array(np.array(count**0.5, np.float32), "members_root")
    graph.initializer.append(length)
    graph.node.extend(
        [
            *(helper.make_node("Softmax", [age], [f"{age}/p"], axis=1) for age in ages),
            helper.make_node("Mean", [f"{age}/p" for age in ages], ["age"]),
            helper.make_node("Log", ["age"], ["age_logits"]),
            helper.make_node("Mean", genders, ["gender_logit"]),
            helper.make_node("Concat", embeddings, ["embeddings"], axis=1),
            helper.make_node("Div", ["embeddings", length.name], ["embedding"]),
        ]
    )
    widths = [
        output.type.tensor_type.shape.dim[1].dim_value
        for member in members
        for output in member.graph.output
        if output.name == "embedding"
    ]
    batch, kind = "batch", onnx.TensorProto.FLOAT
    del graph.output[:]
    graph.output.extend(
        [
            helper.make_tensor_value_info("embedding", kind, [batch, sum(widths)]),
            helper.make_tensor_value_info("age_logits", kind, [batch, 101]),
            helper.make_tensor_value_info("gender_logit", kind, [batch]),
        ]
    )
    del joined.metadata_props[:]
    return joined


def _renamed(model: Any, number: int) -> Any:
    """Puts a number before every name but the input's."""
    model = compose.add_prefix(model, f"{number}/", rename_inputs=False)
    del model.graph.value_info[:]
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            if name == f"{number}/{_INPUT}":
                node.input[i] = _INPUT
    return model


def _card(name: str, cards: Sequence[Card]) -> Card:
    starts = {card.start["name"]: card.start for card in cards if card.start}.values()
    return replace(
        cards[0],
        name=name,
        network=" + ".join(card.network for card in cards),
        parameters=sum(card.parameters for card in cards),
        start={
            key: merged("; ", *(start[key] for start in starts))
            for key in ("name", "package", "licence", "trained_on")
        },
        recipe={
            "name": name,
            "splits": cards[0].recipe["splits"],
            "members": [dict(card.recipe) for card in cards],
        },
        metrics={},
        sha256="",
    )
