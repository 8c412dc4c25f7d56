"""``mien model``: what is in a model file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from mien.errors import DataError

_app = typer.Typer(no_args_is_help=True, help="Model files and their cards.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(_app, name="model")


@_app.command()
def info(
    model: Annotated[
        str, typer.Argument(help="Name of a bundled model, or an ONNX file of mien export.")
    ] = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Prints a model's card: what it predicts, how certain it is, where it comes from."""
    from mien.assets import find_model
    from mien.attributes.card import read_card
    from mien.cli.card_view import card_table
    from mien.cli.console import plain_console, print_json
    from mien.runtime import OnnxSession

    path = find_model(model)
    card = read_card(OnnxSession(path).metadata)
    if as_json:
        print_json(card.to_dict())
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
    from mien.cli.extras import require_train
    from mien.cli.outputs import check_outputs, writing

    require_train()
    from mien.exporting.model_file import record_metrics

    check_outputs([model], metrics)
    reports = [_read_report(path) for path in metrics]
    with writing(model):
        record_metrics(model, reports)


def _read_report(path: Path) -> dict[str, Any]:
    """Reads what mien evaluate measured.

    Raises:
        DataError: The file holds something else.
    """
    try:
        report = json.loads(path.read_bytes())
    except ValueError:
        report = None
    if not isinstance(report, dict) or not {"about", "sets"} <= report.keys():
        raise DataError(f"'{path}' is not a metrics.json of mien evaluate")
    return report
