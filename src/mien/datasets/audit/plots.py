"""Plots of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mien.ages import AGE_GROUP_NAMES, AGE_GROUPS
from mien.datasets.audit.report import NO_SPLIT, UNLABELLED, AgeCount, Audit, SetAudit
from mien.datasets.audit.tables import ordered_splits
from mien.datasets.records import ETHNICITIES, MAX_AGE
from mien.drawing import plots as style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

PLOTS = ("ages.png", "cells.png")
"""Names of the files."""

_AGE_GROUPS = tuple(name.replace("-", "–") for name in AGE_GROUP_NAMES)


def draw(audit: Audit, folder: Path) -> list[Path]:
    """Writes the plots of an audit as PNG.

    Args:
        audit: The audit.
        folder: Folder for the files; it is made if it is missing.

    Returns:
        Paths of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in PLOTS]
    for path, plot in zip(paths, (ages, cells), strict=True):
        style.save(plot(audit["sets"]), path)
    return paths


def ages(sets: Sequence[SetAudit]) -> Figure:
    """Plots the number of pictures at each age, and the share of each age group in the splits."""
    splits = ordered_splits({split for one in sets for split in one["splits"]})
    colors = dict(zip(splits, cycle(style.LINES), strict=False)) | {NO_SPLIT: style.MUTED}
    figure = style.new_figure(
        11.5,
        1 + 2.7 * len(sets),
        "Labelled ages",
        "Pictures at each year of age, with the splits stacked (a bracket is spread evenly over its"
        " years), and the shares of the age groups in each split",
    )
    rows = figure.subplots(
        len(sets), 2, squeeze=False, sharex="col", gridspec_kw={"width_ratios": (5, 4)}
    )
    for (left, right), one in zip(rows, sets, strict=True):
        per_year = {split: _per_year(one["ages"], split) for split in splits}
        _stack(left, per_year, colors)
        if one["exact_ages"]:
            all_splits = np.sum(list(per_year.values()), axis=0)
            peak = int(all_splits.argmax())
            top = (peak, all_splits[peak])
            style.note(left, f"most at {peak}", top, (6, -2), style.MUTED, va="top")
        _shares(right, per_year, colors)
        style.panel_title(left, f"{one['name']}: {one['pictures']:,} pictures")
        style.panel_title(right, "Shares of the age groups")
        last = one is sets[-1]
        style.tidy(left, "Labelled age, years" if last else "", "Pictures", grid="y")
        style.tidy(right, "Labelled age group, years" if last else "", "Per cent", grid="y")
        right.tick_params(axis="x", labelsize=style.TINY)
    figure.legend(
        *rows[0, 1].get_legend_handles_labels(),
        loc="upper right",
        ncols=len(splits),
        frameon=False,
        fontsize=style.SMALL,
        labelcolor=style.INK,
        handlelength=1,
        handleheight=1,
    )
    return figure


def cells(sets: Sequence[SetAudit]) -> Figure:
    """Plots the number of pictures of each age group, gender and ethnicity."""
    from matplotlib.colors import PowerNorm

    genders = [
        gender
        for gender in ("female", "male", UNLABELLED)
        if any(cell["gender"] == gender for one in sets for cell in one["cells"])
    ]
    incomplete = any(one["without_ethnicity"] for one in sets)
    names = (*ETHNICITIES, UNLABELLED) if incomplete else ETHNICITIES
    most = max(cell["pictures"] for one in sets for cell in one["cells"])
    figure = style.new_figure(
        1 + 4.6 * len(genders),
        1 + 2.5 * len(sets),
        "Pictures of each age group, gender and ethnicity",
        "A darker cell has more pictures (by the square root); an empty cell has none",
    )
    rows = figure.subplots(len(sets), len(genders), squeeze=False, sharex=True, sharey=True)
    for panels, one in zip(rows, sets, strict=True):
        for axes, gender in zip(panels, genders, strict=True):
            _heat_map(axes, _counts(one, gender, names), names, PowerNorm(0.5, 0, 1.2 * most))
            style.panel_title(axes, f"{one['name']}, {gender}")
            style.tidy(axes, "Labelled age group, years" if one is sets[-1] else "")
    return figure


def _per_year(counts: Sequence[AgeCount], split: str) -> NDArray[np.float64]:
    """Returns the number of pictures of a split at each age 0..100, (101,)."""
    per_year = np.zeros(MAX_AGE + 1)
    for count in counts:
        if count["split"] == split:
            years = np.arange(round(count["age_low"]), round(count["age_high"]) + 1)
            share = count["pictures"] / len(years)
            np.add.at(per_year, years.clip(max=MAX_AGE), share)
    return per_year


def _stack(axes: Axes, per_year: dict[str, NDArray[np.float64]], colors: dict[str, str]) -> None:
    edges = np.arange(MAX_AGE + 2) - 0.5
    baseline = np.zeros(MAX_AGE + 1)
    for split, values in per_year.items():
        axes.stairs(baseline + values, edges, baseline=baseline, fill=True, color=colors[split])
        baseline = baseline + values
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0)
    axes.set_xticks(range(0, MAX_AGE + 1, 10))
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _shares(axes: Axes, per_year: dict[str, NDArray[np.float64]], colors: dict[str, str]) -> None:
    width = 0.8 / len(per_year)
    for i, (split, values) in enumerate(per_year.items()):
        share = [values[low : high + 1].sum() for low, high in AGE_GROUPS]
        share = 100 * np.array(share) / max(values.sum(), 1)
        left = np.arange(len(AGE_GROUPS)) + (i - (len(per_year) - 1) / 2) * width
        axes.bar(left, share, 0.85 * width, color=colors[split], label=split)
    axes.set_xticks(range(len(AGE_GROUPS)), _AGE_GROUPS)


def _counts(one: SetAudit, gender: str, ethnicities: Sequence[str]) -> NDArray[np.float64]:
    """Returns the number of pictures, (ethnicities, age groups); NaN for none."""
    counts = np.full((len(ethnicities), len(AGE_GROUP_NAMES)), np.nan)
    for cell in one["cells"]:
        if cell["gender"] == gender:
            row = ethnicities.index(cell["ethnicity"])
            counts[row, AGE_GROUP_NAMES.index(cell["age_group"])] = cell["pictures"]
    return counts


def _heat_map(
    axes: Axes, counts: NDArray[np.float64], names: Sequence[str], norm: Normalize
) -> None:
    axes.pcolormesh(counts, cmap=style.SEQUENTIAL, norm=norm, edgecolor="white", linewidth=1.5)
    for (row, column), count in np.ndenumerate(counts):
        if not np.isnan(count):
            ink = "white" if norm(count) > 0.62 else style.INK
            centre = (column + 0.5, row + 0.5)
            style.note(axes, f"{count:,.0f}", centre, color=ink, ha="center", va="center")
    axes.set_xticks(np.arange(len(_AGE_GROUPS)) + 0.5, _AGE_GROUPS)
    axes.set_yticks(np.arange(len(names)) + 0.5, names)
    axes.set_ylim(len(names), 0)
