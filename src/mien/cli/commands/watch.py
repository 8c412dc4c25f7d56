"""``mien watch``."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

_FILES = "Files"  # the heading of their options


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(watch)


def watch(
    source: Annotated[
        str,
        typer.Argument(
            help="Camera number, video file, stream address, folder of pictures.", metavar="SOURCE"
        ),
    ] = "0",
    headless: Annotated[bool, typer.Option("--headless", help="Show no window.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write the labelled video (.mp4, .webm, .avi).",
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(help="Write one JSON line per frame.", metavar="FILE", rich_help_panel=_FILES),
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            help="Write the audience over time (.csv or .json).",
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    interval: Annotated[
        float,
        typer.Option(
            min=1,
            help="Length of the audience's intervals.",
            metavar="SECONDS",
            rich_help_panel=_FILES,
        ),
    ] = 60,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Play a file at its own pace, dropping late frames.")
    ] = False,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.5,
            help="Frames a second to hold, by doing less in a frame.",
            metavar="RATE",
            show_default="30 live, none for files",
        ),
    ] = None,
    model: Annotated[
        str, typer.Option(help="A bundled model's name, or an ONNX file of mien export.")
    ] = "default",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads for the networks.", show_default="all")
    ] = None,
) -> None:
    """Follows the people of a camera, a video or a stream, with labels that do not flicker.

    Keys in the window: q quits, space pauses, s saves the frame, h hides the labels.

    Examples: "mien watch" (the camera), "mien watch film.mp4 --output labelled.mp4",
    "mien watch rtsp://camera/live --headless --summary audience.csv"
    """
    from mien.cli.interruption import Interruption

    # What OpenCV and FFmpeg log about a source is said in a sentence by mien.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # First the signals: they may come while the rest is loaded, and while it is closed.
    with Interruption() as interruption, ExitStack() as stack:
        from mien.analyzer import Analyzer
        from mien.cli.console import plain_console
        from mien.cli.sinks.video import Outputs
        from mien.video.watcher import Watcher

        messages = plain_console(stderr=True, soft_wrap=True)
        outputs = stack.enter_context(Outputs(source, output, jsonl, summary, interval))
        analyzer = Analyzer(model, threads=threads)
        watcher = stack.enter_context(
            Watcher(source, analyzer=analyzer, fps=fps, real_time=real_time, idle=outputs.wait)
        )
        interruption.call(watcher.stop)
        outputs.begin(watcher, interruption, messages, window=not headless)
        for number, watched in enumerate(watcher):
            if number == 0:
                messages.print(f"{watcher.source.name}, model {analyzer.card.name}, on the CPU")
            if not outputs.take(watched):
                break
    messages.print(outputs.told)
    if interruption.asked:
        raise typer.Exit(130)
