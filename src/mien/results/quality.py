"""The quality of the view of a face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien import schema

SMALL, BLURRED, TURNED = 40.0, 0.3, 0.4
"""Limits of size in pixels, sharpness and frontality; a view below a limit gets a hint."""

ROTATED = 45.0
"""Limit of the rotation in degrees, to either side; a view beyond it gets a hint."""

UNUSUAL = 1.0
"""Limit of the novelty; a face above it gets a hint."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of the view of a face.

    Attributes:
        size: Shorter side of the face's box in pixels.
        sharpness: Sharpness, from 0 (no detail is left) to 1 (the aligned face cannot be sharper).
        frontality: Frontality from the landmarks, from 0 (profile) to 1 (turned to the camera);
            None without landmarks.
        rotation: Degrees by which the face is rotated clockwise in the picture, -180..180, from the
            landmarks: 0 upright, 180 upside down; None without landmarks.
        novelty: Difference of the face from the faces of the training, 0 and more. Of 100 real
            faces in clear views one is above 1; of small faces in photographs many are. None if the
            model does not predict it.

    Example:
        >>> Quality(size=24, sharpness=0.8, frontality=0.9).hints
        ('small',)
    """

    size: float
    sharpness: float
    frontality: float | None
    rotation: float | None = None
    novelty: float | None = None

    @property
    def hints(self) -> tuple[schema.Hint, ...]:
        """Problems of the view.

        They are ``"small"``, ``"blurred"``, ``"turned"``, ``"rotated"`` and ``"unusual"``.
        """
        found: dict[schema.Hint, bool] = {
            "small": self.size < SMALL,
            "blurred": self.sharpness < BLURRED,
            "turned": self.frontality is not None and self.frontality < TURNED,
            "rotated": self.rotation is not None and abs(self.rotation) > ROTATED,
            "unusual": self.novelty is not None and self.novelty > UNUSUAL,
        }
        return tuple(name for name, wrong in found.items() if wrong)

    def to_dict(self) -> schema.QualityJson:
        """Returns the JSON of the quality."""
        return {
            "size": round(self.size, 1),
            "sharpness": round(self.sharpness, 3),
            "frontality": None if self.frontality is None else round(self.frontality, 3),
            "rotation": None if self.rotation is None else round(self.rotation, 1),
            "novelty": None if self.novelty is None else round(self.novelty, 3),
            "hints": list(self.hints),
        }
