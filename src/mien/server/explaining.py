"""Explanations as JSON: one face at a time, in a thread of its own.

A face costs some hundred runs of the model. However many explanations are asked for, they take one
thread, and never one of those that describe pictures and frames.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import numpy as np

from mien.analyzer import Analyzer
from mien.explanation import Map, explain_face, shares
from mien.faces import AlignedFace
from mien.faces.align import ChipTemplate
from mien.server import schemas
from mien.server.data_urls import png_url

MOST_EXPLAINED = 8
"""How many faces a request may have explained."""


class Explainer:
    """Explains what a model predicts of faces."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, "mien-explain")

    async def explain(self, analyzer: Analyzer, aligned: AlignedFace) -> schemas.ExplanationJson:
        """Finds out what the estimates for a face depend on.

        Args:
            analyzer: Its model and its shown attributes are explained.
            aligned: The face.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, _explain, analyzer, aligned)

    def stop(self) -> None:
        """Ends the work; explanations that still wait are cancelled."""
        self._worker.shutdown(wait=False, cancel_futures=True)


def _explain(analyzer: Analyzer, aligned: AlignedFace) -> schemas.ExplanationJson:
    explanation = explain_face(analyzer, aligned)
    return {
        "chip": png_url(explanation.chip),
        "importance": {
            name: _importance(importance, explanation.template)
            for name, importance in explanation.importance.items()
        },
    }


def _importance(importance: Map, template: ChipTemplate) -> schemas.Importance:
    parts = {name: round(share, 4) for name, share in shares(importance, template).items()}
    return {
        "map": png_url((255 * importance).round().astype(np.uint8)),
        "shares": cast(schemas.Shares, parts),
    }
