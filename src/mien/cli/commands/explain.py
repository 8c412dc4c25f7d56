"""``mien explain``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from mien.attributes.heads import Head
    from mien.explanation import ExplainedFace, Map
    from mien.faces.align import ChipTemplate
    from mien.results import Face

_SHOWN = 2  # parts of the face that a table names


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(explain)


def explain(
    picture: Annotated[str, typer.Argument(help="A picture, or - for standard input.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="The picture to write.", readable=False, show_default="PICTURE-why.png here"
        ),
    ] = None,
    cropped: Annotated[
        bool, typer.Option("--cropped", help="The picture is one face, already cropped.")
    ] = False,
    model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL,
    device: Annotated[str, options.DEVICE] = options.DEFAULT_DEVICE,
    threads: Annotated[int | None, options.THREADS] = None,
    certainty: Annotated[options.Certainty, options.CERTAINTY] = options.Certainty.HIGH,
    attributes: Annotated[list[str] | None, options.ATTRIBUTES] = None,
    max_faces: Annotated[int, options.MAX_FACES] = 8,
    min_score: Annotated[float, options.MIN_SCORE] = options.DEFAULT_MIN_SCORE,
    max_megapixels: Annotated[float, options.MAX_MEGAPIXELS] = options.DEFAULT_MAX_MEGAPIXELS,
) -> None:
    """Shows which parts of a face the model's estimates depend on.

    A part counts if the estimate is more certain when that part can be seen.
    """
    from mien.cli.analyzers import load_analyzer
    from mien.cli.console import plain_console
    from mien.cli.inputs import STANDARD_INPUT, find_picture
    from mien.cli.outputs import check_outputs
    from mien.cli.sinks.files import check_picture_suffix, short_stem, write_picture
    from mien.drawing.explanation import draw_sheet
    from mien.errors import PictureError
    from mien.explanation import explain as explain_picture

    name, source = find_picture(picture)
    if isinstance(source, PictureError):
        raise PictureError(f"{name}: {source}")
    stem = "standard-input" if picture == STANDARD_INPUT else short_stem(picture)
    path = out or Path(f"{stem}-why.png")
    check_picture_suffix(path)
    check_outputs([path], [picture, model])
    console, messages = plain_console(), plain_console(stderr=True, soft_wrap=True)
    analyzer = load_analyzer(
        model,
        messages,
        device=device,
        threads=threads,
        certainty=certainty,
        attributes=attributes,
        max_faces=max_faces,
        min_score=min_score,
        max_megapixels=max_megapixels,
    )
    faces = explain_picture(analyzer, source, cropped=cropped)
    if not faces:
        console.print("no face found")
        return
    write_picture(draw_sheet(faces), path)
    messages.print(f"wrote '{path}'")
    console.print(_table(faces, analyzer.heads))


def _table(faces: Sequence[ExplainedFace], heads: Sequence[Head]) -> Table:
    """Returns a table with a row for each attribute of each face."""
    from mien.cli.sinks.table import attribute_cells, attribute_headings, plain_table, view

    table = plain_table("face", "attribute", "estimate", "depends on", "view", "rotation (degrees)")
    for number, (face, explanation) in enumerate(faces, 1):
        headings, cells = attribute_headings(heads), attribute_cells(face.estimates, heads)
        for head, heading, cell in zip(heads, headings, cells, strict=True):
            first = head is heads[0]
            parts = _parts(explanation.importance[head.name], explanation.template)
            seen = (view(face), _rotation(face)) if first else ()
            table.add_row(str(number) if first else "", heading, cell, parts, *seen)
    return table


def _rotation(face: Face) -> str:
    """Returns by how many degrees a face is rotated clockwise; empty if that is not known."""
    rotation = face.quality.rotation
    return "" if rotation is None else f"{rotation:.0f}"


def _parts(importance: Map, template: ChipTemplate) -> str:
    """Names the parts of the face that count most."""
    from mien.explanation import shares

    parts = sorted(shares(importance, template).items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in parts[:_SHOWN])
