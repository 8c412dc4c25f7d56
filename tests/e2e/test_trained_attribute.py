"""An attribute that was trained from a recipe and a CSV, on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visiting import Service, serving

from tests.chip_caches import one_thread  # which also registers the tiny network
from tests.training.test_new_attribute import faces, model

__all__ = ["faces", "model", "one_thread"]


@pytest.fixture(scope="module")
def service(model: Path) -> Iterator[Service]:
    with serving("--model", str(model), "--certainty", "off") as started:
        yield started


def test_the_page_shows_it(visit, faces: dict[str, np.ndarray], tmp_path: Path) -> None:
    page = visit()
    for label, picture in faces.items():
        Image.fromarray(picture).save(tmp_path / f"{label}.png")
        page.set_input_files("#files", tmp_path / f"{label}.png")
        shown = page.locator(".picture[data-state=done]", has_text=f"{label}.png")
        text = shown.locator(".card [data-attribute=hat] strong")
        text.wait_for()
        assert text.inner_text().startswith(label)
