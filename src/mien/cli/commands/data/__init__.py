"""``mien data``: from labelled pictures to audited, divided chip caches."""

from __future__ import annotations

import typer

from mien.cli.commands.data import audit, chips, fetch, split

_app = typer.Typer(
    no_args_is_help=True,
    help="Prepare labelled pictures: align faces, audit, split, fetch.",
)
for command in (chips, audit, split, fetch):
    command.register(_app)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(_app, name="data")
