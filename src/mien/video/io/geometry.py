"""From stored pictures to upright ones with square pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.errors import OptionError
from mien.images import Picture

_NEARLY_SQUARE = 0.01  # share by which a pixel may be wider than high and still count as square
_STRANGEST = 10.0  # how much wider than high, or higher than wide, a pixel may be said to be


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the eight ways in which a picture can lie.

    Attributes:
        transposed: Whether rows and columns are exchanged; this is done first.
        mirrored: Whether left and right are exchanged.
        flipped: Whether top and bottom are exchanged.
    """

    transposed: bool = False
    mirrored: bool = False
    flipped: bool = False

    def __call__(self, picture: Picture) -> Picture:
        """Returns the picture as it is to be shown."""
        mirrored = self.mirrored
        if self.transposed:
            # OpenCV turns much faster than it transposes.
            picture = np.asarray(cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE), np.uint8)
            mirrored = not mirrored
        if mirrored or self.flipped:
            axes = -1 if mirrored and self.flipped else int(mirrored)
            picture = np.asarray(cv2.flip(picture, axes), np.uint8)
        return picture


AS_IT_IS = Turn()


def turn_by_angle(degrees: float) -> Turn:
    """Returns the turn by the multiple of 90 degrees, clockwise, that is nearest."""
    return (AS_IT_IS, Turn(True, True), Turn(False, True, True), Turn(True, False, True))[
        round(degrees / 90) % 4
    ]


def turn_by_matrix(a: float, b: float, c: float, d: float) -> Turn:
    """Returns the turn that is nearest to a display matrix.

    A pixel in column x and row y is shown in column ``a x + c y`` and row ``b x + d y``.
    """
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Turn(False, a < 0, d < 0)
    return Turn(True, c < 0, b < 0)


class Upright:
    """Makes upright pictures with square pixels.

    A picture is enlarged, never made smaller, so that nothing is lost.

    Args:
        pixel_aspect: How many times wider than high a stored pixel is. What cannot be, such as 0,
            counts as 1.
        turn: How the stored picture lies.
        aspect: Width over height of the upright picture, more than 0, whatever the pixels are said
            to be.

    Raises:
        OptionError: ``aspect`` is not more than 0.
    """

    def __init__(
        self, pixel_aspect: float = 1.0, turn: Turn = AS_IT_IS, aspect: float | None = None
    ) -> None:
        check_aspect(aspect)
        likely = 1 / _STRANGEST <= pixel_aspect <= _STRANGEST
        self._pixel_aspect = pixel_aspect if likely else 1.0
        self._turn = turn
        self._aspect = aspect

    def __call__(self, pixels: Picture) -> Picture:
        """Returns an upright picture.

        Args:
            pixels: A picture as it is stored, uint8, height x width x 3.
        """
        height, width = pixels.shape[:2]
        wider = self._pixel_aspect
        if self._aspect is not None:
            aspect = 1 / self._aspect if self._turn.transposed else self._aspect
            wider = aspect * height / width
        if abs(wider - 1) > _NEARLY_SQUARE:
            size = (round(width * wider), height) if wider > 1 else (width, round(height / wider))
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        return self._turn(pixels)


def check_aspect(aspect: float | None) -> None:
    """Checks the proportions of pictures.

    Raises:
        OptionError: They are not between 1:10 and 10:1.
    """
    if aspect is not None and not 1 / _STRANGEST <= aspect <= _STRANGEST:
        raise OptionError(f"aspect must be between 0.1 and 10; it is {aspect:g}")
