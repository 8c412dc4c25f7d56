"""Detecting faces, aligning them, and measuring how well they can be seen."""

from mien.faces.aligned import AlignedFace, align_faces
from mien.faces.detection import MIN_SCORE, MIN_SCORE_CROPPED, Detector
from mien.faces.selection import central_face, select_faces
from mien.faces.yunet.detector import YuNet

__all__ = [
    "MIN_SCORE",
    "MIN_SCORE_CROPPED",
    "AlignedFace",
    "Detector",
    "YuNet",
    "align_faces",
    "central_face",
    "select_faces",
]
