"""``mien train``."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from mien.cli.training_options import DEVICE, PRECISION, WORKERS, Precision, TrainingDevice


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(train)


def train(
    recipe: Annotated[Path, typer.Argument(help="YAML file that says how to train.")],
    data: Annotated[
        list[Path], typer.Option("--data", help="Chip cache (mien data chips); repeatable.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of checkpoints and logs.", show_default="runs/NAME")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Continue from the folder's checkpoint.")] = False,
    device: Annotated[TrainingDevice, DEVICE] = TrainingDevice.CPU,
    precision: Annotated[Precision, PRECISION] = Precision.FP32,
    workers: Annotated[int, WORKERS] = 1,
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
