"""The result for one picture of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.results.faces import Face

if TYPE_CHECKING:
    from mien import schema

SCHEMA = 2
"""Version of the JSON of all answers."""


@dataclass(frozen=True, slots=True)
class PictureResult:
    """The result for one picture of many.

    Attributes:
        path: Name of the picture in the input.
        model: Name of the model.
        width: Width of the upright picture in pixels; None if the picture could not be used.
        height: Height of the upright picture in pixels; None if the picture could not be used.
        faces: The faces of the picture, the largest first.
        error: Reason why the picture could not be used; None if it could be used.

    Example:
        >>> PictureResult("photo.jpg", "default", width=640, height=480).to_dict()["faces"]
        []
    """

    path: str
    model: str
    width: int | None = None
    height: int | None = None
    faces: tuple[Face, ...] = ()
    error: str | None = None

    def to_dict(self, *, distribution: bool = False) -> schema.PictureJson:
        """Returns the JSON of the picture.

        Args:
            distribution: Whether the JSON of each face has the whole age distribution.
        """
        return {
            "schema": SCHEMA,
            "model": self.model,
            "path": self.path,
            "width": self.width,
            "height": self.height,
            "faces": [face.to_dict(distribution=distribution) for face in self.faces],
            "error": self.error,
        }
