"""``mien analyze``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli import options

if TYPE_CHECKING:
    from mien.cli.sinks.sink import Sink
    from mien.pictures import Analyzed

_OUTPUTS = "Outputs"
_AGE = "Old enough? An apparent age is no proof of age."


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
            readable=False,
            help="Write one line of JSON for each picture, as it goes; - is the standard output.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            readable=False,
            help="Write a table with a row for each face, as it goes; - is the standard output.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            readable=False,
            help="Write labelled pictures into this folder.",
            rich_help_panel=_OUTPUTS,
        ),
    ] = None,
    blur: Annotated[str | None, options.BLUR] = None,
    over: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=99,
            metavar="YEARS",
            help="Say of each face whether it looks this old: over, under, or ask for a proof.",
            show_default=False,
            rich_help_panel=_AGE,
        ),
    ] = None,
    challenge: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=99,
            metavar="YEARS",
            help="With --over: also ask of everybody with a lower apparent age than this.",
            show_default=False,
            rich_help_panel=_AGE,
        ),
    ] = None,
    model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL,
    device: Annotated[str, options.DEVICE] = options.DEFAULT_DEVICE,
    threads: Annotated[int | None, options.THREADS] = None,
    certainty: Annotated[options.Certainty, options.CERTAINTY_WITH_OVER] = options.Certainty.HIGH,
    attributes: Annotated[list[str] | None, options.ATTRIBUTES] = None,
    max_faces: Annotated[int | None, options.MAX_FACES] = None,
    min_score: Annotated[float, options.MIN_SCORE] = options.DEFAULT_MIN_SCORE,
    max_megapixels: Annotated[float, options.MAX_MEGAPIXELS] = options.DEFAULT_MAX_MEGAPIXELS,
) -> None:
    """Describes the faces of pictures: apparent age, gender presentation and other attributes.

    Exit code 0: all went well; 1: an input or an output could not be used;
    2: wrong usage; 130: interrupted. With --over, 3: a face is under;
    4: a face, or a picture without a face, is not certainly over.
    """
    from mien.cli.analyzers import load_analyzer, parse_check, parse_rule
    from mien.cli.analyzing import run
    from mien.cli.console import plain_console
    from mien.cli.inputs import find_pictures
    from mien.cli.outputs import STANDARD_OUTPUT, check_folder, check_outputs, identities
    from mien.cli.sinks.annotated import AnnotatedPictures
    from mien.cli.sinks.csv import CsvFile
    from mien.cli.sinks.json import JsonDocument, JsonLines
    from mien.cli.sinks.table import FacesTable
    from mien.drawing.hiding import hide_faces
    from mien.errors import MienError
    from mien.results.age_decision import NOTICE

    check = parse_check(over, challenge, certainty)
    if blur is not None and annotate is None:
        raise typer.BadParameter(
            "it needs --annotate, the pictures to hide faces in.", param_hint="--blur"
        )
    rule = None if blur is None else parse_rule(blur, certainty)
    messages = plain_console(stderr=True, soft_wrap=True)
    sources, left_out = find_pictures(paths, recursive=recursive)
    for sentence in left_out.sentences():
        messages.print(f"mien: {sentence}")
    if not sources:
        raise MienError("there is no picture to analyze")
    inputs = [model, *(name for name, _ in sources)]
    files = [path for path in (jsonl, csv) if path is not None]
    if annotate is not None:
        check_folder(annotate)
    check_outputs([*files, STANDARD_OUTPUT] if json_document else files, inputs, made=annotate)
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
    sinks: list[Sink[Analyzed]] = []
    if annotate is not None:  # it makes the folder, in which the other files may be
        hide = None if rule is None else partial(hide_faces, analyzer, rule)
        sinks.append(AnnotatedPictures(annotate, identities(inputs), hide))
    if json_document:
        sinks.append(JsonDocument(analyzer))
    elif STANDARD_OUTPUT not in files:
        sinks.append(FacesTable(plain_console(), analyzer.heads, check))
    if jsonl is not None:
        sinks.append(JsonLines(jsonl, analyzer.notices))
    if csv is not None:
        sinks.append(CsvFile(csv, analyzer.heads, check))
    if check is not None:
        messages.print(f"mien: {NOTICE}")
    code = run(analyzer, sources, sinks, messages, cropped=cropped, check=check)
    if code:
        raise typer.Exit(code)
