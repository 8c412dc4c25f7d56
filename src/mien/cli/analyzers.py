"""From the shared options of commands to an analyzer."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from PIL import Image
from rich.console import Console

from mien.age_check import AgeCheck
from mien.analyzer import Analyzer
from mien.cli.options import Certainty
from mien.drawing.hiding import HidingRule
from mien.errors import OptionError


def load_analyzer(
    model: str,
    messages: Console,
    *,
    device: str,
    threads: int | None,
    certainty: Certainty,
    attributes: Sequence[str] | None,
    max_faces: int | None,
    min_score: float,
    max_megapixels: float,
) -> Analyzer:
    """Loads a model as :mod:`mien.cli.options` say; prints its device and its notices.

    Args:
        model: As in :class:`mien.Analyzer`.
        messages: Where notices are printed.
        device: As in :class:`mien.Analyzer`.
        threads: As in :class:`mien.Analyzer`.
        certainty: Share of decided labels that shall be right.
        attributes: As in :class:`mien.Analyzer`; None for none.
        max_faces: As in :class:`mien.Analyzer`.
        min_score: As in :class:`mien.Analyzer`.
        max_megapixels: How many millions of pixels a picture may have.

    Raises:
        MienError: As of :class:`mien.Analyzer`.
    """
    Image.MAX_IMAGE_PIXELS = None  # this process has one limit, and mien.images keeps it
    analyzer = Analyzer(
        model,
        device=device,
        threads=threads,
        certainty=certainty.share,
        attributes=attributes or (),
        max_faces=max_faces,
        min_score=min_score,
        max_pixels=round(max_megapixels * 1e6),
    )
    say_device_and_notices(analyzer, messages)
    return analyzer


def say_device_and_notices(analyzer: Analyzer, messages: Console) -> None:
    """Prints what runs the networks, unless it is the CPU, and the notices of the attributes."""
    if analyzer.device != "cpu":
        messages.print(f"device {analyzer.device}")
    for name, notice in analyzer.notices.items():
        messages.print(f"{name}: {notice}")


def parse_check(over: int | None, challenge: int | None, certainty: Certainty) -> AgeCheck | None:
    """Reads the options ``--over`` and ``--challenge``; returns None without them.

    Raises:
        typer.BadParameter: There is a challenge age alone, or a lower one than the age in question,
            or no certainty.
    """
    if over is None:
        if challenge is not None:
            raise typer.BadParameter("it needs --over.", param_hint="--challenge")
        return None
    try:
        return AgeCheck(over, challenge, _probability(certainty, "--over"))
    except OptionError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--challenge") from None


def parse_rule(text: str, certainty: Certainty) -> HidingRule:
    """Reads the option ``--blur``.

    Raises:
        typer.BadParameter: There is no such rule, or it needs a certainty.
    """
    try:
        rule = HidingRule.parse(text, certainty.share or 1.0)  # all and unsure use none
    except OptionError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--blur") from None
    if rule.check is not None:
        _probability(certainty, "--blur under an age")
    return rule


def _probability(certainty: Certainty, option: str) -> float:
    if certainty.share is None:
        message = f"off cannot be used with {option}; choose a certainty of 0.9 to 0.99."
        raise typer.BadParameter(message, param_hint="--certainty")
    return certainty.share
