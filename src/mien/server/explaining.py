"""Where the model looked, as JSON: one face at a time, in a thread of its own.

A face costs some hundred runs of the model. However many are asked for, they take one worker, and
never one of those that pictures and streams wait for.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from mien.attributes.model import AttributeModel
from mien.explain import Map, explain_chip, shares
from mien.faces.align import Chip, ChipTemplate
from mien.server.data_urls import png_url

MOST_EXPLAINED = 8
"""Faces that a request may have explained."""


class Explainer:
    """Explains what a model says of faces.

    Args:
        model: Whose answers are explained.
    """

    def __init__(self, model: AttributeModel) -> None:
        self._model = model
        self._worker = ThreadPoolExecutor(1, "mien-explain")

    async def explain(self, chip: Chip) -> dict[str, Any]:
        """Finds out where the model looked.

        Args:
            chip: RGB, uint8, size x size x 3, of the model's size.

        Returns:
            The JSON of a face's ``explanation``.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._explain_now, chip)

    def stop(self) -> None:
        """Ends the work; whoever still waits for an explanation is cancelled."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _explain_now(self, chip: Chip) -> dict[str, Any]:
        explanation = explain_chip(self._model, chip)
        return {
            "chip": png_url(explanation.chip),
            "age": _told(explanation.age, explanation.template),
            "gender": _told(explanation.gender, explanation.template),
        }


def _told(importance: Map, template: ChipTemplate) -> dict[str, Any]:
    return {
        "map": png_url((255 * importance).round().astype(np.uint8)),
        "shares": {part: round(share, 4) for part, share in shares(importance, template).items()},
    }
