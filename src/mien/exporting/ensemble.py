"""Several models in one file, whose predictions are averaged.

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
from mien.attributes.heads import Head
from mien.attributes.model import EMBEDDING
from mien.datasets.chips.cache import ChipCache, common_template
from mien.errors import ModelError
from mien.exporting.model_file import write_card
from mien.exporting.onnx import calibrated
from mien.runtime import OnnxSession
from mien.training.starting_weights import merged

_INPUT = "chips"


def write_ensemble(
    name: str, paths: Sequence[Path], caches: Sequence[ChipCache], out: Path
) -> Card:
    """Writes one model file that averages several, calibrated anew.

    Distributions and categorical heads are averaged in probability, binary heads in logits; the
    embedding is the members' side by side.

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
        if _heads(card) != _heads(cards[0]):
            raise ModelError(
                f"'{path}' cannot be averaged with '{paths[0]}':"
                f" it predicts {_told(card)}, not {_told(cards[0])}"
            )
    if common_template(caches) != cards[0].template:
        raise ModelError(
            f"the chips of {caches[0].name} show another field than the model {name} takes"
        )
    members = [
        _member(number, onnx.load(path), None if card.size == size else card.size)
        for number, (path, card) in enumerate(zip(paths, cards, strict=True))
    ]
    model = _average(members, size, cards[0].heads)
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())
    card = write_card(out, _card(name, size, cards))
    return write_card(out, calibrated(card, out, caches))


def _heads(card: Card) -> set[tuple[str, str, tuple[str, ...]]]:
    """Returns what is the same in two models that predict the same."""
    return {(head.name, head.kind, head.labels) for head in card.heads}


def _told(card: Card) -> str:
    return ", ".join(
        f"{head.name} ({', '.join(head.labels)})" if head.labels else head.name
        for head in card.heads
    )


def _average(members: Sequence[Any], size: int, heads: Sequence[Head]) -> Any:
    """Joins graphs at their input and averages their outputs."""
    joined = members[0]
    for member in members[1:]:
        joined.graph.node.extend(member.graph.node)
        joined.graph.initializer.extend(member.graph.initializer)
    graph, count = joined.graph, len(members)
    embeddings = [f"{number}/{EMBEDDING}" for number in range(count)]
    length = numpy_helper.from_array(np.array(count**0.5, np.float32), "members_root")
    graph.initializer.append(length)
    graph.node.extend(
        [
            *(node for head in heads for node in _mean(head, count)),
            helper.make_node("Concat", embeddings, ["embeddings"], axis=1),
            helper.make_node("Div", ["embeddings", length.name], [EMBEDDING]),
        ]
    )
    widths = [
        output.type.tensor_type.shape.dim[1].dim_value
        for member in members
        for output in member.graph.output
        if output.name.endswith(f"/{EMBEDDING}")
    ]
    batch, kind = "batch", onnx.TensorProto.FLOAT
    chips = helper.make_tensor_value_info(_INPUT, onnx.TensorProto.UINT8, [batch, size, size, 3])
    del graph.input[:], graph.output[:]
    graph.input.append(chips)
    graph.output.append(helper.make_tensor_value_info(EMBEDDING, kind, [batch, sum(widths)]))
    graph.output.extend(
        helper.make_tensor_value_info(head.output, kind, [batch, head.width]) for head in heads
    )
    del joined.metadata_props[:]
    return joined


def _mean(head: Head, count: int) -> list[Any]:
    """Returns the nodes that average a head's logits over the members."""
    logits = [f"{number}/{head.output}" for number in range(count)]
    if head.kind == "binary":
        return [helper.make_node("Mean", logits, [head.output])]
    mean = f"{head.name}_mean"
    return [
        *(helper.make_node("Softmax", [name], [f"{name}/p"], axis=1) for name in logits),
        helper.make_node("Mean", [f"{name}/p" for name in logits], [mean]),
        helper.make_node("Log", [mean], [head.output]),
    ]


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
