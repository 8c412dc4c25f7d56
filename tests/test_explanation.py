from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from captum.attr import Occlusion
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper
from scipy.stats import spearmanr

from mien import Analyzer
from mien.assets import find_model
from mien.explanation import Explanation, explain, explain_face, shares
from mien.faces import AlignedFace
from mien.faces.align import UTKFACE_TEMPLATE, ChipTemplate

_PARTS = ("eyes", "eyes", "nose", "mouth", "mouth")  # the parts with the five landmarks


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="module")
def aligned(analyzer: Analyzer, astronaut: np.ndarray) -> AlignedFace:
    (face,) = analyzer.align(astronaut, analyzer.detect(astronaut))
    return face


@pytest.fixture(scope="module")
def explanation(analyzer: Analyzer, aligned: AlignedFace) -> Explanation:
    return explain_face(analyzer, aligned)


def test_each_attribute_has_a_map(explanation: Explanation, aligned: AlignedFace) -> None:
    assert list(explanation.importance) == ["age", "gender"]
    for importance in explanation.importance.values():
        assert importance.shape == aligned.chip.shape[:2]
        assert importance.dtype == np.float32
        assert importance.min() >= 0
        assert importance.max() == pytest.approx(1)
    assert not np.allclose(*explanation.importance.values(), atol=0.2)


def test_the_same_face_gets_the_same_explanation(
    analyzer: Analyzer, astronaut: np.ndarray, explanation: Explanation
) -> None:
    ((face, again),) = explain(analyzer, astronaut)
    assert face.to_dict() == analyzer.analyze(astronaut)[0].to_dict()
    np.testing.assert_array_equal(again.chip, explanation.chip)
    for name, importance in explanation.importance.items():
        np.testing.assert_array_equal(again.importance[name], importance)


def test_captum_finds_the_same_parts_important_for_the_gender(
    analyzer: Analyzer, aligned: AlignedFace, explanation: Explanation
) -> None:
    def gender(images: torch.Tensor) -> torch.Tensor:
        chips = images.round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
        return torch.from_numpy(analyzer.model.logits(chips)["gender_logits"][:, 0])

    size = len(aligned.chip)
    images = torch.from_numpy(aligned.chip.copy()).permute(2, 0, 1)[None].float()
    hidden = images.mean(dim=(2, 3), keepdim=True).expand_as(images)
    found = Occlusion(gender).attribute(
        images, (3, size // 4, size // 4), (3, size // 16, size // 16), hidden
    )
    sign = 1 if gender(images).item() > 0 else -1
    theirs = (sign * found.mean(dim=1)[0]).numpy()
    assert spearmanr(theirs, explanation.importance["gender"], axis=None).statistic > 0.3


def test_another_network_has_another_explanation(
    aligned: AlignedFace, explanation: Explanation, tmp_path: Path
) -> None:
    model = onnx.load(find_model("default"))
    random = np.random.default_rng(0)
    for tensor in model.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.ndim == 4 and weights.size > 1000:
            shuffled = random.permutation(weights.reshape(-1)).reshape(weights.shape)
            tensor.CopyFrom(numpy_helper.from_array(shuffled, tensor.name))
    onnx.save(model, tmp_path / "shuffled.onnx")
    shuffled = explain_face(Analyzer(tmp_path / "shuffled.onnx"), aligned)
    for name, importance in explanation.importance.items():
        alike = spearmanr(shuffled.importance[name], importance, axis=None).statistic
        assert abs(alike) < 0.4


def test_the_shares_of_the_parts_of_a_face_sum_to_one() -> None:
    size = 100
    everywhere = shares(np.ones((size, size), np.float32), UTKFACE_TEMPLATE)
    assert sum(everywhere.values()) == pytest.approx(1)
    assert everywhere["eyes"] == pytest.approx(0.21)
    mouth = np.zeros((size, size), np.float32)
    mouth[65:70, 45:55] = 1  # where the template has the corners of the mouth, at 0.68
    assert shares(mouth, UTKFACE_TEMPLATE)["mouth"] == pytest.approx(1)
    assert sum(shares(np.zeros((size, size), np.float32), UTKFACE_TEMPLATE).values()) == 0


@given(st.floats(0.5, 2))
def test_the_parts_contain_the_landmarks_of_the_template(crop_scale: float) -> None:
    size, template = 160, ChipTemplate(crop_scale=crop_scale)
    for landmark, part in zip(template.landmarks(size), _PARTS, strict=True):
        x, y = landmark.clip(0, size - 1).astype(int)
        seen = np.zeros((size, size), np.float32)
        seen[y, x] = 1
        assert shares(seen, template)[part] == pytest.approx(1)
    everything = shares(np.ones((size, size), np.float32), template)
    assert sum(everything.values()) == pytest.approx(1)
