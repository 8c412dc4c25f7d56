"""Learning curves: plots of the log of a training run."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from mien.drawing import plots as style
from mien.errors import DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TRAIN = "train"
_TITLES = {
    _TRAIN: "Training loss",
    "mae_median": "Error of the median, years",
    "mae_expectation": "Error of the expectation, years",
    "mae_decades": "Error of the median, mean of the decades, years",
    "within_5": "Within 5 years",
    "group_accuracy": "Age group accuracy",
    "gender_accuracy": "Gender presentation accuracy",
}
_LEGEND: dict[str, Any] = {
    "frameon": False,
    "fontsize": style.SMALL,
    "labelcolor": style.INK,
    "handlelength": 1.2,
    "columnspacing": 1.2,
}

Panels = dict[str, dict[str, list[float]]]


class TrainingLog(TypedDict):
    """The log of a training run.

    Attributes:
        epochs: Numbers of the epochs.
        panels: The values at each epoch, by the metric (``train`` for the losses) and the data set
            or the loss.
    """

    epochs: list[float]
    panels: Panels


def draw_learning_curves(log: Path, path: Path) -> None:
    """Writes the curves of a training log as PNG.

    Args:
        log: Log file of the training run, see :func:`read_log`.
        path: The file to write.

    Raises:
        DataError: The log is missing, is not a training log, or has no row yet.
    """
    style.save(draw(read_log(log)), path)


def draw(log: TrainingLog) -> Figure:
    """Plots a training log: a panel for the losses, and a panel for each metric."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    epochs, panels = log["epochs"], log["panels"]
    data_sets = dict.fromkeys(
        name for metric, lines in panels.items() if metric != _TRAIN for name in lines
    )
    of_data_sets = dict(zip(data_sets, cycle(style.LINES), strict=False))
    of_losses = dict(zip(panels.get(_TRAIN, {}), cycle(reversed(style.LINES)), strict=False))
    rows = (len(panels) + 1) // 2
    figure = style.new_figure(
        8,
        0.9 + 2.1 * rows,
        "Learning curves",
        "Losses are of training pictures, the other metrics of validation pictures",
    )
    grid = figure.subplots(rows, 2, squeeze=False).ravel()
    for i, (axes, (metric, lines)) in enumerate(zip(grid, panels.items(), strict=False)):
        colors = of_losses if metric == _TRAIN else of_data_sets
        for name, values in lines.items():
            axes.plot(epochs, values, ".-", color=colors[name], label=name, linewidth=1.4)
        if metric == _TRAIN:
            # The legend is beside the title, for lines may be anywhere below it.
            axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, **_LEGEND)
        axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if metric.endswith("accuracy") or metric.startswith("within"):
            axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
        style.panel_title(axes, _TITLES.get(metric, metric.replace("_", " ").capitalize()))
        style.tidy(axes, "Epoch" if i >= len(panels) - 2 else "", grid="y")
    for axes in grid[len(panels) :]:
        axes.remove()
    keys = [Line2D([], [], color=color, marker=".") for color in of_data_sets.values()]
    figure.legend(keys, list(of_data_sets), loc="upper right", ncols=3, **_LEGEND)
    return figure


def read_log(log: Path) -> TrainingLog:
    """Reads a training log.

    Args:
        log: CSV file with a row for each epoch and the columns ``epoch``, ``train/LOSS`` and
            ``DATA SET/METRIC``.

    Raises:
        DataError: The log is missing, is not a training log, or has no row yet.
    """
    columns: dict[str, list[float]] = defaultdict(list)
    try:
        with log.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for column, value in row.items():
                    columns[column].append(float(value))
    except FileNotFoundError:
        raise DataError(f"there is no file '{log}'") from None
    except OSError as error:
        raise DataError(f"'{log}' cannot be read: {error.strerror}") from None
    except (TypeError, ValueError, csv.Error):
        raise DataError(f"'{log}' is not a training log; give the log.csv of a run") from None
    epochs = columns.pop("epoch", None)
    panels: Panels = defaultdict(dict)
    for column, values in columns.items():
        name, _, metric = column.partition("/")
        if name == _TRAIN:
            panels[_TRAIN][metric] = values
        elif metric:
            panels[metric][name] = values
    if not epochs or not panels:
        raise DataError(f"'{log}' has no epoch of a training run")
    return {"epochs": epochs, "panels": dict(panels)}
