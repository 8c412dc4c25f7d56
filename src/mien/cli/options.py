"""Options that several commands share, declared once.

A command writes ``model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL``. The defaults are
those of :class:`mien.Analyzer`, repeated here because its module is slow to import. ``mien serve``
has the default None for each, because its settings may also come from elsewhere.
"""

from __future__ import annotations

import math
from copy import copy
from enum import StrEnum
from typing import Any

import typer

DEFAULT_MODEL = "default"
DEFAULT_DEVICE = "auto"
DEFAULT_MIN_SCORE = 0.8
DEFAULT_MAX_MEGAPIXELS = 200.0

MOST_THREADS = 1024
"""More than any machine has cores; the runtime would fail on some numbers."""

_PANEL = "Model and faces"


class Certainty(StrEnum):
    """Share of decided labels that shall be right."""

    HIGHEST = "0.99"
    HIGH = "0.98"
    MEDIUM = "0.95"
    LOW = "0.9"
    OFF = "off"

    @property
    def share(self) -> float | None:
        """The share, 0..1; None decides always."""
        return None if self is Certainty.OFF else float(self)


def finite(value: float | None) -> float | None:
    """Refuses infinity, and what is not a number; the callback of options that are numbers.

    Raises:
        typer.BadParameter: It is one of these.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a number that can be used.")
    return value


def _option(**settings: Any) -> Any:
    return typer.Option(rich_help_panel=_PANEL, **settings)


def also_from_settings(option: Any, default: str) -> Any:
    """Returns an option that may be left out, because there is also a setting for it.

    Args:
        option: One of those below.
        default: The default that the help shows.
    """
    copied = copy(option)
    copied.show_default = default
    return copied


MODEL = _option(help="Name of a bundled model (see: mien models), or an ONNX file of mien export.")
DEVICE = _option(
    metavar="DEVICE",
    help="What runs the networks: auto, cpu, cuda, coreml, directml or openvino.",
)
THREADS = _option(
    min=1,
    max=MOST_THREADS,
    help="How many threads the networks may use.",
    show_default="all cores",
)
_CERTAINTY = (
    "Share of the decided labels that shall be right. Less certain labels are undetermined."
    " off: every label is decided."
)
_CERTAIN_AGE = "probability from which a face is over or under the age."
CERTAINTY = _option(help=_CERTAINTY)
CERTAINTY_WITH_OVER = _option(help=f"{_CERTAINTY} With --over and --blur under-18: {_CERTAIN_AGE}")
CERTAINTY_WITH_BLUR = _option(help=f"{_CERTAINTY} With --blur under-18: {_CERTAIN_AGE}")
ATTRIBUTES = _option(
    metavar="NAME",
    help="Also show an attribute that has a notice, such as ethnicity; repeatable.",
    show_default=False,
)
BLUR = typer.Option(
    metavar="RULE",
    help="Hide faces in what is drawn: all; unsure; or an age, as under-18, which hides every face"
    " that is not certainly older.",
    show_default="none",
)
MAX_FACES = _option(min=1, help="Describe only so many faces of a picture, the largest.")
MIN_SCORE = _option(
    min=0.3, max=1.0, callback=finite, help="Drop detections that are less certain."
)
MAX_MEGAPIXELS = _option(
    min=0.01, max=1e6, callback=finite, help="Refuse pictures and frames with more pixels."
)
