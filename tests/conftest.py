"""Pictures and data sets for all tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from skimage import data

settings.register_profile("mien", deadline=None)
settings.load_profile("mien")


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """A photograph of Eileen Collins (NASA, public domain), RGB, uint8, 512 x 512 x 3."""
    return np.ascontiguousarray(data.astronaut())


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the data sets."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the data sets are not on this machine")
    return folder
