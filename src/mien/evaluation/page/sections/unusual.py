"""The section about what does not look like a face."""

from __future__ import annotations

from mien.evaluation.page.names import ATTRIBUTES, measure
from mien.evaluation.page.parts import SET, Block, Column, Row, Section, Table, by_set, shown, table
from mien.evaluation.report.key_figures import Figures

_DIVIDED = ("eye_distance", "sharpness", "frontality")
_FLAGGED = measure("unusual")


def unusual_section(report: Figures) -> Section:
    """Returns the section about the hint *unusual*: which detections are flagged."""
    sets = by_set(report)
    return Section(
        "unusual",
        "What does not look like a face",
        "A model flags a face as unusual if it is unlike the faces that the model learnt from. Of"
        " human faces few should be flagged; of animals, drawings and things most.",
        shown(
            [
                Block(
                    "Human faces",
                    (
                        "The share of the test faces that are flagged. The limit was chosen on"
                        " other pictures, so that one of 100 faces in clear views is above it.",
                    ),
                    (_faces(sets),),
                ),
                Block(
                    "Pictures without a human face",
                    (
                        "Everything that the detector takes for a face in these pictures is"
                        " counted. What it does not find is not described at all. Several"
                        " detections in one picture are alike, which the interval does not count.",
                    ),
                    (_not_faces(report),),
                ),
                Block(
                    "Human faces by view",
                    ("A face may also be flagged because it is hard to see.",),
                    (_by_view(sets), _ladder(report)),
                ),
            ]
        ),
    )


def _faces(sets: dict[str, Figures]) -> Table:
    rows: list[Row] = [
        {"set": name, **of["summary"]} for name, of in sets.items() if "unusual" in of["summary"]
    ]
    return table("unusual_faces", (SET, measure("pictures"), _FLAGGED), rows)


def _not_faces(report: Figures) -> Table:
    columns = (
        SET,
        measure("pictures"),
        Column("with_detections", "pictures with a detection", "count"),
        Column("detections", "detections", "count"),
        _FLAGGED,
    )
    rows: list[Row] = [
        {"set": name, **figures} for name, figures in report.get("not_faces", {}).items()
    ]
    return table("unusual_not_faces", columns, rows)


def _by_view(sets: dict[str, Figures]) -> Table:
    columns = (
        Column("attribute", "divided by", "text"),
        Column("part", "part", "text"),
        measure("pictures"),
        _FLAGGED,
    )
    rows: list[Row] = [
        {"set": name, "attribute": ATTRIBUTES[attribute], "part": part, **figures}
        for name, of in sets.items()
        for attribute in _DIVIDED
        for part, figures in of["by"][attribute].items()
        if "unusual" in figures
    ]
    return table("unusual_by_view", columns, rows, brief=True)


def _ladder(report: Figures) -> Table:
    columns = (Column("part", "view on the ladder", "text"), measure("pictures"), _FLAGGED)
    rows: list[Row] = [
        {"set": "ladder", "part": step, **figures}
        for step, figures in report.get("ladder", {}).items()
        if "unusual" in figures
    ]
    return table("unusual_ladder", columns, rows)
