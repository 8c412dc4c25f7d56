"""``mien compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(compare)


def compare(
    first: Annotated[Path, typer.Argument(help="predictions.npz of a report.")],
    second: Annotated[Path, typer.Argument(help="predictions.npz of another report.")],
) -> None:
    """Compares two systems on the same pictures, by a paired bootstrap."""
    from mien.cli.console import plain_console
    from mien.evaluation.compare import compare as compare_predictions
    from mien.evaluation.prediction_files import load_predictions

    compared = compare_predictions(load_predictions(first), load_predictions(second))
    console = plain_console()
    console.print(f"{compared['pictures']:,} pictures in both")
    for name, change in compared.items():
        if isinstance(change, dict):
            console.print(
                f"{name.replace('_', ' ')}: {change['a']:.4g} and {change['b']:.4g};"
                f" difference {change['difference']:+.4g}"
                f" (95 %: {change['low']:+.4g} to {change['high']:+.4g})"
            )
