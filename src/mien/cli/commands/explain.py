"""``mien explain``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from mien.explain import ExplainedFace, Map
    from mien.faces.align import ChipTemplate

_SHOWN = 2  # parts of the face that a table names


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(explain)


def explain(
    picture: Annotated[Path, typer.Argument(help="A picture.")],
    out: Annotated[
        Path | None, typer.Option(help="The picture to write.", show_default="PICTURE-why.png here")
    ] = None,
    cropped: Annotated[
        bool, typer.Option("--cropped", help="The picture is one face, already cropped.")
    ] = False,
    max_faces: Annotated[int, typer.Option(min=1, help="Explain only the largest faces.")] = 8,
    model: Annotated[
        str, typer.Option(help="A bundled model's name, or an ONNX file of mien export.")
    ] = "default",
) -> None:
    """Shows where the model looked, for the apparent age and for the gender presentation.

    A part of the face counts if the answer is surer when it can be seen.
    """
    from PIL import Image

    from mien.analyzer import Analyzer
    from mien.cli.console import plain_console
    from mien.drawing.explanation import draw_sheet
    from mien.explain import explain as explain_picture
    from mien.images import read_picture

    console = plain_console()
    faces = explain_picture(
        Analyzer(model), read_picture(picture), cropped=cropped, max_faces=max_faces
    )
    if not faces:
        console.print("no face found")
        return
    console.print(_table(faces))
    path = out or Path(f"{picture.stem}-why.png")
    Image.fromarray(draw_sheet(faces)).save(path)
    console.print(f"wrote '{path}'", soft_wrap=True)


def _table(faces: Sequence[ExplainedFace]) -> Table:
    from rich.table import Table

    from mien.cli.sinks.pictures import estimate_cells

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("face", "looks", "80 % interval", "gender", "age by", "gender by"):
        table.add_column(name)
    for number, (face, explanation) in enumerate(faces, 1):
        table.add_row(
            str(number),
            *estimate_cells(face.age, face.gender),
            _named(explanation.age, explanation.template),
            _named(explanation.gender, explanation.template),
        )
    return table


def _named(importance: Map, template: ChipTemplate) -> str:
    """Names the parts of the face that count most."""
    from mien.explain import shares

    parts = sorted(shares(importance, template).items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in parts[:_SHOWN])
