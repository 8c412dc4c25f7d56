"""``mien watch``."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from mien.cli import options

_FILES = "Files"  # the heading of their options


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(watch)


def watch(
    source: Annotated[
        str,
        typer.Argument(
            help="Camera number, video file, stream address, folder of pictures, or - for the"
            " standard input.",
            metavar="SOURCE",
        ),
    ] = "0",
    headless: Annotated[bool, typer.Option("--headless", help="Show no window.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write the labelled video (.mp4, .webm, .avi).",
            readable=False,
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            help="Write one line of JSON for each frame; - is the standard output.",
            readable=False,
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            help="Write the audience over time (.csv or .json).",
            readable=False,
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    interval: Annotated[
        float,
        typer.Option(
            min=1,
            callback=options.finite,
            help="Length of the audience's intervals.",
            metavar="SECONDS",
            rich_help_panel=_FILES,
        ),
    ] = 60,
    size: Annotated[
        str | None,
        typer.Option(
            help="Size of the frames to ask a camera for.",
            metavar="WIDTHxHEIGHT",
            show_default="the camera's own",
        ),
    ] = None,
    aspect: Annotated[
        str | None,
        typer.Option(
            help="Proportions of the upright picture, such as 16:9, if the source is wrong.",
            metavar="WIDTH:HEIGHT",
            show_default="as the source says",
        ),
    ] = None,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Play a file at its own pace, dropping late frames.")
    ] = False,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.5,
            callback=options.finite,
            help="Frames a second to hold, by doing less in a frame.",
            metavar="RATE",
            show_default="30 live, none for files",
        ),
    ] = None,
    model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL,
    device: Annotated[str, options.DEVICE] = options.DEFAULT_DEVICE,
    threads: Annotated[int | None, options.THREADS] = None,
    certainty: Annotated[options.Certainty, options.CERTAINTY_WITH_BLUR] = options.Certainty.HIGH,
    blur: Annotated[str | None, options.BLUR] = None,
    attributes: Annotated[list[str] | None, options.ATTRIBUTES] = None,
    max_faces: Annotated[int | None, options.MAX_FACES] = None,
    min_score: Annotated[float, options.MIN_SCORE] = options.DEFAULT_MIN_SCORE,
    max_megapixels: Annotated[float, options.MAX_MEGAPIXELS] = options.DEFAULT_MAX_MEGAPIXELS,
) -> None:
    """Follows the people of a camera, a video or a stream, with labels that do not flicker.

    Keys in the window: q quits, space pauses, s saves the frame, h hides the labels.

    Examples: "mien watch" (the camera), "mien watch film.mp4 --output labelled.mp4",
    "mien watch rtsp://camera/live --headless --summary audience.csv"
    """
    from mien.cli.interruption import Interruption

    wanted_size = None if size is None else _parse_size(size)
    wanted_aspect = None if aspect is None else _parse_aspect(aspect)
    # What OpenCV and FFmpeg log about a source is said in a sentence by mien.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # First the signals: they may come while the rest is loaded, and while it is closed.
    with Interruption() as interruption, ExitStack() as stack:
        from mien.cli.analyzers import load_analyzer, parse_rule
        from mien.cli.console import plain_console
        from mien.cli.watching import Files, Outputs
        from mien.drawing.hiding import FrameHider
        from mien.video.watcher import Watcher

        rule = None if blur is None else parse_rule(blur, certainty)
        files = Files(output, jsonl, summary)
        files.check(source, model)
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
        outputs = stack.enter_context(
            Outputs(
                files,
                interval,
                analyzer.heads,
                window=not headless,
                interruption=interruption,
                messages=messages,
                hider=None if rule is None else FrameHider(analyzer, rule),
            )
        )
        watcher = stack.enter_context(
            Watcher(
                source,
                analyzer=analyzer,
                fps=fps,
                real_time=real_time,
                size=wanted_size,
                aspect=wanted_aspect,
                idle=outputs.wait,
            )
        )
        interruption.call(watcher.stop)
        outputs.begin(watcher)
        for number, watched in enumerate(watcher):
            if number == 0:
                name = watcher.source.name
                messages.print(f"{name}, model {analyzer.card.name}, device {analyzer.device}")
            outputs.take(watched)
    if interruption.asked:
        raise typer.Exit(130)
    if outputs.failed:
        raise typer.Exit(1)


def _parse_size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if match is None:
        raise typer.BadParameter(
            f"'{text}' is not a width and a height, such as 1280x720.", param_hint="--size"
        )
    return int(match[1]), int(match[2])


def _parse_aspect(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", text)
    width, height = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    if not (height and 0.1 <= width / height <= 10):
        raise typer.BadParameter(
            f"'{text}' is not a width and a height with a colon between them, such as 16:9.",
            param_hint="--aspect",
        )
    return width / height
