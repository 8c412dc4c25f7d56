"""The run of ``mien analyze``: pictures in, results to sinks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from mien.age_check import AgeCheck
from mien.analyzer import Analyzer
from mien.cli.inputs import Source
from mien.cli.interruption import EXIT_CODE, interruptible, uninterrupted
from mien.cli.text import shown
from mien.errors import MienError
from mien.pictures import Analyzed, analyze_pictures
from mien.results import PictureResult

if TYPE_CHECKING:
    from mien.cli.sinks.sink import Sink

UNDER, ASK = 3, 4
"""Exit codes of an age check: a face is under the age; a face is not certainly over it."""


def run(
    analyzer: Analyzer,
    sources: Sequence[Source],
    sinks: Sequence[Sink[Analyzed]],
    messages: Console,
    *,
    cropped: bool,
    check: AgeCheck | None,
) -> int:
    """Analyzes pictures; what goes wrong with one of them, or with one sink, harms no other.

    Args:
        analyzer: Describes the pictures.
        sources: The pictures.
        sinks: Where the results go. If the run is interrupted, they get those that there are. A
            sink whose reader is gone gets no more, unless it is the last.
        messages: Where it is said what went wrong.
        cropped: As in :meth:`mien.Analyzer.analyze`.
        check: Decides whether each face looks old enough; None if this is not asked.

    Returns:
        The exit code of the command.

    Raises:
        MienError: A sink cannot be opened or finished.
    """
    wanted = list(sinks)
    said: set[str] = set()
    code = 0
    answers: set[str] = set()

    def say(problem: str) -> None:
        nonlocal code
        code = 1
        if problem not in said:  # a full disk is one for every picture
            said.add(problem)
            messages.print(f"mien: {problem}")

    with ExitStack() as stack, interruptible():
        for sink in sinks:
            stack.enter_context(sink)
        try:
            results = analyze_pictures(analyzer, sources, cropped=cropped)
            for analyzed in _with_progress(results, len(sources), messages):
                if analyzed.result.error is not None:
                    say(f"{shown(analyzed.result.path)}: {shown(analyzed.result.error)}")
                if check is not None:
                    analyzed = analyzed._replace(result=check.apply(analyzed.result))
                    answers |= _answers(analyzed.result)
                with uninterrupted():  # so that all sinks get the same pictures
                    for sink in list(wanted):
                        try:
                            sink.take(analyzed)
                        except MienError as error:
                            say(shown(error))
                        except BrokenPipeError:  # the reader of the standard output wants no more
                            wanted.remove(sink)
                            if not wanted:
                                raise
        except KeyboardInterrupt:
            messages.print("mien: interrupted")
            code = EXIT_CODE
    if written := ", ".join(sink.wrote for sink in wanted if sink.wrote):
        messages.print(f"wrote {written}")
    if code == 0 and check is not None:
        code = UNDER if "under" in answers else ASK if answers != {"over"} else 0
    return code


def _answers(result: PictureResult) -> set[str]:
    """Returns the answers for the faces of a picture; without a face, somebody must be asked."""
    return {face.age_check.answer for face in result.faces if face.age_check} or {"ask"}


def _with_progress(
    results: Iterable[Analyzed], total: int, messages: Console
) -> Iterable[Analyzed]:
    return track(
        results,
        "analyzing",
        total=total,
        console=messages,
        transient=True,
        disable=total < 2 or not messages.is_terminal,
    )
