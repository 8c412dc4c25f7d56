from __future__ import annotations

import numpy as np

from mien import Box, Detection


def test_the_edges_center_and_area_of_a_box() -> None:
    box = Box(10, 20, 30, 40)
    assert box.xyxy == (10, 20, 40, 60)
    assert box.center == (25, 40)
    assert box.area == 1200
    assert repr(box) == "Box(10, 20, 30 x 40)"


def test_the_json_of_a_detection() -> None:
    assert Detection(Box(1.234, 2, 3, 4), score=0.98765).to_dict() == {
        "box": {"x": 1.23, "y": 2, "width": 3, "height": 4},
        "landmarks": None,
        "score": 0.9877,
    }
    assert Detection(Box(0, 0, 1, 1), np.full((5, 2), 0.125)).to_dict()["landmarks"] == 5 * [
        [0.12, 0.12]
    ]


def test_the_repr_of_a_detection_is_a_short_line() -> None:
    assert repr(Detection(Box(1, 2, 3, 4), np.zeros((5, 2)), 0.9)) == (
        "Detection(Box(1, 2, 3 x 4), score 0.90)"
    )
