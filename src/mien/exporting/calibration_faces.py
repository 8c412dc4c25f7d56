"""The faces that a model is calibrated on: each face as it is, and in poor views.

Each chip is degraded and then treated as a user's picture: its face is detected and aligned again.
The errors of the landmarks and the low scores of the detector are thus part of the poor view.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.datasets.chips.cache import ChipCache
from mien.datasets.chips.index import CachedChip
from mien.datasets.ladder import LADDER, face_width
from mien.datasets.records import Record
from mien.faces import AlignedFace, YuNet, align_faces, select_faces
from mien.faces.align import Chip
from mien.faces.quality import view_factors

_LIMIT = 800  # maximum number of faces of a data set, so that none outweighs the others
_POOR_VIEWS = 3  # of each face


class CalibrationFaces(NamedTuple):
    """n faces for calibration.

    Attributes:
        chips: Aligned faces, RGB, uint8, (n, size, size, 3).
        views: View factors 0..1, float32, (n, 4), see
            :data:`mien.attributes.calibration.VIEW_FACTORS`.
        records: Records with the labels, n.
        plain: Whether each face is as it was, and not in a poor view, bool, (n,).
    """

    chips: NDArray[np.uint8]
    views: NDArray[np.float32]
    records: list[Record]
    plain: NDArray[np.bool_]


def calibration_faces(caches: Sequence[ChipCache]) -> CalibrationFaces:
    """Collects the faces of the part ``calibration`` of caches, each with three poor views.

    Args:
        caches: Caches of one size and one template, at least one.
    """
    views = list(_views(caches))
    size = caches[0].size
    return CalibrationFaces(
        np.stack([chip for chip, _, _ in views])
        if views
        else np.empty((0, size, size, 3), np.uint8),
        np.stack([view for _, view, _ in views]) if views else np.empty((0, 4), np.float32),
        [record for _, _, record in views],
        np.arange(len(views)) % (1 + _POOR_VIEWS) == 0,  # the first view of each face
    )


def _views(
    caches: Sequence[ChipCache],
) -> Iterator[tuple[Chip, NDArray[np.float32], Record]]:
    detector, random = YuNet(), np.random.default_rng(0)
    step = 0
    for cache in caches:
        positions = cache.select("calibration")
        picked = np.linspace(0, len(positions) - 1, min(_LIMIT, len(positions))).astype(int)
        landmarks = cache.template.landmarks(cache.size)
        for position in positions[picked]:
            row = cache.rows[position]
            chip = np.ascontiguousarray(cache.chips[position])
            yield chip, _view(_realigned(detector, chip, cache), row, landmarks), row.record
            for _ in range(_POOR_VIEWS):
                poorer = LADDER[step % len(LADDER)].change(chip, landmarks, random)
                step += 1
                aligned = _realigned(detector, poorer, cache)
                yield aligned.chip, _view(aligned, row, landmarks), row.record


def _realigned(detector: YuNet, picture: Chip, cache: ChipCache) -> AlignedFace:
    """Detects and aligns the face of a chip as if the chip were a user's picture."""
    detections = select_faces(detector, picture, cropped=True)
    (aligned,) = align_faces(detector, picture, detections, cache.size, cache.template)
    return aligned


def _view(
    aligned: AlignedFace, row: CachedChip, landmarks: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Returns the view factors of an aligned face, (4,).

    A small face was enlarged when its chip was cut. Its size is that before the enlargement.
    """
    linear, shift = row.matrix[:, :2], row.matrix[:, 2]
    in_picture = (landmarks - shift) @ np.linalg.inv(linear).T
    enlarged = max(1.0, face_width(landmarks) / face_width(in_picture))
    quality = replace(aligned.quality, size=aligned.quality.size / enlarged)
    return view_factors(quality, aligned.detection.score)
