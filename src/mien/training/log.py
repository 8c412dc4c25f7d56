"""The log of a training run: a progress bar, a CSV file, TensorBoard and learning curves."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_STEP_EVERY = 20  # steps between two entries of the step log


class Log:
    """Writes ``log.csv`` (one row for each epoch) and TensorBoard events, and shows the progress.

    The learning curves of the whole run are drawn at its end.

    Args:
        folder: Folder of the run, which is made if it is missing.
        console: Console for the progress bar.
    """

    def __init__(self, folder: Path, console: Console) -> None:
        from torch.utils.tensorboard import SummaryWriter  # it takes seconds to import

        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "log.csv"
        self._console = console
        self._board = SummaryWriter(str(folder / "tensorboard"))
        self._sums: dict[str, float] = defaultdict(float)
        self._count = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("loss {task.fields[loss]}"),
            console=console,
        )

    def start(self, total: int, done: int) -> None:
        """Shows the progress bar.

        Args:
            total: Number of steps of the whole run.
            done: Number of steps that were done before.
        """
        self._task = self._progress.add_task("training", total=total, completed=done, loss="-")
        self._progress.start()

    def step(self, step: int, losses: dict[str, float]) -> None:
        """Logs a step.

        Args:
            step: Number of steps done, from 1.
            losses: Losses by name; ``loss`` is their sum.
        """
        for key, value in losses.items():
            self._sums[key] += value
        self._count += 1
        self._progress.update(self._task, completed=step, loss=f"{losses['loss']:.3f}")
        if step % _STEP_EVERY == 0:
            for key, value in losses.items():
                self._board.add_scalar(f"train/{key}", value, step)

    def epoch(self, epoch: int, step: int, metrics: dict[str, float]) -> None:
        """Logs an epoch: its mean losses and its validation.

        Args:
            epoch: Number of epochs done, from 1.
            step: Number of steps done.
            metrics: Results of the validation by name.
        """
        means = {f"train/{key}": total / self._count for key, total in self._sums.items()}
        row = {"epoch": float(epoch), "step": float(step), **means, **metrics}
        new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, row)
            if new:
                writer.writeheader()
            writer.writerow({key: f"{value:.6g}" for key, value in row.items()})
        for key, value in metrics.items():
            self._board.add_scalar(key, value, step)
        self._board.flush()
        shown = "  ".join(f"{key} {value:.4g}" for key, value in {**means, **metrics}.items())
        self._console.print(f"epoch {epoch}: {shown}", highlight=False)
        self._sums.clear()
        self._count = 0

    def stop(self) -> None:
        """Ends the progress bar. Draws the learning curves if an epoch was finished."""
        self._progress.stop()
        self._board.close()
        if self._path.exists():
            from mien.evaluation.learning_curves import draw_learning_curves

            draw_learning_curves(self._path, self._path.with_name("learning-curves.png"))
