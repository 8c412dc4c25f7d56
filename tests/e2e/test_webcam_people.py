"""The webcam with several people in view."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visiting import write_video


@pytest.fixture(scope="module")
def camera_file(tmp_path_factory: pytest.TempPathFactory, astronaut: np.ndarray) -> Path:
    """A video of three faces."""
    face = Image.fromarray(astronaut[10:230, 115:335])
    frame = Image.new("RGB", (720, 404), (110, 110, 110))
    for i, picture in enumerate((face, face.transpose(Image.Transpose.FLIP_LEFT_RIGHT), face)):
        size = 190 + 15 * i
        frame.paste(picture.resize((size, size)), (25 + 235 * i, 90 - 20 * i))
    path = tmp_path_factory.mktemp("camera") / "people.y4m"
    write_video(path, [np.asarray(frame)] * 15)
    return path


def test_the_video_is_above_a_row_of_cards(visit) -> None:
    page = visit(camera=True)
    page.get_by_role("button", name="Use the webcam").click()
    page.locator(".live .card .age-years").nth(2).wait_for()
    # New cards are made while the video runs, so that all are measured at the same moment.
    panel, video, *cards = page.evaluate(
        """() => [".picture-body", ".photo", ".card"].flatMap((part) =>
          [...document.querySelectorAll(`.live ${part}`)].map((found) =>
            found.getBoundingClientRect().toJSON()))"""
    )
    assert len(cards) == 3
    assert video["width"] > 0.9 * panel["width"]
    assert all(card["top"] >= video["bottom"] for card in cards)
    assert len({round(card["top"]) for card in cards}) == 1
    assert max(card["bottom"] for card in cards) <= 900, "all is in view at once"
