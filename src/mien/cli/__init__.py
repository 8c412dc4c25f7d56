"""The command line: one small file for each command.

Importing this module loads next to nothing, so that Ctrl-C is in hand before anything slow begins.
"""

from __future__ import annotations

import signal

TYPE_CHECKING = False  # as that of typing, which need not be waited for
if TYPE_CHECKING:
    from typing import Any

    from mien.cli.application import app

__all__ = ["app", "main"]


def main() -> None:
    """Runs the command line; an error of mien's is one sentence and exit code 1."""
    # While modules are loaded, Ctrl-C ends the process without a traceback. A command that has
    # something to finish takes the signal over (mien.cli.interruption). A job that was started with
    # the signal ignored stays so.
    taken = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if taken:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from mien.cli.application import run

        run()
    finally:
        if taken:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def __getattr__(name: str) -> Any:
    if name == "app":
        from mien.cli.application import app

        return app
    raise AttributeError(f"module 'mien.cli' has no attribute '{name}'")
