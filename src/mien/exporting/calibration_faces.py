"""The faces that a model is calibrated on: as they are, and on the ladder of poor views.

A poorer chip is made of each chip and takes the way of a user's picture: its face is detected and
aligned again, so that errors of the landmarks and the detector's doubt are part of the view.
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

_MOST = 800  # faces of a data set, so that none outweighs the others
_POOR = 3  # poor views of each face


class CalibrationFaces(NamedTuple):
    """n faces with what is needed to calibrate on them.

    Attributes:
        chips: RGB, uint8, (n, size, size, 3).
        views: How poor each view is, float32, (n, 4), see
            :data:`mien.attributes.heads.VIEW_FACTORS`.
        records: Their labels.
    """

    chips: NDArray[np.uint8]
    views: NDArray[np.float32]
    records: list[Record]


def calibration_faces(caches: Sequence[ChipCache]) -> CalibrationFaces:
    """Collects faces of the ``calibration`` part of some caches, with poor views of each.

    Args:
        caches: All of one size and one template.
    """
    views = list(_views(caches))
    size = caches[0].size
    return CalibrationFaces(
        np.stack([chip for chip, _, _ in views])
        if views
        else np.empty((0, size, size, 3), np.uint8),
        np.stack([view for _, view, _ in views]) if views else np.empty((0, 4), np.float32),
        [record for _, _, record in views],
    )


def _views(
    caches: Sequence[ChipCache],
) -> Iterator[tuple[Chip, NDArray[np.float32], Record]]:
    detector, random = YuNet(), np.random.default_rng(0)
    step = 0
    for cache in caches:
        positions = cache.select("calibration")
        picked = np.linspace(0, len(positions) - 1, min(_MOST, len(positions))).astype(int)
        landmarks = cache.template.landmarks(cache.size)
        for position in positions[picked]:
            row = cache.rows[position]
            chip = np.ascontiguousarray(cache.chips[position])
            yield chip, _view(_again(detector, chip, cache), row, landmarks), row.record
            for _ in range(_POOR):
                poorer = LADDER[step % len(LADDER)].change(chip, landmarks, random)
                step += 1
                aligned = _again(detector, poorer, cache)
                yield aligned.chip, _view(aligned, row, landmarks), row.record


def _again(detector: YuNet, picture: Chip, cache: ChipCache) -> AlignedFace:
    """Detects and aligns the face of a chip, as if the chip were a user's picture."""
    detections = select_faces(detector, picture, cropped=True)
    (aligned,) = align_faces(detector, picture, detections, cache.size, cache.template)
    return aligned


def _view(
    aligned: AlignedFace, row: CachedChip, landmarks: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Returns the view of a face that was enlarged when its chip was cut, as it was before."""
    linear, shift = row.matrix[:, :2], row.matrix[:, 2]
    in_picture = (landmarks - shift) @ np.linalg.inv(linear).T
    enlarged = max(1.0, face_width(landmarks) / face_width(in_picture))
    quality = replace(aligned.quality, size=aligned.quality.size / enlarged)
    return view_factors(quality, aligned.detection.score)
