"""The attribute model: from aligned faces to calibrated probabilities and estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.attributes.calibration import VIEW_FACTORS
from mien.attributes.card import Card, read_card
from mien.attributes.heads import Head
from mien.errors import ModelError
from mien.results import Estimate
from mien.runtime import Session

_BATCH = 32  # chips

EMBEDDING = "embedding"
NOVELTY = "novelty"


@dataclass(frozen=True, slots=True)
class Prediction:
    """Predictions of a model for n faces.

    Attributes:
        probabilities: Calibrated probabilities by the head's name, float32: for a distribution
            (n, 101), for labels (n, labels).
        embedding: Vectors of length 1, float32, (n, d). The product of two vectors is the
            similarity of two faces.
        novelty: Difference of each face from the faces of the training, float32, (n,); 1 is the
            limit in the card. None if the model has no such output.
    """

    probabilities: dict[str, NDArray[np.float32]]
    embedding: NDArray[np.float32]
    novelty: NDArray[np.float32] | None = None


class AttributeModel:
    """An exported model with its card.

    Args:
        session: Session of the model file.

    Attributes:
        card: Card of the model.

    Raises:
        ModelError: The file has no card, or lacks an output that the card names.
    """

    def __init__(self, session: Session) -> None:
        self.card: Card = read_card(session.metadata)
        wanted = {EMBEDDING, *(head.output for head in self.card.heads)}
        if self.card.novelty_limit is not None:
            wanted.add(NOVELTY)
        if missing := wanted - set(session.outputs):
            raise ModelError(
                f"the model has no output '{sorted(missing)[0]}', although its card names it;"
                " export it again"
            )
        self._session = session

    def logits(self, chips: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """Returns the outputs of the network, without calibration.

        Args:
            chips: Aligned faces: RGB, uint8, (n, size, size, 3), n >= 1.

        Returns:
            Outputs by name, float32: ``NAME_logits`` for each head, (n, width); ``embedding``,
            (n, d); and ``novelty``, (n, 1), if the model has it.
        """
        batches = (chips[i : i + _BATCH] for i in range(0, len(chips), _BATCH))
        parts = [self._run(batch) for batch in batches]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _run(self, chips: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        outputs = self._session.run({"chips": chips})
        wanted = {head.output: (len(chips), head.width) for head in self.card.heads}
        wanted[EMBEDDING] = (len(chips), -1)
        if NOVELTY in outputs:
            wanted[NOVELTY] = (len(chips), 1)
        for name, shape in wanted.items():
            output = outputs[name]
            if not _fits(output, shape):
                raise ModelError(
                    f"the model's output '{name}' is not what its card says: "
                    f"{shape[1] if shape[1] > 0 else 'some'} finite numbers for each face;"
                    " export it again"
                )
        return {name: outputs[name] for name in wanted}

    def predict(
        self, chips: NDArray[np.uint8], views: NDArray[np.float32] | None = None
    ) -> Prediction:
        """Predicts the attributes of faces.

        Args:
            chips: Aligned faces: RGB, uint8, (n, size, size, 3), n >= 1.
            views: View factors 0..1, (n, 4), see
                :data:`mien.attributes.calibration.VIEW_FACTORS`; None for perfect views.
        """
        logits = self.logits(chips)
        if views is None:
            views = np.zeros((len(chips), len(VIEW_FACTORS)), np.float32)
        limit = self.card.novelty_limit
        return Prediction(
            {head.name: head.probabilities(logits[head.output], views) for head in self.card.heads},
            logits[EMBEDDING],
            None if limit is None else logits[NOVELTY][:, 0] / np.float32(limit),
        )

    def estimates(
        self,
        probabilities: dict[str, NDArray[np.float32]],
        heads: Sequence[Head],
        certainty: float | None,
    ) -> list[dict[str, Estimate]]:
        """Turns calibrated probabilities into estimates.

        Args:
            probabilities: Calibrated probabilities of n faces by the head's name, see
                :class:`Prediction`.
            heads: Heads to estimate.
            certainty: Wanted share of right labels among the decided ones, 0..1; None decides
                every label.

        Returns:
            For each face its estimates by the head's name.
        """
        columns = {head.name: head.estimates(probabilities[head.name], certainty) for head in heads}
        count = len(next(iter(probabilities.values())))
        return [{name: column[i] for name, column in columns.items()} for i in range(count)]

    def shown_heads(self, attributes: Sequence[str] = ()) -> tuple[Head, ...]:
        """Returns the heads to show: those without a notice, and those that the user asks for.

        Args:
            attributes: Names of the attributes that the user asks for.

        Raises:
            ModelError: The model does not predict one of them.
        """
        wanted = {self.card.head(name).name for name in attributes}
        return tuple(head for head in self.card.heads if not head.notice or head.name in wanted)


def _fits(output: object, shape: tuple[int, int]) -> bool:
    """Returns whether an output has so many finite numbers for each face; -1 is any number."""
    return (
        isinstance(output, np.ndarray)
        and output.dtype == np.float32
        and output.ndim == len(shape)
        and len(output) == shape[0]
        and output.shape[1] >= 1
        and shape[1] in (-1, output.shape[1])
        and bool(np.isfinite(output).all())
    )
