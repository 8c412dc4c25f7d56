"""``mien train`` and ``mien tune``."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer


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
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
) -> None:
    """Trains a model by a recipe."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.training.log import Log
    from mien.training.loop import Trainer
    from mien.training.recipe import read_recipe

    console = plain_console()
    loaded = read_recipe(recipe)
    folder = out or Path("runs") / loaded.name
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
        trainer.train(Log(folder, console))
    except KeyboardInterrupt:
        console.print(f"interrupted; continue with --resume (checkpoint in '{folder}')")
        raise typer.Exit(130) from None


def tune(
    recipe: Annotated[Path, typer.Argument(help="Recipe to vary; its epochs are the most.")],
    data: Annotated[list[Path], typer.Option("--data", help="Chip cache; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder of the search; used again, it goes on.")],
    trials: Annotated[int, typer.Option(min=1, help="How many trials altogether.")] = 20,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
) -> None:
    """Searches for a better recipe by short runs, giving the hopeless ones up early."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.training.loop import Trainer
    from mien.training.recipe import read_recipe, write_recipe
    from mien.training.search import search
    from mien.training.search_plots import draw_search

    console = plain_console()
    caches = [open_cache(path) for path in data]
    study, best = search(
        read_recipe(recipe),
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
