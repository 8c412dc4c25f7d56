"""The command line: one small file for each group of commands.

Commands import what they need when they run, so that ``mien --help`` is quick.
"""

from __future__ import annotations

import sys

import typer

from mien.cli import data, train, weights
from mien.errors import MienError

app = typer.Typer(
    name="mien",
    help="Apparent age and gender presentation of faces, on your own machine, with honest doubt.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data.register(app)
weights.register(app)
train.register(app)


@app.callback()
def _options() -> None:
    """Options of all commands."""


def main() -> None:
    """Runs the command line; an error of mien's is one sentence and exit code 1."""
    try:
        app()
    except MienError as error:
        print(f"mien: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
