from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mien.analyzer import Analyzer
from mien.attributes.card import Card
from mien.datasets.chips.cache import ChipCache
from mien.datasets.records import Record
from mien.errors import DataError
from mien.evaluation.not_faces import not_face_figures
from mien.evaluation.predict import predict
from mien.exporting.model_file import write_card
from mien.exporting.onnx import export_onnx, make_card
from mien.images import PictureSource
from mien.training.entries import known_heads
from mien.training.networks.attribute_network import AttributeNetwork
from mien.training.recipe import Recipe
from tests.chip_caches import TINY, cache

__all__ = ["cache"]


@pytest.fixture(scope="module")
def card(cache: ChipCache, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Card]:
    """A small network that says how unusual a face is, and its card without the limit."""
    torch.manual_seed(0)
    recipe = Recipe("small", TINY, known_heads("age", "gender"), size=cache.size)
    network = AttributeNetwork(TINY, recipe.size, recipe.trained_heads).eval()
    path = tmp_path_factory.mktemp("model") / "small.onnx"
    export_onnx(network, np.array(cache.chips), path)
    return path, make_card(network, recipe, [cache])


@pytest.fixture(scope="module")
def analyzer(card: tuple[Path, Card]) -> Analyzer:
    path, without_limit = card
    limited = path.with_name("limited.onnx")
    limited.write_bytes(path.read_bytes())
    write_card(limited, replace(without_limit, novelty_limit=0.2))
    return Analyzer(limited)


def test_what_passes_the_detector_is_counted(astronaut: np.ndarray, analyzer: Analyzer) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    twice = np.hstack([astronaut[:300], astronaut[:300]])
    pictures: list[tuple[str, PictureSource]] = [("noise", noise), ("two", twice)]
    figures = not_face_figures(analyzer, pictures)
    hints = ["unusual" in face.quality.hints for face in analyzer.analyze(twice)]
    assert len(hints) == 2
    assert figures["pictures"] == 2
    assert (figures["with_detections"], figures["detections"]) == (1, 2)
    assert (figures["unusual"]["value"], figures["unusual"]["n"]) == (np.mean(hints), 2)
    nothing = not_face_figures(analyzer, pictures[:1])
    assert nothing == {"pictures": 1, "with_detections": 0, "detections": 0}


def test_predictions_have_what_the_model_says(
    astronaut: np.ndarray, analyzer: Analyzer, card: tuple[Path, Card], tmp_path: Path
) -> None:
    Image.fromarray(astronaut[:300]).save(tmp_path / "a.png")
    records = [Record("a.png", 40, 40)]
    predictions = predict(analyzer, tmp_path, records)
    (face,) = analyzer.analyze(tmp_path / "a.png", cropped=True)
    assert predictions.novelty is not None
    assert predictions.novelty.tolist() == [pytest.approx(face.quality.novelty, rel=1e-4)]
    path, without_limit = card
    write_card(path, without_limit)
    assert predict(Analyzer(path), tmp_path, records).novelty is None


def test_a_picture_that_cannot_be_read_is_named(analyzer: Analyzer, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"a\.png"):
        not_face_figures(analyzer, [(str(tmp_path / "a.png"), tmp_path / "a.png")])


def test_a_model_that_does_not_say_it_is_refused(card: tuple[Path, Card]) -> None:
    path, without_limit = card
    write_card(path, without_limit)
    with pytest.raises(DataError, match="'small' does not say how unusual a face is"):
        not_face_figures(Analyzer(path), [])
