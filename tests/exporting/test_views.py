from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.attributes.heads import VIEW_FACTORS
from mien.datasets.chips.cache import ChipCache
from mien.exporting.views import cached_views
from mien.faces import YuNet, align_faces, select_faces


def test_views_of_cached_chips_are_nearly_those_of_their_pictures(
    cache: ChipCache, astronaut: np.ndarray
) -> None:
    detector = YuNet(threads=1)
    face_of = astronaut[20:220, 110:330]
    detections = select_faces(detector, face_of, cropped=True)
    (face,) = align_faces(detector, face_of, detections, cache.size, cache.template)
    row = replace(cache.rows[0], matrix=face.matrix, score=face.detection.score)
    (view,) = cached_views(face.chip[None], [row], cache.template)
    seen = dict(zip(VIEW_FACTORS, view, strict=True))
    expected = dict(zip(VIEW_FACTORS, face.view, strict=True))
    assert seen["soft"] == expected["soft"]
    assert seen["unsure"] == expected["unsure"]
    assert seen["small"] == pytest.approx(expected["small"], abs=0.1)
    assert seen["turned"] == pytest.approx(0, abs=1e-6)  # a cache knows no landmarks


def test_smaller_faces_are_seen_as_such(cache: ChipCache) -> None:
    chips, rows = np.array(cache.chips[:1]), cache.rows[:1]
    small = VIEW_FACTORS.index("small")
    shrunk = []
    for factor in (1, 4, 8):
        enlarging = rows[0].matrix.copy()
        enlarging[:, :2] *= factor  # the picture has fewer pixels, its chip as many
        row = replace(rows[0], matrix=enlarging)
        shrunk.append(cached_views(chips, [row], cache.template)[0, small])
    assert shrunk == sorted(set(shrunk))
    views = cached_views(np.array(cache.chips), cache.rows, cache.template)
    assert views.shape == (40, len(VIEW_FACTORS))
    assert views.dtype == np.float32
    assert ((views >= 0) & (views <= 1)).all()
