"""The console on which commands print."""

from __future__ import annotations

from rich.console import Console


def plain_console(*, stderr: bool = False, soft_wrap: bool = False) -> Console:
    """Returns a console that prints text as it is.

    Names of files, addresses and fingerprints may hold what Rich would take for markup or emoji:
    ``[red]``, ``:AB:``.

    Args:
        stderr: Whether it prints to the standard error instead of the standard output.
        soft_wrap: Whether long lines are left to the terminal.
    """
    return Console(stderr=stderr, soft_wrap=soft_wrap, highlight=False, markup=False, emoji=False)
