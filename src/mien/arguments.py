"""Checks of the arguments of :class:`mien.Analyzer`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real

from mien.errors import OptionError
from mien.results import Detection


def check_share(name: str, value: object, least: float, *, optional: bool = False) -> None:
    """Checks that an argument is a number from ``least`` to 1, or None if it is optional.

    Raises:
        OptionError: It is not.

    Example:
        >>> check_share("min_score", 0.5, least=0)
    """
    if optional and value is None:
        return
    if not isinstance(value, Real) or not least <= float(value) <= 1:
        raise OptionError(f"{name} must be between {least:g} and 1; it is {value!r}")


def check_count(name: str, value: object, *, optional: bool = False) -> None:
    """Checks that an argument is a whole number of at least 1, or None if it is optional.

    Raises:
        OptionError: It is not.

    Example:
        >>> check_count("threads", 2)
    """
    if optional and value is None:
        return
    if not isinstance(value, Integral) or value < 1:
        raise OptionError(f"{name} must be a whole number of at least 1; it is {value!r}")


def check_detections(detections: Sequence[Detection]) -> None:
    """Checks that boxes have an extent, and that all positions are numbers.

    Raises:
        OptionError: They have not.

    Example:
        >>> from mien.results import Box
        >>> check_detections([Detection(Box(10, 10, 50, 60), None, 0.9)])
    """
    for number, detection in enumerate(detections, 1):
        if not isinstance(detection, Detection):
            raise OptionError(
                f"detection {number} is a {type(detection).__name__}; give a mien.Detection"
            )
        box = detection.box
        positions = [box.x, box.y, box.width, box.height]
        if detection.landmarks is not None:
            positions += [float(value) for point in detection.landmarks for value in point]
        if not all(map(math.isfinite, positions)) or min(box.width, box.height) <= 0:
            raise OptionError(
                f"detection {number} has the box {box}; its width and height must be more than 0,"
                " and all positions finite"
            )
