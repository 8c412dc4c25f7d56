"""Output of commands: text and tables on a console, and JSON on the standard output."""

from __future__ import annotations

import codecs
import os
import sys
from typing import Any, BinaryIO, TextIO

from rich.console import Console
from rich.text import Text

from mien.cli.text import shown_lines, to_json
from mien.errors import MienError

_UNLIMITED = 100_000  # columns


class PlainConsole(Console):
    """A console that prints plain text and escapes control characters."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Escapes control characters in all text that is printed, in tables too."""
        return super().render_str(shown_lines(text), **options)


class _Messages:
    """A stream of messages, of which a failure, as on a full disk, does not end the work.

    Args:
        stream: The standard error or the standard output.
    """

    lost = False  # whether one could not be written

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes a text as far as that can be."""
        try:
            return self._stream.write(text)
        except OSError:
            self._lose()
            return len(text)

    def flush(self) -> None:
        """Hands on what was written, as far as that can be."""
        try:
            self._stream.flush()
        except OSError:
            self._lose()

    def _lose(self) -> None:
        _Messages.lost = True
        if self._stream is sys.stdout:
            abandon_standard_output()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def messages_were_lost() -> bool:
    """Returns whether a message of this process could not be printed."""
    return _Messages.lost


def plain_console(
    *, stderr: bool = False, soft_wrap: bool = False, messages: bool = False
) -> Console:
    """Returns a console that prints text as it is.

    Names of files, addresses and fingerprints may hold what Rich would take for markup or emoji:
    ``[red]``, ``:AB:``. What is written into a file or a pipe is as wide as it needs to be.

    Args:
        stderr: Whether it prints to the standard error instead of the standard output.
        soft_wrap: Whether long lines are left to the terminal.
        messages: Whether it prints messages on the standard output too. Messages that cannot be
            printed are dropped, because the work matters more; :func:`messages_were_lost` tells.

    Raises:
        MienError: The standard output is closed, and results were to be printed there.
    """
    stream = sys.stderr if stderr else sys.stdout
    if not (stderr or messages):
        check_standard_output()
    file: Any = _Messages(stream) if stream is not None and (stderr or messages) else None
    console = PlainConsole(
        file=file, stderr=stderr, soft_wrap=soft_wrap, highlight=False, markup=False, emoji=False
    )
    if not console.file.isatty():
        console.width = _UNLIMITED
    return console


def print_json(data: Any) -> None:
    """Prints a JSON document, in characters that the standard output has.

    Args:
        data: What :func:`json.dumps` takes.

    Raises:
        MienError: The standard output is closed.
    """
    check_standard_output()
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    ascii_only = codecs.lookup(encoding).name != "utf-8"
    print(to_json(data, indent=1, ascii_only=ascii_only), flush=True)  # noqa: T201


def check_standard_output() -> None:
    """Makes sure that there is a standard output.

    Raises:
        MienError: It is closed.
    """
    if sys.stdout is None:
        raise MienError("the standard output is closed; write into a file")


def standard_output() -> BinaryIO:
    """Returns the standard output for bytes.

    Raises:
        MienError: It is closed.
    """
    check_standard_output()
    return sys.stdout.buffer


def abandon_standard_output() -> None:
    """Drops what could not be written, which Python would try to write again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
