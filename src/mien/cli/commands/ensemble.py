"""``mien ensemble``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ensemble)


def ensemble(
    models: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Model files to average.")
    ],
    name: Annotated[str, typer.Option(help="The new model's name.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", help="A chip cache to calibrate on; repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.", readable=False)],
    mirror: Annotated[
        bool,
        typer.Option("--mirror", help="Average the mirror image of each face too: twice the time."),
    ] = False,
) -> None:
    """Writes one model file that averages what several models predict."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train
    from mien.cli.outputs import check_output_and_folder, writing

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.exporting.ensemble import write_ensemble

    if len(models) < 2 and not mirror:
        raise typer.BadParameter("an average needs two models or more, or --mirror.")
    check_output_and_folder(out, models)
    out.parent.mkdir(parents=True, exist_ok=True)
    with writing(out):
        write_ensemble(name, models, [open_cache(path) for path in data], out, mirror)
    plain_console().print(
        f"wrote '{out}': {len(models)} models, {out.stat().st_size / 1e6:.1f} MB", soft_wrap=True
    )
