"""A model with more attributes than the bundled one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from mien.attributes.calibration import Calibration
from mien.attributes.heads import ETHNICITY, Head
from mien.exporting.model_file import write_card
from tests.model_files import add_head, plain_default

HAT = Head(
    "hat",
    "binary",
    ("no", "yes"),
    Calibration(thresholds=((0.5, 1.0, 0.91), (0.9, 0.5, 0.99))),
)


def with_attributes(path: Path) -> Path:
    """Writes the default model with two more heads: ``hat``, and ``ethnicity`` with a notice.

    Every face has a hat with probability 0.83, and 0.6, 0.2, 0.1, 0.06 and 0.04 for its ethnicity.
    """
    model, card = plain_default()
    add_head(model, HAT, [np.log(0.83 / 0.17)])
    add_head(model, ETHNICITY, np.log([0.6, 0.2, 0.1, 0.06, 0.04]))
    onnx.save(model, path)
    write_card(path, replace(card, heads=(*card.heads, HAT, ETHNICITY)))
    return path
