"""The command line: one small file for each command.

Commands import what they need when they run, so that ``mien --help`` is quick.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mien.cli.commands import (
    analyze,
    data,
    ensemble,
    evaluate,
    explain,
    export,
    model,
    models,
    serve,
    train,
    watch,
    weights,
)
from mien.errors import MienError

app = typer.Typer(
    name="mien",
    help="Apparent age and gender presentation of faces, with how certain it is. All of it runs on"
    " your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    *(analyze, explain, watch, serve, models, model),
    *(data, weights, train, export, ensemble, evaluate),
):
    command.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from mien import __version__

        typer.echo(f"mien {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line; an error of mien's is one sentence and exit code 1."""
    try:
        app()
    except MienError as error:
        print(f"mien: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
