"""A module for each kind of input.

Each has ``run(data)``, which reads an input as mien does. It may have ``seeds()``, which makes
small valid inputs, and ``INPUTS``, a Hypothesis strategy that makes inputs. Without a strategy,
atheris changes the seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

_SEEDS = Path(__file__).parents[1] / "seeds"

TARGETS = sorted(module.name for module in iter_modules(__path__))
"""Names of all targets."""


def load(name: str) -> ModuleType:
    """Returns the module of a target."""
    return import_module(f"fuzz.targets.{name}")


def seeds(name: str) -> Iterator[tuple[str, bytes]]:
    """Yields the name and the bytes of each seed of a target: files, then those that it makes."""
    for path in sorted((_SEEDS / name).glob("*")):
        yield path.name, path.read_bytes()
    made = getattr(load(name), "seeds", None)
    for number, data in enumerate(made() if made else ()):
        yield f"made-{number}", data
