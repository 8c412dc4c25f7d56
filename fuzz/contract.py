"""The contract of every target, for every input."""

from __future__ import annotations

from collections.abc import Callable

from mien.errors import MienError

_LONGEST = 20_000  # characters of an error, which may name what the input holds


def check(run: Callable[[bytes], None], data: bytes) -> None:
    """Runs a target with an input; only the documented errors of mien are let through.

    Args:
        run: The target's function.
        data: The input.

    Raises:
        Exception: The target raised something else, or needs more memory than there is.
    """
    try:
        run(data)
    except MemoryError:  # one of mien's errors is a MemoryError too; inputs are small
        raise
    except MienError as error:
        if not 0 < len(str(error)) < _LONGEST:
            raise
