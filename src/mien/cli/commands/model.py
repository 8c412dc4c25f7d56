"""``mien model``: what is in a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_app = typer.Typer(no_args_is_help=True, help="Model files and their cards.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(_app, name="model")


@_app.command()
def info(
    model: Annotated[
        str, typer.Argument(help="Name of a bundled model, or an ONNX file of mien export.")
    ] = "default",
    json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Prints a model's card: what it predicts, how certain it is, where it comes from."""
    from mien.assets import find_model
    from mien.attributes.card import read_card
    from mien.cli.card_view import card_table
    from mien.cli.console import plain_console
    from mien.runtime import OnnxSession

    path = find_model(model)
    card = read_card(OnnxSession(path).metadata)
    if json:
        typer.echo(card.to_json())
    else:
        plain_console().print(card_table(card, path))


@_app.command()
def record(
    model: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The ONNX file.")],
    metrics: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="metrics.json of mien evaluate."),
    ],
) -> None:
    """Writes what was measured into a model's card."""
    from json import loads

    from mien.cli.extras import require_train

    require_train()
    from mien.exporting.model_file import record_metrics

    record_metrics(model, [loads(path.read_text(encoding="utf-8")) for path in metrics])
