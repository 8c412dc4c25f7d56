from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.attributes.calibration import VIEW_FACTORS
from mien.datasets.chips.cache import ChipCache
from mien.exporting.calibration_faces import CalibrationFaces, calibration_faces

SMALL = VIEW_FACTORS.index("small")


@pytest.fixture(scope="module")
def faces(large_cache: ChipCache) -> CalibrationFaces:
    return calibration_faces([large_cache])


def test_each_face_comes_as_it_is_and_in_poor_views(
    faces: CalibrationFaces, large_cache: ChipCache
) -> None:
    positions = large_cache.select("calibration")
    assert len(positions) > 0
    assert len(faces.records) == len(faces.chips) == len(faces.views) == 4 * len(positions)
    for i, position in enumerate(positions):
        np.testing.assert_array_equal(faces.chips[4 * i], large_cache.chips[position])
        for poor in range(1, 4):
            assert faces.records[4 * i + poor] == large_cache.rows[position].record
            assert (faces.chips[4 * i + poor] != large_cache.chips[position]).any()
    assert ((faces.views >= 0) & (faces.views <= 1)).all()


def test_view_factors_of_poor_views_are_larger(faces: CalibrationFaces) -> None:
    plain = np.arange(len(faces.views)) % 4 == 0
    assert faces.views[~plain].mean() > faces.views[plain].mean()


def test_an_enlarged_face_has_its_size_before_the_enlargement(large_cache: ChipCache) -> None:
    sizes = []
    for factor in (1, 3, 6):
        rows = []
        for row in large_cache.rows:
            matrix = row.matrix.copy()
            matrix[:, :2] *= factor  # the picture has fewer pixels; its chip has the same number
            rows.append(replace(row, matrix=matrix))
        views = calibration_faces([replace(large_cache, rows=rows)]).views
        sizes.append(float(views[::4, SMALL].mean()))
    assert sizes == sorted(set(sizes))


def test_the_same_caches_give_the_same_faces(
    faces: CalibrationFaces, large_cache: ChipCache
) -> None:
    again = calibration_faces([large_cache])
    np.testing.assert_array_equal(again.chips, faces.chips)
    np.testing.assert_allclose(again.views, faces.views, atol=1e-6)
