"""``mien watch``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from mien.results import TrackedFace
    from mien.video.watching import Status
    from mien.video.window import Window


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(watch)


def watch(
    source: Annotated[
        str, typer.Argument(help="Camera number, video file, stream address, folder of pictures.")
    ] = "0",
    headless: Annotated[bool, typer.Option("--headless", help="Show no window.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the labelled video (.mp4, .webm, .avi).")
    ] = None,
    jsonl: Annotated[Path | None, typer.Option(help="Write one JSON line per frame.")] = None,
    summary: Annotated[
        Path | None, typer.Option(help="Write the audience over time (.csv or .json).")
    ] = None,
    interval: Annotated[
        float, typer.Option(min=1, help="Seconds of the audience that are told apart.")
    ] = 60,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Play a file at its own pace, dropping late frames.")
    ] = False,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.5,
            help="Rate to hold, by doing less in a frame.",
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
    """
    from rich.console import Console
    from rich.live import Live

    from mien.analyzer import Analyzer
    from mien.video.overlay import draw_frame
    from mien.video.recording import VideoFile, frame_line
    from mien.video.summary import Audience
    from mien.video.watching import Watcher

    messages = Console(stderr=True, highlight=False)
    if summary and summary.suffix.lower() not in (".csv", ".json"):
        raise typer.BadParameter("the summary should end in .csv or .json", param_hint="--summary")
    audience = Audience(interval)
    frames = 0
    try:
        with ExitStack() as stack:
            analyzer = Analyzer(model, threads=threads)
            watcher = stack.enter_context(
                Watcher(source, analyzer=analyzer, fps=fps, real_time=real_time)
            )
            if summary:
                stack.callback(audience.write, summary)
            lines = stack.enter_context(jsonl.open("w")) if jsonl else None
            rate = watcher.source.fps or 25.0
            video = stack.enter_context(VideoFile(output, rate)) if output else None
            window = None if headless else _open_window(stack, messages, watcher.source.name)
            table = None
            if window is None and messages.is_terminal:
                table = stack.enter_context(Live(console=messages, refresh_per_second=4))
            for watched in watcher:
                status = watcher.status
                audience.add(watched.time, watched.faces)
                if lines:
                    lines.write(frame_line(status.index, watched.time, watched.faces) + "\n")
                    lines.flush()
                if video:
                    video.write(draw_frame(watched))
                if table:
                    table.update(_people_table(watched.faces, status))
                frames += 1
                if window:
                    rows = audience.rows()
                    shown = draw_frame(watched, status, rows[-1] if rows else None)
                    if _show(window, watched.frame, shown):
                        break
    except KeyboardInterrupt:
        messages.print("interrupted; what was written so far is whole")
        raise typer.Exit(130) from None
    people = sum(row.people for row in audience.rows())
    messages.print(f"{frames} frames, {people} people counted")


def _open_window(stack: ExitStack, messages: object, name: str) -> Window | None:
    """Opens a window; where there is no screen it says so and goes on without."""
    from rich.console import Console

    from mien.errors import VideoError
    from mien.video.window import Window

    try:
        return stack.enter_context(Window(f"mien: {name}"))
    except VideoError as error:
        assert isinstance(messages, Console)
        messages.print(f"{error}; going on without a window")
        return None


def _show(window: Window, plain: object, labelled: object) -> bool:
    """Shows a frame until it is time for the next; returns whether to end."""
    import time

    import numpy as np
    from PIL import Image

    assert isinstance(plain, np.ndarray)
    assert isinstance(labelled, np.ndarray)
    while True:
        picture = plain if window.wishes.hidden else labelled
        wishes = window.show(picture)
        if wishes.save:
            path = _free_name()
            Image.fromarray(picture).save(path)
        if wishes.quit or not wishes.paused:
            return wishes.quit
        time.sleep(0.03)


def _free_name() -> Path:
    number = 1
    while (path := Path(f"mien-{number:03}.png")).exists():
        number += 1
    return path


def _people_table(faces: list[TrackedFace], status: Status) -> Table:
    from rich.table import Table

    from mien.video.overlay import status_line

    table = Table(title=status_line(status), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("person", "looks", "80 % interval", "gender"):
        table.add_column(heading)
    for face in faces:
        if face.age is None or face.gender is None:
            table.add_row(str(face.track_id), "", "", "")
            continue
        gender: str = face.gender.label
        if gender != "undetermined":
            gender += f" {100 * face.gender.confidence:.0f} %"
        table.add_row(
            str(face.track_id),
            f"{face.age.years:.0f}",
            f"{face.age.low:.0f}-{face.age.high:.0f} years",
            gender,
        )
    return table
