"""The result types: boxes, detections, estimates, faces.

The types are frozen; most of their methods return the JSON. Of mien, this room imports only the
errors and, for type checkers, the description of the JSON.
"""

from mien.results.age_decision import AgeDecision
from mien.results.estimates import (
    AT_LEAST_AGES,
    LEANING,
    UNDETERMINED,
    AgeEstimate,
    Estimate,
    GenderEstimate,
    LabelEstimate,
)
from mien.results.faces import Face, TrackedFace
from mien.results.geometry import Box, Detection
from mien.results.pictures import SCHEMA, PictureResult
from mien.results.quality import BLURRED, ROTATED, SMALL, TURNED, UNUSUAL, Quality

__all__ = [
    "AT_LEAST_AGES",
    "BLURRED",
    "LEANING",
    "ROTATED",
    "SCHEMA",
    "SMALL",
    "TURNED",
    "UNDETERMINED",
    "UNUSUAL",
    "AgeDecision",
    "AgeEstimate",
    "Box",
    "Detection",
    "Estimate",
    "Face",
    "GenderEstimate",
    "LabelEstimate",
    "PictureResult",
    "Quality",
    "TrackedFace",
]
