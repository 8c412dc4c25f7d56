"""Hyper-parameter search with Optuna: many short runs; poor runs are stopped early."""

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
"""Weight of the share of wrong labels: wrong labels alone count as this many years of error."""

GROUP_YEARS = 10.0
"""Weight of the share of wrong age groups, for data that have only brackets, in years."""

_MAXIMA = {"rotation": 180.0, "shift": 0.9, "scale": 0.9}  # of Augmentation; 1 for other entries


def objective_value(metrics: dict[str, float]) -> float:
    """Returns the value that the search minimises: years of error plus weighted wrong labels.

    Args:
        metrics: Metrics from :func:`mien.training.validation.validate`; they are averaged over the
            data sets.

    Raises:
        RecipeError: There is no metric, because no picture of the split ``val`` has a label.
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
        raise RecipeError(
            "no picture of the split 'val' has a label; the search needs them to compare trials"
        )
    return sum(years) + LABEL_YEARS * sum(1 - share for share in shares.values())


def suggest(trial: optuna.Trial | optuna.trial.FixedTrial, recipe: Recipe) -> Recipe:
    """Draws a recipe for a trial.

    Args:
        trial: The trial, which draws the values.
        recipe: The recipe of the search.

    Returns:
        The recipe with another learning rate, batch, number of epochs (at most as many), dropout,
        weight decay, label distribution and strength of augmentation.
    """
    strength = trial.suggest_float("augmentation", 0.0, 1.6)
    varied = {
        key: min(_MAXIMA.get(key, 1.0), value * strength)
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
    """A log that reports every epoch to a trial, so that Optuna can stop a poor trial."""

    def __init__(self, folder: Path, console: Console, trial: optuna.Trial) -> None:
        super().__init__(folder, console)
        self._trial = trial

    def epoch(self, epoch: int, step: int, metrics: dict[str, float]) -> None:
        """Logs the epoch, then stops the trial if others were better at this epoch.

        Raises:
            optuna.TrialPruned: The trial is stopped.
        """
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
    """Runs trials until the wanted number is reached; an earlier search is continued.

    Args:
        recipe: The recipe to start from; its ``epochs`` are the maximum of a trial.
        folder: Folder for the study (``study.db``) and the runs of the trials.
        trials: Wanted number of trials, at least 1, with those of earlier searches and those that
            were stopped.
        console: Console for the progress.
        make_trainer: Makes the trainer for a recipe and a folder.

    Returns:
        The study with all trials, and the recipe of the best trial.

    Raises:
        RecipeError: No picture of the split ``val`` has a label.
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
