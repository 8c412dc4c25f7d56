"""From the shared options of commands to an analyzer."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image
from rich.console import Console

from mien.analyzer import Analyzer
from mien.cli.options import Certainty


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
    """Loads a model as :mod:`mien.cli.options` say, and prints the notices of its attributes.

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
    for head in analyzer.heads:
        if head.notice:
            messages.print(f"{head.name}: {head.notice}")
    return analyzer
