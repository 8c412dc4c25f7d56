"""``mien export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(export)


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a training run.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", help="A chip cache that it was trained on; repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.", readable=False)],
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Compute convolutions in 8 bits: smaller, faster, less exact."),
    ] = False,
) -> None:
    """Exports a training run as a model file, calibrated on held-out pictures."""
    from mien.cli.card_view import heads_table
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train
    from mien.cli.outputs import check_output_and_folder, writing

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.exporting.onnx import export_run

    check_output_and_folder(out, [run / "checkpoint.pt"])
    with writing(out):
        card = export_run(run, [open_cache(path) for path in data], out, int8)
    console = plain_console()
    console.print(heads_table(card))
    console.print(f"wrote '{out}', {out.stat().st_size / 1e6:.1f} MB", soft_wrap=True)
