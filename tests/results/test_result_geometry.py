from __future__ import annotations

import numpy as np

from mien import Box, Detection


def test_the_edges_center_and_area_of_a_box() -> None:
    box = Box(10, 20, 30, 40)
    assert box.xyxy == (10, 20, 40, 60)
    assert box.center == (25, 40)
    assert box.area == 1200
    assert repr(box) == "Box(10, 20, 30 x 40)"


def test_the_repr_of_a_detection_is_a_short_line() -> None:
    assert repr(Detection(Box(1, 2, 3, 4), np.zeros((5, 2)), 0.9)) == (
        "Detection(Box(1, 2, 3 x 4), score 0.90)"
    )
