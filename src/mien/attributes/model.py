"""From aligned faces to calibrated probabilities and estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.attributes.card import Card, read_card
from mien.attributes.heads import VIEW_FACTORS, Head
from mien.errors import ModelError
from mien.results import Estimate
from mien.runtime import Session

_CHIPS_AT_ONCE = 32

EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says about n faces.

    Attributes:
        probabilities: Calibrated, by the head's name: (n, 101) for a distribution, (n, labels) for
            labels, float32.
        embedding: Unit vectors whose products say how alike two faces look to the model, float32,
            (n, d).
    """

    probabilities: dict[str, NDArray[np.float32]]
    embedding: NDArray[np.float32]


class AttributeModel:
    """An exported model with its card.

    Args:
        session: The loaded file.

    Attributes:
        card: Everything there is to know about the model.

    Raises:
        ModelError: The file is not a model of mien.
    """

    def __init__(self, session: Session) -> None:
        self.card: Card = read_card(session.metadata)
        wanted = {EMBEDDING, *(head.output for head in self.card.heads)}
        if missing := wanted - set(session.outputs):
            raise ModelError(f"the model has no output '{sorted(missing)[0]}'")
        self._session = session

    def logits(self, chips: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """Returns the raw outputs, not calibrated.

        Args:
            chips: Aligned faces: RGB, uint8, (n, size, size, 3), n >= 1.

        Returns:
            ``NAME_logits`` of shape (n, width) for each head, and ``embedding``, (n, d).
        """
        parts = [
            self._session.run({"chips": chips[i : i + _CHIPS_AT_ONCE]})
            for i in range(0, len(chips), _CHIPS_AT_ONCE)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def predict(
        self, chips: NDArray[np.uint8], views: NDArray[np.float32] | None = None
    ) -> Prediction:
        """Predicts the attributes of faces.

        Args:
            chips: Aligned faces: RGB, uint8, (n, size, size, 3), n >= 1.
            views: How poor each view is, (n, 4), see :data:`mien.attributes.heads.VIEW_FACTORS`;
                perfect views if not given.
        """
        logits = self.logits(chips)
        if views is None:
            views = np.zeros((len(chips), len(VIEW_FACTORS)), np.float32)
        return Prediction(
            {head.name: head.probabilities(logits[head.output], views) for head in self.card.heads},
            logits[EMBEDDING],
        )

    def estimates(
        self,
        probabilities: dict[str, NDArray[np.float32]],
        heads: Sequence[Head],
        certainty: float | None,
    ) -> list[dict[str, Estimate]]:
        """Turns calibrated probabilities into estimates.

        Args:
            probabilities: Of n faces, by the head's name.
            heads: Which heads.
            certainty: Share of decided labels that shall be right, 0..1; None decides always.

        Returns:
            For each face an estimate by the head's name.
        """
        columns = {head.name: head.estimates(probabilities[head.name], certainty) for head in heads}
        count = len(next(iter(probabilities.values())))
        return [{name: column[i] for name, column in columns.items()} for i in range(count)]

    def shown_heads(self, attributes: Sequence[str] = ()) -> tuple[Head, ...]:
        """Returns the heads that are shown: those without a notice and those asked for.

        Args:
            attributes: Names of attributes that are asked for.

        Raises:
            ModelError: The model does not predict one of them.
        """
        asked = {self.card.head(name).name for name in attributes}
        return tuple(head for head in self.card.heads if not head.notice or head.name in asked)
