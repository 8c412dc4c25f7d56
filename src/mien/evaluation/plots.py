"""Pictures of how good a model is, drawn from its predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.ages import AGE_GROUP_NAMES
from mien.datasets.records import ETHNICITIES, MAX_AGE
from mien.drawing import plots as style
from mien.evaluation import metrics
from mien.evaluation.predictions import Predictions
from mien.evaluation.report import GENDERS, LEAST_CELL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_AGE_GROUPS = tuple(name.replace("-", "–") for name in AGE_GROUP_NAMES)


def draw(predictions: Predictions, folder: Path) -> list[Path]:
    """Writes each plot that the labels allow as a PNG.

    Args:
        predictions: What to draw.
        folder: Where the files go; made if it is missing.

    Returns:
        The files.
    """
    exact = predictions.select(predictions.exact)
    grouped = predictions.select(predictions.age_group_truth >= 0)
    gendered = predictions.select(predictions.female_truth >= 0)
    described = gendered.select((gendered.age_group_truth >= 0) & (gendered.ethnicity != ""))
    plots: tuple[tuple[str, Callable[[Predictions], Figure], Predictions], ...] = (
        ("age_group_confusion", age_group_confusion, grouped),
        ("age_scatter", age_scatter, exact),
        ("age_error", age_error, exact),
        ("gender_confusion", gender_confusion, gendered),
        ("gender_calibration", gender_calibration, gendered),
        ("gender_accuracy", gender_accuracy, described),
    )
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, plot, labelled in plots:
        if len(labelled):
            path = folder / f"{name}.png"
            style.save(plot(labelled), path)
            paths.append(path)
    return paths


def age_group_confusion(predictions: Predictions) -> Figure:
    """Draws which age group was taken for which.

    Args:
        predictions: With known age groups.
    """
    answer, truth = predictions.age_group, predictions.age_group_truth
    figure = style.new_figure(
        7,
        5.8,
        "Apparent age group",
        f"Per cent of each labelled group, of {len(truth):,} pictures;"
        f" {metrics.accuracy(answer, truth):.1%} are right",
    )
    confusion = metrics.confusion_matrix(answer, truth, len(_AGE_GROUPS))
    axes = _confusion(figure, confusion, _AGE_GROUPS)
    style.tidy(axes, "Apparent age group, years", "Labelled age group, years")
    return figure


def gender_confusion(predictions: Predictions) -> Figure:
    """Draws which gender presentation was taken for which.

    Args:
        predictions: With known genders.
    """
    answer, truth = (predictions.female >= 0.5).astype(np.int64), predictions.female_truth
    figure = style.new_figure(
        4.6,
        3.8,
        "Apparent gender presentation",
        f"Per cent of each label, of {len(truth):,} pictures;"
        f" {metrics.accuracy(answer, truth):.1%} are right",
    )
    axes = _confusion(figure, metrics.confusion_matrix(answer, truth, len(GENDERS)), GENDERS)
    style.tidy(axes, "Apparent presentation", "Labelled presentation")
    return figure


def age_scatter(predictions: Predictions) -> Figure:
    """Draws how apparent ages lie about the labelled ones, with those beyond 100 at 100.

    Args:
        predictions: With exact ages.
    """
    from matplotlib.colors import LogNorm

    truth, years = predictions.age_low, predictions.years
    figure = style.new_figure(
        6.6,
        5.8,
        "Apparent age against labelled age",
        f"{len(truth):,} pictures; the mean absolute error is"
        f" {metrics.mean_absolute_error(years, truth):.2f} years",
    )
    axes = figure.subplots()
    # A square holds two whole ages each way; edges at whole ages would make stripes.
    edges = np.arange(-0.5, MAX_AGE + 2, 2)
    count, *_ = np.histogram2d(np.minimum(truth, MAX_AGE), years, (edges, edges))
    squares = axes.pcolormesh(
        edges,
        edges,
        np.where(count > 0, count, np.nan).T,
        cmap=style.SEQUENTIAL,
        norm=LogNorm(0.4, max(2, count.max())),
    )
    axes.axline((0, 0), slope=1, color=style.VERMILION, linewidth=1.2)
    style.note(axes, "equal ages", (99, 99), (-10, 0), style.VERMILION, ha="right", va="top")
    axes.set_aspect("equal")
    style.tidy(axes, "Labelled age, years", "Apparent age, years", grid="both")
    bar = figure.colorbar(squares, ax=axes, shrink=0.5, aspect=18, format="{x:,.0f}")
    bar.ax.set_ylim(1, None)
    style.tidy(bar.ax, y="Pictures in a square of two by two years")
    return figure


def age_error(predictions: Predictions) -> Figure:
    """Draws the mean absolute error for each age group and ethnicity.

    Args:
        predictions: With exact ages.
    """
    error = np.abs(predictions.years.astype(np.float64) - predictions.age_low)
    group, ethnicity = predictions.age_group_truth, predictions.ethnicity
    panels = {
        "Age group, years": {name: error[group == i] for i, name in enumerate(_AGE_GROUPS)},
        "Ethnicity": {name: error[ethnicity == name] for name in ETHNICITIES},
    }
    panels = {title: {k: v for k, v in bars.items() if len(v)} for title, bars in panels.items()}
    panels = {title: bars for title, bars in panels.items() if bars}
    counts = [len(bars) for bars in panels.values()]
    figure = style.new_figure(
        6,
        1.3 + 0.28 * sum(counts) + 0.45 * len(counts),
        "Error of the apparent age",
        "Mean absolute difference from the labelled age; pictures at the right",
    )
    column = figure.subplots(
        len(panels), sharex=True, squeeze=False, gridspec_kw={"height_ratios": counts}
    )[:, 0]
    for axes, (title, bars) in zip(column, panels.items(), strict=True):
        means = [float(errors.mean()) for errors in bars.values()]
        axes.barh(list(bars), means, height=0.68, color=style.BLUE)
        axes.margins(x=0.25)
        for i, errors in enumerate(bars.values()):
            style.note(axes, f"{means[i]:.1f}", (means[i], i), (4, 0), va="center")
            style.note(
                axes,
                f"{len(errors):,}",
                (1, i),
                color=style.MUTED,
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
            )
        axes.invert_yaxis()
        style.panel_title(axes, title)
        style.tidy(axes, "Mean absolute error, years" if axes is column[-1] else "")
    return figure


def gender_accuracy(predictions: Predictions) -> Figure:
    """Draws the gender accuracy for each age group and ethnicity.

    Args:
        predictions: With known genders, age groups and ethnicities.
    """
    shape = (len(_AGE_GROUPS), len(ETHNICITIES))
    ethnicity = np.array([ETHNICITIES.index(name) for name in predictions.ethnicity])
    cell = np.ravel_multi_index((predictions.age_group_truth, ethnicity), shape)
    right = (predictions.female >= 0.5) == predictions.female_truth
    count = np.bincount(cell, minlength=shape[0] * shape[1])
    accuracy = np.bincount(cell, right, len(count)) / np.where(count < LEAST_CELL, np.nan, count)
    figure = style.new_figure(
        6.2,
        6.2,
        "Accuracy of the apparent gender presentation",
        f"Per cent, and pictures below; blank where there are fewer than {LEAST_CELL}",
    )
    least = np.nanmin(accuracy, initial=0.9)
    axes = _heat_map(
        figure,
        accuracy.reshape(shape),
        count.reshape(shape),
        _AGE_GROUPS,
        ETHNICITIES,
        (least, 1),
    )
    style.tidy(axes, "Labelled ethnicity", "Labelled age group, years")
    return figure


def gender_calibration(predictions: Predictions) -> Figure:
    """Draws how often a presentation is labelled female by how probable it was said to be.

    Args:
        predictions: With known genders.
    """
    from matplotlib.ticker import PercentFormatter

    bins = metrics.calibration_bins(predictions.female, predictions.female_truth)
    figure = style.new_figure(
        5.4,
        6,
        "Calibration of the apparent gender presentation",
        "Perfect on the dashed line; bars span 95% intervals",
    )
    curve, histogram = figure.subplots(2, sharex=True, gridspec_kw={"height_ratios": (4, 1)})
    curve.axline((0, 0), slope=1, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    curve.vlines(bins.probability, *_wilson_interval(bins), color=style.BLUE, linewidth=1.4)
    curve.plot(bins.probability, bins.frequency, "o", color=style.BLUE, markersize=5)
    curve.set_ylim(-0.02, 1.02)
    share = np.full(len(predictions), 1 / len(predictions))
    histogram.hist(
        predictions.female, 15, range=(0, 1), weights=share, color=style.BLUE, rwidth=0.9
    )
    histogram.set_xlim(-0.02, 1.02)
    for axis in (curve.xaxis, curve.yaxis, histogram.yaxis):
        axis.set_major_formatter(PercentFormatter(1, 0))
    style.tidy(curve, y="Labelled female", grid="both")
    style.tidy(histogram, "Probability of a female presentation", "Pictures", grid="y")
    return figure


def _confusion(figure: Figure, confusion: metrics.Counts, names: Sequence[str]) -> Axes:
    of_label = confusion.sum(axis=1)
    share = confusion / np.where(of_label, of_label, np.nan)[:, None]
    return _heat_map(figure, share, confusion, names, names)


def _heat_map(
    figure: Figure,
    share: metrics.Floats,
    count: metrics.Counts,
    rows: Sequence[str],
    columns: Sequence[str],
    limits: tuple[float, float] = (0, 1),
) -> Axes:
    """Draws shares as colour and per cent, with the counts below; nan is left blank."""
    axes = figure.subplots()
    least, most = limits
    # Beyond the greatest share, so that the darkest cells are not heavier than they need be.
    darkest = most + 0.2 * (most - least)
    axes.pcolormesh(
        share, cmap=style.SEQUENTIAL, vmin=least, vmax=darkest, edgecolor="white", linewidth=1.5
    )
    for (row, column), value in np.ndenumerate(share):
        ink = "white" if value > least + 0.7 * (most - least) else style.INK
        centre = (column + 0.5, row + 0.5)
        text = f"{count[row, column]:,}" if count[row, column] else ""
        if np.isnan(value):
            style.note(
                axes, text, centre, (0, 0), style.MUTED, style.TINY, ha="center", va="center"
            )
        elif text:
            style.note(axes, f"{100 * value:.1f}", centre, (0, 0), ink, style.TEXT, ha="center")
            style.note(axes, text, centre, (0, -3), ink, style.TINY, ha="center", va="top")
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
    axes.invert_yaxis()
    return axes


def _wilson_interval(bins: metrics.CalibrationBins) -> tuple[metrics.Floats, metrics.Floats]:
    """Returns the ends of the 95 % score interval of each bin's share (Wilson, 1927)."""
    z, n, share = 1.96, bins.count, bins.frequency
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half
