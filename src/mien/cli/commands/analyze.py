"""``mien analyze``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli import options

if TYPE_CHECKING:
    from mien.cli.sinks.sink import Sink
    from mien.pictures import Analyzed

_OUTPUTS = "Outputs"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(analyze)


def analyze(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, glob patterns, or - for standard input.")
    ],
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Search folders inside folders too.")
    ] = False,
    cropped: Annotated[
        bool, typer.Option("--cropped", help="Each picture is one face, already cropped.")
    ] = False,
    json_document: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document instead of a table.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = False,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write one line of JSON for each picture, as it goes.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a table with a row for each face, as it goes.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write labelled pictures into this folder.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = None,
    model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL,
    device: Annotated[str, options.DEVICE] = options.DEFAULT_DEVICE,
    threads: Annotated[int | None, options.THREADS] = None,
    certainty: Annotated[options.Certainty, options.CERTAINTY] = options.Certainty.HIGH,
    attributes: Annotated[list[str] | None, options.ATTRIBUTES] = None,
    max_faces: Annotated[int | None, options.MAX_FACES] = None,
    min_score: Annotated[float, options.MIN_SCORE] = options.DEFAULT_MIN_SCORE,
    max_megapixels: Annotated[float, options.MAX_MEGAPIXELS] = options.DEFAULT_MAX_MEGAPIXELS,
) -> None:
    """Describes the faces of pictures: apparent age, gender presentation and other attributes.

    Exit code 0: all went well; 1: some input could not be used; 2: wrong usage.
    """
    from rich.progress import track

    from mien.cli.analyzers import load_analyzer
    from mien.cli.console import plain_console
    from mien.cli.inputs import expand
    from mien.cli.sinks.annotated import AnnotatedPictures
    from mien.cli.sinks.csv import CsvFile
    from mien.cli.sinks.files import check_outputs
    from mien.cli.sinks.json import JsonDocument, JsonLines
    from mien.cli.sinks.table import FacesTable
    from mien.pictures import analyze_pictures

    sources = list(expand(paths, recursive))
    check_outputs(
        [path for path in (jsonl, csv) if path is not None], [name for name, _ in sources]
    )
    messages = plain_console(stderr=True, soft_wrap=True)
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
    sinks: list[Sink[Analyzed]] = [
        JsonDocument(analyzer) if json_document else FacesTable(plain_console(), analyzer.heads)
    ]
    if jsonl is not None:
        sinks.append(JsonLines(jsonl))
    if csv is not None:
        sinks.append(CsvFile(csv, analyzer.heads))
    if annotate is not None:
        sinks.append(AnnotatedPictures(annotate))
    failed = False
    with ExitStack() as stack:
        for sink in sinks:
            stack.enter_context(sink)
        for analyzed in track(
            analyze_pictures(analyzer, sources, cropped=cropped),
            "analyzing",
            total=len(sources),
            console=messages,
            transient=True,
            disable=len(sources) < 2 or not messages.is_terminal,
        ):
            if analyzed.result.error is not None:
                failed = True
                messages.print(f"mien: {analyzed.result.path}: {analyzed.result.error}")
            for sink in sinks:
                sink.take(analyzed)
    if written := ", ".join(sink.wrote for sink in sinks if sink.wrote):
        messages.print(f"wrote {written}")
    if failed:
        raise typer.Exit(1)
