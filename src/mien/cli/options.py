"""Options that several commands share, declared once.

A command writes ``model: Annotated[str, options.MODEL] = options.DEFAULT_MODEL``. The defaults are
those of :class:`mien.Analyzer`, repeated here because its module is slow to import.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import typer

DEFAULT_MODEL = "default"
DEFAULT_DEVICE = "auto"
DEFAULT_MIN_SCORE = 0.8
DEFAULT_MAX_MEGAPIXELS = 100.0

_PANEL = "Model and faces"


class Certainty(StrEnum):
    """Share of decided labels that shall be right."""

    HIGH = "0.98"
    MEDIUM = "0.95"
    LOW = "0.9"
    OFF = "off"

    @property
    def share(self) -> float | None:
        """The share, 0..1; None decides always."""
        return None if self is Certainty.OFF else float(self)


def _option(**settings: Any) -> Any:
    return typer.Option(rich_help_panel=_PANEL, **settings)


MODEL = _option(help="Name of a bundled model (see: mien models), or an ONNX file of mien export.")
DEVICE = _option(
    metavar="DEVICE",
    help="What runs the networks: auto, cpu, cuda, coreml, directml or openvino.",
)
THREADS = _option(min=1, help="How many threads the networks may use.", show_default="all cores")
CERTAINTY = _option(
    help="Share of the decided labels that shall be right. Less certain labels are undetermined."
    " off: every label is decided."
)
ATTRIBUTES = _option(
    metavar="NAME",
    help="Also show an attribute that has a notice, such as ethnicity; repeatable.",
    show_default=False,
)
MAX_FACES = _option(min=1, help="Describe only so many faces of a picture, the largest.")
MIN_SCORE = _option(min=0.3, max=1.0, help="Drop detections that are less certain.")
MAX_MEGAPIXELS = _option(min=0.01, help="Refuse pictures and frames with more pixels.")
