"""``mien tune``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.training_options import DEVICE, PRECISION, WORKERS, Precision, TrainingDevice


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(tune)


def tune(
    recipe: Annotated[Path, typer.Argument(help="Recipe to vary; its epochs are the most.")],
    data: Annotated[list[Path], typer.Option("--data", help="Chip cache; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder of the search; used again, it goes on.")],
    trials: Annotated[int, typer.Option(min=1, help="How many trials altogether.")] = 20,
    device: Annotated[TrainingDevice, DEVICE] = TrainingDevice.CPU,
    precision: Annotated[Precision, PRECISION] = Precision.FP32,
    workers: Annotated[int, WORKERS] = 1,
) -> None:
    """Searches for a better recipe by short runs; poor runs are stopped early."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train
    from mien.cli.interruption import interruptible
    from mien.cli.outputs import check_output_and_folder, writing

    require_train()
    from mien.training.recipe import read_recipe, write_recipe

    loaded = read_recipe(recipe)
    check_output_and_folder(out / "best.yaml", [recipe])
    from mien.datasets.chips.cache import open_cache
    from mien.training.loop import Trainer
    from mien.training.search import search
    from mien.training.search_plots import draw_search

    console = plain_console(messages=True)
    caches = [open_cache(path) for path in data]
    with interruptible(), writing(out):
        study, best = search(
            loaded,
            out,
            trials,
            console,
            lambda drawn, folder: Trainer(drawn, caches, folder, device, precision, workers),
        )
        heading = f"The best of {len(study.trials)} trials: {study.best_value:.3f}"
        write_recipe(best, out / "best.yaml", heading)
        plots = draw_search(study, out)
    names = ", ".join(path.name for path in (out / "best.yaml", *plots))
    console.print(f"{heading}; wrote {names} into '{out}'")
