"""Several models in one file, whose answers are averaged.

Networks that were trained from different starts or in different ways err differently, so that
their average errs less than each (Hansen and Salamon, "Neural Network Ensembles", 1990). It costs
the time of all of them, and is the best teacher of a single small one. Members may take chips of
different sizes: the average takes the largest, which it shrinks for the others.
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
from mien.datasets.chips.cache import ChipCache, common_template
from mien.errors import ModelError
from mien.exporting.model_file import write_card
from mien.exporting.onnx import calibrated
from mien.runtime.onnx import OnnxSession
from mien.training.starting_weights import merged

_INPUT = "chips"


def write_ensemble(
    name: str, paths: Sequence[Path], caches: Sequence[ChipCache], out: Path
) -> Card:
    """Writes one model file that averages several, calibrated anew.

    Age distributions and gender logits are averaged; the embedding is the members' side by side.

    Args:
        name: The new model's name.
        paths: The members, at least two, of one template.
        caches: Chips of the largest member's size, on whose ``calibration`` part the average is
            calibrated.
        out: Where to.

    Returns:
        The card in the file.

    Raises:
        DataError: The chips were cut by several templates.
        ModelError: The members do not go together, or take other chips than these.
    """
    cards = [read_card(OnnxSession(path).metadata) for path in paths]
    size = max(card.size for card in cards)
    for card, path in zip(cards, paths, strict=True):
        if card.template != cards[0].template:
            raise ModelError(f"'{path}' takes other chips than '{paths[0]}'")
        if card.ethnicities:
            raise ModelError(f"'{path}' has an ethnicity output, which cannot be averaged")
    if common_template(caches) != cards[0].template:
        raise ModelError(
            f"the chips of {caches[0].name} show another field than the model {name} takes"
        )
    members = [
        _member(number, onnx.load(path), None if card.size == size else card.size)
        for number, (path, card) in enumerate(zip(paths, cards, strict=True))
    ]
    model = _average(members, size)
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())
    card = write_card(out, _card(name, size, cards))
    return write_card(out, calibrated(card, out, caches))


def _average(members: Sequence[Any], size: int) -> Any:
    """Joins graphs at their input and averages their outputs."""
    joined = members[0]
    for member in members[1:]:
        joined.graph.node.extend(member.graph.node)
        joined.graph.initializer.extend(member.graph.initializer)
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
        if output.name.endswith("/embedding")
    ]
    batch, kind = "batch", onnx.TensorProto.FLOAT
    chips = helper.make_tensor_value_info(_INPUT, onnx.TensorProto.UINT8, [batch, size, size, 3])
    del graph.input[:], graph.output[:]
    graph.input.append(chips)
    graph.output.extend(
        [
            helper.make_tensor_value_info("embedding", kind, [batch, sum(widths)]),
            helper.make_tensor_value_info("age_logits", kind, [batch, 101]),
            helper.make_tensor_value_info("gender_logit", kind, [batch]),
        ]
    )
    del joined.metadata_props[:]
    return joined


def _member(number: int, model: Any, shrunk: int | None) -> Any:
    """Puts a number before every name, and the common input before the member.

    Args:
        number: The member's.
        model: The member.
        shrunk: The side to which it gets its chips shrunk; nothing for as they are.
    """
    model = compose.add_prefix(model, f"{number}/")
    del model.graph.value_info[:]
    chips = f"{number}/{_INPUT}"
    if shrunk is None:
        before = [helper.make_node("Identity", [_INPUT], [chips])]
    else:
        sizes = numpy_helper.from_array(np.array([shrunk, shrunk]), f"{chips}/size")
        model.graph.initializer.append(sizes)
        before = [
            helper.make_node("Cast", [_INPUT], [f"{chips}/real"], to=onnx.TensorProto.FLOAT),
            helper.make_node(
                "Resize",
                [f"{chips}/real", "", "", sizes.name],
                [f"{chips}/shrunk"],
                axes=[1, 2],
                mode="linear",
                antialias=1,
            ),
            helper.make_node("Round", [f"{chips}/shrunk"], [f"{chips}/whole"]),
            helper.make_node("Cast", [f"{chips}/whole"], [chips], to=onnx.TensorProto.UINT8),
        ]
    nodes = [*before, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def _card(name: str, size: int, cards: Sequence[Card]) -> Card:
    starts = {card.start["name"]: card.start for card in cards if card.start}.values()
    sources = {source.name: source for card in cards for source in card.data}.values()
    return replace(
        cards[0],
        name=name,
        network=" + ".join(card.network for card in cards),
        parameters=sum(card.parameters for card in cards),
        precision=merged(" and ", *(card.precision for card in cards)),
        size=size,
        data=tuple(sources),
        licence=merged("; ", *(card.licence for card in cards)),
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
