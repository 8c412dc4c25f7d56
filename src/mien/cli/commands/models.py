"""``mien models``."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(models)


def models() -> None:
    """Lists the models that come with mien; --model chooses one."""
    from mien.assets import bundled_models, find_model
    from mien.cli.console import plain_console
    from mien.cli.models_view import models_table

    plain_console().print(models_table([find_model(name) for name in bundled_models()]))
