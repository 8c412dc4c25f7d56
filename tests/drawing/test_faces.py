from __future__ import annotations

import numpy as np

from mien import Analyzer
from mien.drawing.faces import draw_faces


def test_a_label_is_drawn_beside_the_face_and_nowhere_else(astronaut: np.ndarray) -> None:
    before = astronaut.copy()
    faces = Analyzer(threads=1).analyze(astronaut)
    drawn = draw_faces(astronaut, faces)
    np.testing.assert_array_equal(astronaut, before)
    changed = (drawn != astronaut).any(axis=2)
    box = faces[0].box
    assert changed[round(box.y), round(box.x + box.width / 2)]
    assert not changed[round(box.y + box.height / 2), round(box.x + box.width / 2)]
    assert not changed[300:].any()


def test_labels_stay_inside_a_tiny_or_odd_picture(astronaut: np.ndarray) -> None:
    face = Analyzer(threads=1).analyze(astronaut)[0]
    for shape in ((20, 30), (512, 40), (600, 600)):
        picture = np.zeros((*shape, 3), np.uint8)
        assert draw_faces(picture, [face]).shape == picture.shape
        assert draw_faces(picture, []).tolist() == picture.tolist()
