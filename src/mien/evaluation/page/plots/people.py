"""Plots of groups of people and of views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mien.drawing import plots as style
from mien.evaluation.page.names import ATTRIBUTES
from mien.evaluation.page.plots.common import (
    WIDTH,
    colours,
    dots,
    heat_map,
    legend,
    offsets,
    per_cent,
    row_names,
)
from mien.evaluation.report.key_figures import Figures
from mien.evaluation.report.parts import LEAST

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Sets = Mapping[str, Figures]

VIEWS = ("eye_distance", "sharpness", "frontality")
"""Attributes of the view of a face."""

_SHORT_AXES = {"mae": "Error of the age, years", "gender_accuracy": "Gender right"}
_AXES = {"mae": "Mean absolute error, years", "gender_accuracy": "Gender presentation right"}


def cells(fairness: Figures, measure: str, of: str) -> Drawing:
    """Plots a figure of each cell of age, gender and ethnicity.

    Args:
        fairness: See :func:`mien.evaluation.report.fairness.fairness_report`.
        measure: ``mae`` or ``gender_accuracy``. A darker cell is worse.
        of: Name of the set, for the subtitle; an empty text if there is only one.
    """
    age = fairness["banding"]
    found = {(cell[age], cell["gender"], cell["ethnicity"]): cell for cell in fairness["cells"]}
    rows = list(dict.fromkeys(cell[age] for cell in fairness["cells"]))
    genders = sorted({gender for _, gender, _ in found})
    order = [cell["ethnicity"] for cell in fairness["cells"]]
    ethnicities = list(dict.fromkeys(order))
    is_age = measure == "mae"
    drawing = style.new_figure(
        6.4,
        1.5 + 0.36 * len(rows),
        "Mean absolute error, years" if is_age else "Gender presentation right, per cent",
        f"{f'{of}: number' if of else 'Number'} of pictures below; figures from {LEAST} pictures",
    )
    panels = drawing.subplots(1, len(genders), sharey=True, squeeze=False)[0]
    known = [
        cell[measure]["value"]
        for cell in found.values()
        if measure in cell and cell[measure]["n"] >= LEAST
    ]
    form = "{:.1f}".format if is_age else _per_cent
    best, worst = (0.0, max(known, default=1)) if is_age else (1.0, min(known, default=0.9))
    for axes, gender in zip(panels, genders, strict=True):
        figures = [
            [found.get((row, gender, ethnicity), {}).get(measure) for ethnicity in ethnicities]
            for row in rows
        ]
        level = [
            [
                (figure["value"] - best) / (worst - best or 1)
                if figure and figure["n"] >= LEAST
                else np.nan
                for figure in line
            ]
            for line in figures
        ]
        heat_map(
            axes,
            np.array(level),
            [[form(f["value"]) if f and f["n"] >= LEAST else "" for f in line] for line in figures],
            [[f"{f['n']:,}" if f else "" for f in line] for line in figures],
            rows,
            ethnicities,
        )
        style.panel_title(axes, gender.capitalize())
        style.tidy(axes, y="Labelled age, years" if axes is panels[0] else "")
    return drawing


def has_views(measure: str, figures: Figures) -> bool:
    """Returns whether a set has a figure for some views that :func:`by_view` shows."""
    return any(_shown_parts({"": figures}, view, measure) for view in VIEWS)


def by_view(sets: Sets, measure: str) -> Drawing:
    """Plots a figure by the distance of the eyes, the sharpness and the frontality.

    Args:
        sets: Figures by the name of the set.
        measure: ``mae`` or ``gender_accuracy``; parts with fewer than :data:`LEAST` pictures are
            left out.
    """
    factor = 1 if measure == "mae" else 100
    parts = {view: _shown_parts(sets, view, measure) for view in VIEWS}
    parts = {view: names for view, names in parts.items() if names}
    counts = [len(names) for names in parts.values()]
    drawing = style.new_figure(
        WIDTH,
        1.6 + 0.24 * sum(counts) + 0.34 * len(parts),
        "Error of the age by view" if measure == "mae" else "Gender presentation by view",
        f"Mean and 95 % interval of parts with at least {LEAST} pictures",
    )
    panels = drawing.subplots(
        len(parts), sharex=True, squeeze=False, gridspec_kw={"height_ratios": counts}
    )[:, 0]
    for axes, (view, names) in zip(panels, parts.items(), strict=True):
        for offset, (of, colour) in zip(offsets(len(sets)), colours(sets).items(), strict=True):
            found = [sets[of]["by"][view].get(name, {}) for name in names]
            figures = [part.get(measure) if _is_shown(part, measure) else None for part in found]
            dots(axes, figures, colour, offset, factor)
        row_names(axes, names)
        if measure != "mae":
            per_cent(axes, "x")
        style.panel_title(axes, ATTRIBUTES[view].capitalize())
        style.tidy(axes, _AXES[measure] if axes is panels[-1] else "", grid="x")
    legend(drawing, colours(sets))
    return drawing


def ladder(steps: Mapping[str, Figures], measures: Sequence[str]) -> Drawing:
    """Plots figures of each step of the ladder of poor views.

    Args:
        steps: Key figures by the name of the step; the first one is of pictures as they are.
        measures: ``mae`` or ``gender_accuracy`` or both, which the steps have.
    """
    drawing = style.new_figure(
        WIDTH,
        1.3 + 0.23 * len(steps),
        "The ladder of poor views",
        "Mean and 95 % interval; the line is of pictures as they are",
    )
    panels = drawing.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, measure in zip(panels, measures, strict=True):
        factor = 1 if measure == "mae" else 100
        figures = [step.get(measure) for step in steps.values()]
        if figures[0] is not None:
            axes.axvline(factor * figures[0]["value"], color=style.MUTED, linewidth=0.9)
        dots(axes, figures, style.BLUE, 0, factor)
        row_names(axes, list(steps))
        if measure != "mae":
            per_cent(axes, "x")
        style.tidy(axes, _SHORT_AXES[measure], grid="x")
    return drawing


def _shown_parts(sets: Sets, view: str, measure: str) -> list[str]:
    return list(
        dict.fromkeys(
            name
            for of in sets.values()
            for name, figures in of["by"][view].items()
            if _is_shown(figures, measure)
        )
    )


def _is_shown(figures: Figures, measure: str) -> bool:
    return measure in figures and figures[measure]["n"] >= LEAST


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f}"
