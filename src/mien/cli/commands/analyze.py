"""``mien analyze``."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer


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
    json_document: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of a table.")
    ] = False,
    jsonl: Annotated[
        Path | None, typer.Option(help="Write one JSON line per picture, as it goes.")
    ] = None,
    annotate: Annotated[
        Path | None, typer.Option(help="Write labelled pictures into this folder.")
    ] = None,
    cropped: Annotated[
        bool, typer.Option("--cropped", help="Each picture is one face, already cropped.")
    ] = False,
    model: Annotated[
        str, typer.Option(help="A bundled model's name, or an ONNX file of mien export.")
    ] = "default",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads for the networks.", show_default="all")
    ] = None,
    max_faces: Annotated[
        int | None, typer.Option(min=1, help="Judge only the largest faces of a picture.")
    ] = None,
    min_score: Annotated[
        float, typer.Option(min=0.3, max=1.0, help="Drop less certain detections.")
    ] = 0.8,
    max_megapixels: Annotated[float, typer.Option(min=0.01, help="Refuse larger pictures.")] = 100,
    ethnicity: Annotated[
        bool,
        typer.Option(
            "--ethnicity",
            help="Add the apparent ethnicity, if the model has it. Restricted by law in places.",
        ),
    ] = False,
) -> None:
    """Says how old the faces of pictures look and how their gender presents.

    Exit code 0: all went well; 1: some input could not be used; 2: wrong usage.
    """
    from PIL import Image
    from rich.progress import track

    from mien.analyzer import Analyzer
    from mien.cli.console import plain_console
    from mien.cli.inputs import expand
    from mien.cli.sinks.pictures import Annotations, answers_table, document
    from mien.pictures import analyze_pictures

    max_pixels = round(max_megapixels * 1e6)
    Image.MAX_IMAGE_PIXELS = None  # this process has one limit, and mien.images keeps it
    errors = plain_console(stderr=True, soft_wrap=True)
    analyzer = Analyzer(
        model,
        threads=threads,
        min_score=min_score,
        max_faces=max_faces,
        ethnicity=ethnicity,
        max_pixels=max_pixels,
    )
    sources = list(expand(paths, recursive))
    stream = analyze_pictures(analyzer, sources, cropped=cropped, max_pixels=max_pixels)
    answers = []
    with ExitStack() as stack:
        lines = stack.enter_context(jsonl.open("w", encoding="utf-8")) if jsonl else None
        annotations = Annotations(annotate) if annotate else None
        for answer in track(
            stream,
            "looking",
            total=len(sources),
            console=errors,
            transient=True,
            disable=len(sources) < 2 or not errors.is_terminal,
        ):
            if answer.error is not None:
                errors.print(f"mien: {answer.path}: {answer.error}")
            if lines:
                lines.write(json.dumps(answer.to_dict(), ensure_ascii=False) + "\n")
                lines.flush()
            if annotations and answer.picture is not None:
                annotations.write(answer)
            answers.append(replace(answer, picture=None))
    if json_document:
        typer.echo(document(answers))
    else:
        console = plain_console()
        console.print(answers_table(answers))
        if annotations:
            console.print(f"labelled pictures: {annotations.summary}")
    if any(answer.error is not None for answer in answers):
        raise typer.Exit(1)
