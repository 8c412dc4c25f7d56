"""How well the faces of chips can be seen, from what a chip cache stores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mien.datasets.chips.index import CachedChip
from mien.faces.align import Chip, ChipTemplate
from mien.faces.quality import measure_quality, view_factors
from mien.results import Box
from mien.training.occlusion import face_width


def cached_views(
    chips: NDArray[np.uint8], rows: Sequence[CachedChip], template: ChipTemplate
) -> NDArray[np.float32]:
    """Returns what makes the view of each cached face poor.

    A cache stores neither boxes nor landmarks. They are taken to be those of the template, brought
    back into the picture: the size is nearly that of the box, but no face looks turned aside.

    Args:
        chips: RGB, uint8, (n, size, size, 3).
        rows: How each was cut; a face was found in each.
        template: Where the landmarks lie in the chips.

    Returns:
        float32, (n, 4), see :data:`mien.attributes.heads.VIEW_FACTORS`.
    """
    return np.stack([_view(chip, row, template) for chip, row in zip(chips, rows, strict=True)])


def _view(chip: Chip, row: CachedChip, template: ChipTemplate) -> NDArray[np.float32]:
    linear, shift = row.matrix[:, :2], row.matrix[:, 2]
    landmarks = (template.landmarks(len(chip)) - shift) @ np.linalg.inv(linear).T
    width = face_width(landmarks)
    left, top = landmarks.mean(axis=0) - width / 2
    quality = measure_quality(chip, Box(left, top, width, width), landmarks, template)
    return view_factors(quality, row.score)
