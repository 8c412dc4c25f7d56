"""The section about views: how well a face can be seen."""

from __future__ import annotations

from functools import partial

from mien.evaluation.page.names import measure, part_columns
from mien.evaluation.page.parts import (
    SET,
    Block,
    Column,
    Plot,
    Row,
    Section,
    Table,
    by_set,
    chosen,
    part_rows,
    shown,
    table,
)
from mien.evaluation.page.plots import people as plots
from mien.evaluation.report.key_figures import Figures

LADDER = "The ladder of poor views"
"""Title of the block of the ladder, which also has pictures."""

_BY = ("mae", "bias", "interval_coverage", "gender_accuracy", "gender_decided")


def view_section(report: Figures) -> Section:
    """Returns the section about the view of the face, the ladder and the spread."""
    sets = by_set(report)
    return Section(
        "views",
        "What a poor view costs",
        "Faces that are small, blurred, turned or partly hidden.",
        shown(
            [
                Block(
                    LADDER,
                    (
                        "The same faces, degraded in steps. Defocus and motion are relative to the"
                        " width of the face, noise is in grey levels, dark and bright are factors"
                        " of the light, JPEG is the quality, and pixels are the width of the face."
                        " Glasses and masks are drawn, which is rougher than real ones.",
                    ),
                    (_ladder(report),),
                    _ladder_plots(report),
                ),
                Block(
                    "By view",
                    (
                        "The views as they occur in the set. The distance of the eyes is in pixels"
                        " of the picture. Pictures of one view may also differ in other ways.",
                    ),
                    tuple(_by(sets, view) for view in plots.VIEWS),
                    _plots(sets),
                ),
                Block(
                    "The same face again",
                    (
                        "Pictures of one group are near-duplicates or show the same person, as the"
                        " set has it. The spread is the standard deviation of the apparent age"
                        " within a group. The labels of a group may differ too.",
                    ),
                    (_spread(sets),),
                ),
            ]
        ),
    )


def _by(sets: dict[str, Figures], view: str) -> Table:
    return table(f"by_{view}", part_columns(view, _BY), part_rows(sets, view))


def _plots(sets: dict[str, Figures]) -> tuple[Plot, ...]:
    drawn = []
    for key, shows in (("mae", "Mean absolute error"), ("gender_accuracy", "Gender accuracy")):
        measured = chosen(sets, partial(plots.has_views, key))
        if measured:
            drawn.append(
                Plot(
                    f"{key}_by_view",
                    f"{shows} by distance of the eyes, sharpness and frontality",
                    partial(plots.by_view, measured, key),
                )
            )
    return tuple(drawn)


def _ladder(report: Figures) -> Table:
    columns = (Column("part", "view", "text"), measure("pictures"), *map(measure, _BY))
    rows: list[Row] = [
        {"set": "ladder", "part": step, **figures}
        for step, figures in report.get("ladder", {}).items()
    ]
    return table("ladder", columns, rows)


def _ladder_plots(report: Figures) -> tuple[Plot, ...]:
    steps = report.get("ladder", {})
    measures = [
        key
        for key in ("mae", "gender_accuracy")
        if any(key in figures for figures in steps.values())
    ]
    if not measures:
        return ()
    shows = "Error of the age and gender accuracy on each step of the ladder"
    return (Plot("ladder", shows, partial(plots.ladder, steps, measures)),)


def _spread(sets: dict[str, Figures]) -> Table:
    columns = (
        SET,
        Column("groups", "groups", "count"),
        Column("pictures", "pictures", "count"),
        Column("deviation", "spread of the age, years", "years"),
        Column("label_deviation", "spread of the labels, years", "years"),
        Column("same_gender", "pairs with the same gender presentation", "share"),
    )
    rows: list[Row] = [{"set": name, **of["spread"]} for name, of in sets.items() if of["spread"]]
    return table("spread", columns, rows)
