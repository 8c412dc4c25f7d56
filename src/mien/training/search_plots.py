"""Plots of a hyper-parameter search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import optuna

from mien.drawing import plots as style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 4
_LOGARITHMIC = {"learning_rate", "weight_decay"}
_VALUE = "years + 20 × wrong labels"


def draw_search(study: optuna.Study, folder: Path) -> list[Path]:
    """Writes plots of the history and of the effect of each parameter, as PNG.

    Args:
        study: Study with at least one completed trial.
        folder: Folder for the files.

    Returns:
        Paths of the files.
    """
    files = []
    for name, plot in (("history", history), ("parameters", parameters)):
        path = folder / f"search-{name}.png"
        style.save(plot(study), path)
        files.append(path)
    return files


def history(study: optuna.Study) -> Figure:
    """Plots the value of each trial, and the best value so far."""
    from matplotlib.ticker import MaxNLocator

    figure = style.new_figure(7, 4, "Search history", "lower is better; crosses: stopped early")
    axes = figure.subplots()
    complete = _finished(study, optuna.trial.TrialState.COMPLETE)
    numbers = [trial.number for trial in complete]
    values = [trial.value or 0.0 for trial in complete]
    best = np.minimum.accumulate(values)
    axes.step(numbers, best, where="post", color=style.BLUE, linewidth=1.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.scatter(numbers, values, s=26, color=style.BLUE, zorder=3)
    pruned = _finished(study, optuna.trial.TrialState.PRUNED)
    last = [list(trial.intermediate_values.values())[-1] for trial in pruned]
    axes.scatter([t.number for t in pruned], last, s=24, color=style.MUTED, marker="x", zorder=2)
    style.tidy(axes, "trial", _VALUE, grid="y")
    return figure


def parameters(study: optuna.Study) -> Figure:
    """Plots the value of each completed trial against each parameter."""
    trials = _finished(study, optuna.trial.TrialState.COMPLETE)
    names = sorted(trials[0].params)
    rows = -(-len(names) // _COLUMNS)
    from matplotlib.ticker import LogLocator, NullLocator

    figure = style.new_figure(
        11, 0.8 + 2.5 * rows, "Effect of each parameter", "completed trials; lower is better"
    )
    grid = np.atleast_2d(figure.subplots(rows, _COLUMNS, sharey=True))
    for axes in grid.ravel()[len(names) :]:
        axes.set_visible(False)
    best = min(trials, key=lambda trial: trial.value or 0.0)
    for number, (axes, name) in enumerate(zip(grid.ravel(), names, strict=False)):
        drawn = [trial.params[name] for trial in trials]
        axes.scatter(drawn, [trial.value for trial in trials], s=22, color=style.BLUE)
        axes.scatter([best.params[name]], [best.value], s=40, color=style.VERMILION, zorder=3)
        if name in _LOGARITHMIC:
            axes.set_xscale("log")
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_major_formatter("{x:g}")
        elif all(isinstance(value, int) for value in drawn):
            axes.set_xticks(sorted(set(drawn)))
        style.tidy(axes, name.replace("_", " "), "" if number % _COLUMNS else _VALUE, grid="y")
    return figure


def _finished(
    study: optuna.Study, state: optuna.trial.TrialState
) -> list[optuna.trial.FrozenTrial]:
    return [
        trial
        for trial in study.get_trials(deepcopy=False, states=(state,))
        if trial.value is not None or trial.intermediate_values
    ]
