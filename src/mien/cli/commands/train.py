"""``mien train`` and ``mien tune``."""

from __future__ import annotations

import signal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TrainingDevice(StrEnum):
    """The device that trains a network."""

    CPU = "cpu"
    CUDA = "cuda"


class Precision(StrEnum):
    """The number format of the training."""

    FP32 = "fp32"
    BF16 = "bf16"


_DEVICE = typer.Option(help="What to train on.")
_PRECISION = typer.Option(help="What to compute in; bf16 is faster where the processor knows it.")
_WORKERS = typer.Option(min=0, help="Processes that prepare pictures.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(train)
    app.command()(tune)


def train(
    recipe: Annotated[Path, typer.Argument(help="YAML file that says how to train.")],
    data: Annotated[
        list[Path], typer.Option("--data", help="Chip cache (mien data chips); repeatable.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of checkpoints and logs.", show_default="runs/NAME")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Continue from the folder's checkpoint.")] = False,
    device: Annotated[TrainingDevice, _DEVICE] = TrainingDevice.CPU,
    precision: Annotated[Precision, _PRECISION] = Precision.FP32,
    workers: Annotated[int, _WORKERS] = 1,
) -> None:
    """Trains a model by a recipe."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train
    from mien.cli.interruption import EXIT_CODE
    from mien.cli.outputs import check_folder, writing

    require_train()
    from mien.training.recipe import read_recipe

    loaded = read_recipe(recipe)  # before torch, which takes seconds to import
    from mien.datasets.chips.cache import open_cache
    from mien.training.log import Log
    from mien.training.loop import Trainer

    console = plain_console(messages=True)
    folder = out or Path("runs") / loaded.name
    check_folder(folder)
    caches = [open_cache(path) for path in data]
    trainer = Trainer(loaded, caches, folder, device, precision, workers)
    if (folder / "checkpoint.pt").exists():
        if not resume:
            raise typer.BadParameter(f"'{folder}' holds a checkpoint: --resume or another --out")
        trainer.resume()
    parameters = sum(p.numel() for p in trainer.network.parameters())
    console.print(
        f"{loaded.name}: {loaded.network} at {loaded.size} px, {parameters / 1e6:.2f} M parameters,"
        f" on {device} in {precision}, {trainer.pictures} pictures, from step {trainer.steps}",
        highlight=False,
    )
    # A background job is started with interruption ignored, and is ended by SIGTERM.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with writing(folder):
            trainer.train(Log(folder, console))
    except KeyboardInterrupt:
        console.print(f"interrupted; continue with --resume (checkpoint in '{folder}')")
        raise typer.Exit(EXIT_CODE) from None


def tune(
    recipe: Annotated[Path, typer.Argument(help="Recipe to vary; its epochs are the most.")],
    data: Annotated[list[Path], typer.Option("--data", help="Chip cache; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder of the search; used again, it goes on.")],
    trials: Annotated[int, typer.Option(min=1, help="How many trials altogether.")] = 20,
    device: Annotated[TrainingDevice, _DEVICE] = TrainingDevice.CPU,
    precision: Annotated[Precision, _PRECISION] = Precision.FP32,
    workers: Annotated[int, _WORKERS] = 1,
) -> None:
    """Searches for a better recipe by short runs; those without hope are given up early."""
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
