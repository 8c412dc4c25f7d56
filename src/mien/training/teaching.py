"""Asking a teacher: an exported model judges its training pictures, to teach others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.progress import track

from mien.attributes import ages
from mien.attributes.model import AttributeModel
from mien.data.chips import ChipCache
from mien.data.records import MAX_AGE
from mien.training.dataset import ChipDataset, require_size
from mien.training.teachers import Answers, save_answers

_AT_ONCE = 64  # chips


def ask(model: AttributeModel, caches: Sequence[ChipCache], out: Path) -> int:
    """Asks a model about every training picture and its mirror image, and writes the answers.

    Args:
        model: The teacher. Of the splits that its recipe names it is asked, so of no picture on
            which anything is chosen, calibrated or measured.
        caches: Chips of the model's size.
        out: Where to.

    Returns:
        How many pictures it was asked about.

    Raises:
        RecipeError: A cache has chips of another size.
    """
    require_size(caches, model.card.size, "model")
    data = ChipDataset(caches, model.card.recipe["splits"])
    age = np.zeros((len(data), MAX_AGE + 1), np.float32)
    female = np.zeros(len(data), np.float32)
    for start in track(range(0, len(data), _AT_ONCE), "asking"):
        part = slice(start, start + _AT_ONCE)
        chips = data.chips(data.items[part])
        for view in (chips, np.ascontiguousarray(chips[:, :, ::-1])):
            logits = model.logits(view)
            age[part] += ages.softmax(logits["age_logits"]) / 2
            female[part] += 1 / (1 + np.exp(-logits["gender_logit"])) / 2
    save_answers(out, data.keys, Answers(age, female))
    return len(data)
