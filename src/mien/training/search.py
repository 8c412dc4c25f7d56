"""Hyper-parameter search with Optuna: many short runs; those without hope are given up early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import optuna
from rich.console import Console

from mien.errors import RecipeError
from mien.training.entries import Augmentation
from mien.training.log import Log
from mien.training.loop import Trainer
from mien.training.recipe import Recipe

LABEL_YEARS = 20.0
"""How many years of mean absolute error one whole share of wrong labels is worth."""

GROUP_YEARS = 10.0
"""The same for wrong age groups, where only brackets are known."""

_MOST = {"rotation": 180.0, "shift": 0.9, "scale": 0.9}  # of an augmentation; 1 of the others


def objective_value(metrics: dict[str, float]) -> float:
    """Returns what the search makes small: years of error plus weighted shares of wrong labels.

    Args:
        metrics: What :func:`mien.training.validation.validate` measured; averaged over data sets.

    Raises:
        RecipeError: Nothing was measured.
    """
    measured: dict[str, list[float]] = defaultdict(list)
    for key, value in metrics.items():
        measured[key.partition("/")[2]].append(value)
    means = {name: sum(values) / len(values) for name, values in measured.items()}
    years = [value for name, value in means.items() if name.endswith("mae_median")]
    shares = {name: value for name, value in means.items() if name.endswith("_accuracy")}
    groups = [shares.pop(name) for name in list(shares) if name.endswith("group_accuracy")]
    if not years:
        years = [GROUP_YEARS * (1 - share) for share in groups]
    if not years and not shares:
        raise RecipeError("the search needs a split 'val' with labels")
    return sum(years) + LABEL_YEARS * sum(1 - share for share in shares.values())


def suggest(trial: optuna.Trial | optuna.trial.FixedTrial, recipe: Recipe) -> Recipe:
    """Draws a recipe: rate, batch, epochs, dropout, label width, augmentation strength."""
    strength = trial.suggest_float("augmentation", 0.0, 1.6)
    varied = {
        key: min(_MOST.get(key, 1.0), value * strength)
        for key, value in asdict(recipe.augmentation).items()
        if key != "flip"
    }
    return replace(
        recipe,
        learning_rate=trial.suggest_float("learning_rate", 1e-4, 3e-3, log=True),
        batch=trial.suggest_categorical(
            "batch", [max(2, recipe.batch // 2), recipe.batch, 2 * recipe.batch]
        ),
        epochs=trial.suggest_int("epochs", 1, recipe.epochs),
        dropout=trial.suggest_float("dropout", 0.0, 0.5),
        weight_decay=trial.suggest_float("weight_decay", 0.005, 0.2, log=True),
        label_width=trial.suggest_float("label_width", 0.5, 4.0),
        label_growth=trial.suggest_float("label_growth", 0.0, 0.08),
        augmentation=Augmentation(flip=recipe.augmentation.flip, **varied),
    )


class PrunedLog(Log):
    """Reports every epoch to a trial, which may end it."""

    def __init__(self, folder: Path, console: Console, trial: optuna.Trial) -> None:
        super().__init__(folder, console)
        self._trial = trial

    def epoch(self, epoch: int, step: int, metrics: dict[str, float]) -> None:
        """Writes the epoch, then gives the trial up if others were better by then."""
        super().epoch(epoch, step, metrics)
        self._trial.report(objective_value(metrics), epoch)
        if self._trial.should_prune():
            raise optuna.TrialPruned


def search(
    recipe: Recipe,
    folder: Path,
    trials: int,
    console: Console,
    make_trainer: Callable[[Recipe, Path], Trainer],
) -> tuple[optuna.Study, Recipe]:
    """Runs trials until there are as many as asked for, continuing an earlier search.

    Args:
        recipe: What is varied; its ``epochs`` are the most that a trial runs.
        folder: Where the study (``study.db``) and the trials' runs are.
        trials: How many there shall be altogether, given-up ones included.
        console: Where progress is shown.
        make_trainer: Makes the trainer of a trial's recipe in a folder.

    Returns:
        All trials, and the recipe of the best.
    """
    folder.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        study_name=recipe.name,
        storage=f"sqlite:///{folder / 'study.db'}",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=recipe.seed, multivariate=True),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=0),
    )

    def run(trial: optuna.Trial) -> float:
        drawn = suggest(trial, recipe)
        run_folder = folder / f"trial-{trial.number:03}"
        console.print(f"trial {trial.number}: {trial.params}", highlight=False)
        trainer = make_trainer(drawn, run_folder)
        return objective_value(trainer.train(PrunedLog(run_folder, console, trial)))

    done = sum(trial.state.is_finished() for trial in study.trials)
    study.optimize(run, n_trials=max(0, trials - done))
    return study, suggest(optuna.trial.FixedTrial(study.best_params), recipe)
