"""``mien weights``: starting weights for training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(weights)


def weights(
    model: Annotated[
        str, typer.Argument(help="Name of a bundled model (see: mien models), or a model file.")
    ],
    chips: Annotated[
        Path, typer.Option(help="Chip cache on which its network is measured (mien data chips).")
    ],
    out: Annotated[Path, typer.Option(help="The file to write, a recipe's start.", readable=False)],
) -> None:
    """Extracts the weights of a model, to continue its training."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train
    from mien.cli.outputs import check_output_and_folder, writing

    require_train()
    from mien.assets import find_model
    from mien.datasets.chips.cache import open_cache
    from mien.training.import_model import import_model
    from mien.training.starting_weights import save_starting_weights

    path = find_model(model)
    check_output_and_folder(out, [path])
    backbone, heads, origin = import_model(path, open_cache(chips))
    with writing(out):
        save_starting_weights(backbone, origin, out, heads)
    console = plain_console()
    console.print(f"{origin.name}; trained on {origin.trained_on}")
    console.print(f"licence: {origin.licence}")
    console.print(f"wrote '{out}'")
