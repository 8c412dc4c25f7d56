"""How faithful explanations are: deletion and insertion, against chance and a centred blob.

What counts most for an answer is blurred away first (deletion: the answer should fall quickly) or
is all that is shown at first (insertion: it should rise quickly); the mean over ten steps counts
(Petsiuk et al., 2018). The answers: the probability of an age within 5 years of the estimate, and
of the presentation that the model sees.

    python -m benchmarks.explanation data/chips/utkface-128 [--faces 100]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.assets import find_model
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import open_cache
from mien.explanation import explain_chip
from mien.runtime.onnx import OnnxSession
from mien.training.dataset import ChipDataset

STEPS = np.linspace(0, 1, 11)
Maps = tuple[NDArray[np.float32], NDArray[np.float32]]


def answers(
    model: AttributeModel, chips: NDArray[np.uint8], years: float, female: bool
) -> NDArray[np.float32]:
    """Probability of an age near ``years`` and of a presentation, (n, 2)."""
    said = model.predict(chips)
    near = np.abs(np.arange(101) - years) <= 5
    gender = said.female if female else 1 - said.female
    return np.stack([said.age[:, near].sum(axis=1), gender], axis=1)


def curves(model: AttributeModel, chip: NDArray[np.uint8], maps: Maps) -> NDArray[np.float64]:
    """Deletion and insertion of each answer, (2, 2)."""
    said = model.predict(chip[None])
    years, female = float(model.years(said.age)[0]), bool(said.female[0] >= 0.5)
    blur = cv2.GaussianBlur(chip, (0, 0), len(chip) / 8)
    found = []
    for answer, importance in enumerate(maps):
        order = np.argsort(-importance, axis=None, kind="stable")
        rank = np.empty(order.size)
        rank[order] = np.arange(order.size) / order.size
        rank = rank.reshape(*importance.shape, 1)
        deleted = np.stack([np.where(rank < step, blur, chip) for step in STEPS])
        inserted = np.stack([np.where(rank >= step, blur, chip) for step in STEPS])
        found.append(
            [answers(model, part, years, female)[:, answer].mean() for part in (deleted, inserted)]
        )
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--faces", type=int, default=100)
    parser.add_argument("--split", default="test")
    options = parser.parse_args()
    model = AttributeModel(OnnxSession(find_model(options.model)))
    data = ChipDataset([open_cache(options.cache)], [options.split])
    random = np.random.default_rng(0)
    picked = random.permutation(len(data))[: options.faces]
    size = model.card.size
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    blob = np.exp(-(x**2 + y**2) / (2 * (size / 4) ** 2)).astype(np.float32)

    def ours(chip: NDArray[np.uint8]) -> Maps:
        explanation = explain_chip(model, chip)
        return explanation.age, explanation.gender

    def chance(chip: NDArray[np.uint8]) -> Maps:
        noise = random.random((size, size)).astype(np.float32)
        smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), size / 16), np.float32)
        return smooth, smooth

    methods: dict[str, Callable[[NDArray[np.uint8]], Maps]] = {
        "chance": chance,
        "centred blob": lambda _: (blob, blob),
        "mien": ours,
    }
    print(f"{'':14}{'age: deletion':>16}{'insertion':>12}{'gender: deletion':>20}{'insertion':>12}")
    for name, method in methods.items():
        started, found = time.perf_counter(), []
        for index in picked:
            chip = data.chips([data.items[index]])[0]
            found.append(curves(model, chip, method(chip)))
        (age, gender) = np.mean(found, axis=0)
        seconds = (time.perf_counter() - started) / len(picked)
        print(
            f"{name:14}{age[0]:16.3f}{age[1]:12.3f}{gender[0]:20.3f}{gender[1]:12.3f}"
            f"   {seconds:.2f} s a face, curves included"
        )


if __name__ == "__main__":
    main()
