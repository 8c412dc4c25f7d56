"""``mien model`` and ``mien export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_app = typer.Typer(no_args_is_help=True, help="Models and their cards.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(models)
    app.add_typer(_app, name="model")
    app.command()(export)
    app.command()(ensemble)


def models() -> None:
    """Lists the models that come with mien; --model chooses one."""
    from mien.assets import bundled_models, find_model
    from mien.cli.card_view import models_table
    from mien.cli.console import plain_console

    plain_console().print(models_table([find_model(name) for name in bundled_models()]))


@_app.command()
def info(
    model: Annotated[str, typer.Argument(help="A bundled model's name or a file.")] = "default",
    json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Prints a model's card."""
    from mien.assets import find_model
    from mien.attributes.card import read_card
    from mien.cli.card_view import card_table
    from mien.cli.console import plain_console
    from mien.runtime.onnx import OnnxSession

    path = find_model(model)
    card = read_card(OnnxSession(path).metadata)
    if json:
        typer.echo(card.to_json())
    else:
        plain_console().print(card_table(card, path))


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a training run.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", help="The chip caches it was trained on; repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")],
    int8: Annotated[
        bool, typer.Option("--int8", help="Convolutions in 8 bits: smaller, faster, less exact.")
    ] = False,
) -> None:
    """Writes a model file, calibrated on pictures that neither trained nor chose it."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.exporting.onnx import export_run

    card = export_run(run, [open_cache(path) for path in data], out, int8)
    plain_console().print(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB; age temperature {card.age.temperature:.2f},"
        f" {card.age.statistic}, interval {card.age.low:.3f}..{card.age.high:.3f};"
        f" gender temperature {card.gender.temperature:.2f},"
        f" undetermined below {card.gender.threshold:.3f}"
    )


def ensemble(
    models: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Model files to average.")
    ],
    name: Annotated[str, typer.Option(help="The new model's name.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", help="Chip caches on which it is calibrated; repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="The ONNX file to write.")],
) -> None:
    """Writes one model file that averages the answers of several."""
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.exporting.ensemble import write_ensemble

    if len(models) < 2:
        raise typer.BadParameter("an average needs two models or more")
    write_ensemble(name, models, [open_cache(path) for path in data], out)
    plain_console().print(f"{out}: {len(models)} models, {out.stat().st_size / 1e6:.1f} MB")


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
