"""Ensembles: several models in one file, whose predictions are averaged.

Networks with different starting weights or different recipes make different errors. Their average
makes smaller errors than each of them (Hansen and Salamon, "Neural Network Ensembles", 1990). It
takes the time of all members together. It is a good teacher of a single small network. The members
can have different chip sizes: the ensemble takes the largest size and shrinks the chips for the
other members. The mirror image of each face can be averaged too, even with a single member.
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
from mien.attributes.model import EMBEDDING, NOVELTY
from mien.datasets.chips.cache import ChipCache, common_template
from mien.errors import ModelError
from mien.exporting.model_file import write_card
from mien.exporting.onnx import calibrated
from mien.runtime import OnnxSession
from mien.training.starting_weights import merged

_INPUT = "chips"


def write_ensemble(
    name: str, paths: Sequence[Path], caches: Sequence[ChipCache], out: Path, mirror: bool = False
) -> Card:
    """Writes a model file that averages several models, and calibrates it.

    For distributions and categorical heads the probabilities are averaged, for binary heads the
    logits. The embedding is the concatenation of the members' embeddings, scaled to length 1. The
    novelty is the mean of the members' novelties, if all have one.

    Args:
        name: Name of the ensemble.
        paths: Model files of the members; at least two, or one with ``mirror``.
        caches: Chips of the size of the largest member, at least one cache. The ensemble is
            calibrated on their part ``calibration``.
        out: The file to write.
        mirror: Whether each member also predicts the mirror image of the face.

    Returns:
        The card in the file.

    Raises:
        DataError: The chips were cut by several templates.
        ModelError: The members have different templates or heads; the chips were cut by another
            template; or there is no picture to calibrate on.
    """
    cards = [read_card(OnnxSession(path).metadata) for path in paths]
    size = max(card.size for card in cards)
    for card, path in zip(cards, paths, strict=True):
        if card.template != cards[0].template:
            raise ModelError(
                f"'{path}' cannot be averaged with '{paths[0]}': it takes chips of another template"
            )
        if _heads(card) != _heads(cards[0]):
            raise ModelError(
                f"'{path}' cannot be averaged with '{paths[0]}':"
                f" it predicts {_names(card)}, not {_names(cards[0])}"
            )
    if common_template(caches) != cards[0].template:
        raise ModelError(
            f"the chips of '{caches[0].name}' were cut by another template than the members take;"
            " make chips that fit: mien data chips --crop-scale"
            f" {cards[0].template.crop_scale}"
        )
    members = [
        _member(number, onnx.load(path), None if card.size == size else card.size)
        for number, (path, card) in enumerate(zip(paths, cards, strict=True))
    ]
    model = _average(members, size, cards[0].heads)
    if mirror:
        _mirror(model, cards[0].heads)
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())
    card = write_card(out, _card(name, size, cards, mirror))
    return write_card(out, calibrated(card, out, caches))


def _heads(card: Card) -> set[tuple[str, str, tuple[str, ...]]]:
    """Returns the heads of a model without their calibrations and notices, for comparison."""
    return {(head.name, head.kind, head.labels) for head in card.heads}


def _names(card: Card) -> str:
    return ", ".join(
        f"{head.name} ({', '.join(head.labels)})" if head.labels else head.name
        for head in card.heads
    )


def _average(members: Sequence[Any], size: int, heads: Sequence[Head]) -> Any:
    """Joins the graphs of the members: they share the input, and their outputs are averaged."""
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
            *(node for head in heads for node in _mean(head, _logits(head, count))),
            helper.make_node("Concat", embeddings, ["embeddings"], axis=1),
            helper.make_node("Div", ["embeddings", length.name], [EMBEDDING]),
        ]
    )
    outputs = [output for member in members for output in member.graph.output]
    widths = [
        output.type.tensor_type.shape.dim[1].dim_value
        for output in outputs
        if output.name.endswith(f"/{EMBEDDING}")
    ]
    novelties = [output.name for output in outputs if output.name.endswith(f"/{NOVELTY}")]
    batch, kind = "batch", onnx.TensorProto.FLOAT
    chips = helper.make_tensor_value_info(_INPUT, onnx.TensorProto.UINT8, [batch, size, size, 3])
    del graph.input[:], graph.output[:]
    graph.input.append(chips)
    graph.output.append(helper.make_tensor_value_info(EMBEDDING, kind, [batch, sum(widths)]))
    if len(novelties) == count:
        graph.node.append(helper.make_node("Mean", novelties, [NOVELTY]))
        graph.output.append(helper.make_tensor_value_info(NOVELTY, kind, [batch, 1]))
    graph.output.extend(
        helper.make_tensor_value_info(head.output, kind, [batch, head.width]) for head in heads
    )
    del joined.metadata_props[:]
    return joined


def _mean(head: Head, logits: Sequence[str]) -> list[Any]:
    """Returns the nodes that average a head's logits.

    Args:
        head: The head.
        logits: Names of what is averaged.
    """
    if head.kind == "binary":
        return [helper.make_node("Mean", logits, [head.output])]
    mean = f"{logits[0]}/mean"
    return [
        *(helper.make_node("Softmax", [name], [f"{name}/p"], axis=1) for name in logits),
        helper.make_node("Mean", [f"{name}/p" for name in logits], [mean]),
        helper.make_node("Log", [mean], [head.output]),
    ]


def _mirror(model: Any, heads: Sequence[Head]) -> None:
    """Makes a model predict each chip and its mirror image, and averages the two.

    The mirror images follow the chips in the same batch. Embedding and novelty are those of the
    chip alone.

    Args:
        model: ONNX model, changed in place.
        heads: Its heads.
    """
    graph = model.graph
    outputs = {output.name for output in graph.output}
    for node in graph.node:
        node.input[:] = ["chips_twice" if name == _INPUT else name for name in node.input]
        node.output[:] = [f"{name}/twice" if name in outputs else name for name in node.output]
    numbers = {"columns": [2], "last": [-1], "beyond": [-(2**31)], "back": [-1]}
    graph.initializer.extend(
        numpy_helper.from_array(np.array(values, np.int64), f"mirror/{name}")
        for name, values in numbers.items()
    )
    before = [
        helper.make_node(
            "Slice",
            [_INPUT, *(f"mirror/{name}" for name in ("last", "beyond", "columns", "back"))],
            ["chips_mirrored"],
        ),
        helper.make_node("Concat", [_INPUT, "chips_mirrored"], ["chips_twice"], axis=0),
    ]
    after = [
        # An output without a name, though optional, crashes ONNX Runtime.
        helper.make_node(
            "Split",
            [f"{name}/twice"],
            [name, f"{name}/mirrored"],
            axis=0,
            num_outputs=2,
        )
        for name in (EMBEDDING, NOVELTY)
        if name in outputs
    ]
    for head in heads:
        both = [f"{head.name}/chip", f"{head.name}/mirrored"]
        after.append(
            helper.make_node("Split", [f"{head.output}/twice"], both, axis=0, num_outputs=2)
        )
        after.extend(_mean(head, both))
    nodes = [*before, *graph.node, *after]
    del graph.node[:]
    graph.node.extend(nodes)


def _member(number: int, model: Any, shrunk: int | None) -> Any:
    """Puts a number before every name of a member, and connects it to the common input.

    Args:
        number: Number of the member.
        model: ONNX model of the member.
        shrunk: Side in pixels to which its chips are shrunk; None if they keep their size.
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


def _logits(head: Head, count: int) -> list[str]:
    return [f"{number}/{head.output}" for number in range(count)]


def _card(name: str, size: int, cards: Sequence[Card], mirror: bool) -> Card:
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
            "mirror": mirror,
        },
        metrics={},
        novelty_limit=None,
        sha256="",
    )
