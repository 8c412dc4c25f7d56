"""The application: all commands, and what is said where one of them fails.

Commands import what they need when they run, so that ``mien --help`` is quick.
"""

from __future__ import annotations

import os
import re
import sys
from itertools import takewhile
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mien.cli.commands import (
    analyze,
    compare,
    data,
    ensemble,
    evaluate,
    explain,
    export,
    model,
    models,
    serve,
    train,
    tune,
    watch,
    weights,
)
from mien.cli.console import abandon_standard_output, messages_were_lost
from mien.cli.text import shown
from mien.errors import MienError


class _Commands(TyperGroup):
    """The commands; it looks at all arguments first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuses empty arguments, and names of files that look like options.

        Raises:
            typer.BadParameter: An argument is empty, or is a name of a file that looks like an
                option.
        """
        # As a path it would be the current folder, and as an address all of the machine's.
        if any(argument == "" or re.fullmatch(r"--[\w-]+=", argument) for argument in args):
            raise typer.BadParameter("an argument is empty; a variable of the shell may be.", ctx)
        for argument in takewhile(lambda argument: argument != "--", args):
            if argument.startswith("-") and shown(argument) != argument:
                raise typer.BadParameter(
                    f"'{shown(argument)}' is not an option; write ./ before the name of a file.",
                    ctx,
                )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Runs a command; what it says about wrong usage is made safe to print."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = shown(error.message)
            raise


app = typer.Typer(
    name="mien",
    cls=_Commands,
    help="Apparent age and gender presentation of faces, with how certain it is. All of it runs on"
    " your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    *(analyze, explain, watch, serve, models, model),
    *(data, weights, train, tune, export, ensemble, evaluate, compare),
):
    command.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from mien import __version__

        typer.echo(f"mien {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def run() -> None:
    """Runs the application with the arguments of the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not if it is closed
            # A name with a character that the terminal's encoding lacks must not end the run.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except MienError as error:
        _fail(str(error))
    except OSError as error:
        _fail(_sentence(error))
    except SystemExit as end:
        if not end.code and messages_were_lost():
            sys.exit(1)
        raise


def _sentence(error: OSError) -> str:
    """Says what could not be read or written."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"'{os.fsdecode(error.filename)}' cannot be used: {reason}"
    try:
        print(end="", flush=True)  # noqa: T201
    except OSError:
        abandon_standard_output()
        return f"the standard output cannot be written: {reason}"
    return f"a file cannot be read or written: {reason}"


def _fail(message: str) -> None:
    typer.echo(f"mien: {shown(message)}", err=True)
    sys.exit(1)
