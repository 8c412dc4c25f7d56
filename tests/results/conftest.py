"""An age estimate."""

from __future__ import annotations

import numpy as np
import pytest

from mien import AgeEstimate
from mien.attributes.calibration import Calibration


@pytest.fixture
def age() -> AgeEstimate:
    distribution = np.zeros(101, np.float32)
    distribution[20:40] = 0.05
    older = Calibration().older(distribution[None])[0]
    groups = {"20-29": 0.5, "30-39": 0.5}
    return AgeEstimate(29.5, 22.4, 37.1, "20-29", groups, distribution, older)
