from __future__ import annotations

from mien.faces import central_face
from mien.results import Box, Detection


def test_the_face_a_picture_is_about() -> None:
    def at(x: float, size: float) -> Detection:
        return Detection(Box(x - size / 2, 50 - size / 2, size, size), None, 0.9)

    central, larger, tiny = at(48, 30), at(90, 40), at(50, 10)
    assert central_face([larger, tiny, central], 100, 100) is central
