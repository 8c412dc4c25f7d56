"""Faithfulness of explanations: deletion and insertion, compared with other importance maps.

Deletion blurs the most important pixels first; the probability of the estimate should fall quickly.
Insertion shows the most important pixels first; the probability should rise quickly. The figures
are the means of the probability over eleven steps (Petsiuk et al., 2018). The two probabilities are
that of an age within 5 years of the estimate, and that of the more probable gender presentation.
The other maps are random, or a blob in the centre.

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

from mien import Analyzer, ages
from mien.attributes.model import AttributeModel
from mien.datasets.chips.cache import open_cache
from mien.explanation import explain_face
from mien.faces import AlignedFace

STEPS = np.linspace(0, 1, 11)
Maps = tuple[NDArray[np.float32], NDArray[np.float32]]


def probabilities(
    model: AttributeModel, chips: NDArray[np.uint8], years: float, gender: int
) -> NDArray[np.float32]:
    """Returns the probabilities of an age near ``years`` and of a gender presentation, (n, 2)."""
    predicted = model.predict(chips).probabilities
    near = np.abs(np.arange(ages.COUNT) - years) <= 5
    return np.stack([predicted["age"][:, near].sum(axis=1), predicted["gender"][:, gender]], axis=1)


def deletion_and_insertion(
    model: AttributeModel, chip: NDArray[np.uint8], maps: Maps
) -> NDArray[np.float64]:
    """Returns deletion and insertion of the age and of the gender presentation, (2, 2)."""
    predicted = model.predict(chip[None]).probabilities
    years, gender = float(ages.median(predicted["age"])[0]), int(predicted["gender"][0].argmax())
    blur = cv2.GaussianBlur(chip, (0, 0), len(chip) / 8)
    means = []
    for attribute, importance in enumerate(maps):
        order = np.argsort(-importance, axis=None, kind="stable")
        rank = np.empty(order.size)
        rank[order] = np.arange(order.size) / order.size
        rank = rank.reshape(*importance.shape, 1)
        deleted = np.stack([np.where(rank < step, blur, chip) for step in STEPS])
        inserted = np.stack([np.where(rank >= step, blur, chip) for step in STEPS])
        means.append(
            [
                probabilities(model, chips, years, gender)[:, attribute].mean()
                for chips in (deleted, inserted)
            ]
        )
    return np.array(means)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path, help="chip cache (mien data chips)")
    parser.add_argument("--model", default="default")
    parser.add_argument("--faces", type=int, default=100)
    parser.add_argument("--split", default="test")
    options = parser.parse_args()
    analyzer, cache = Analyzer(options.model), open_cache(options.cache)
    random = np.random.default_rng(0)
    picked = random.permutation(cache.select(options.split))[: options.faces]
    size = analyzer.card.size
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    blob = np.exp(-(x**2 + y**2) / (2 * (size / 4) ** 2)).astype(np.float32)

    def mien_maps(face: AlignedFace) -> Maps:
        importance = explain_face(analyzer, face).importance
        return importance["age"], importance["gender"]

    def random_maps(face: AlignedFace) -> Maps:
        noise = random.random((size, size)).astype(np.float32)
        smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), size / 16), np.float32)
        return smooth, smooth

    methods: dict[str, Callable[[AlignedFace], Maps]] = {
        "random": random_maps,
        "centred blob": lambda _: (blob, blob),
        "mien": mien_maps,
    }
    print(f"{'':14}{'age: deletion':>16}{'insertion':>12}{'gender: deletion':>20}{'insertion':>12}")
    for name, method in methods.items():
        started, results = time.perf_counter(), []
        for index in picked:
            # The face is aligned again, so that chips of any size and crop scale can be used.
            chip = np.array(cache.chips[index])
            (face,) = analyzer.align(chip, analyzer.detect(chip, cropped=True))
            results.append(deletion_and_insertion(analyzer.model, face.chip, method(face)))
        (age, gender) = np.mean(results, axis=0)
        seconds = (time.perf_counter() - started) / len(picked)
        print(
            f"{name:14}{age[0]:16.3f}{age[1]:12.3f}{gender[0]:20.3f}{gender[1]:12.3f}"
            f"   {seconds:.2f} s for each face"
        )


if __name__ == "__main__":
    main()
