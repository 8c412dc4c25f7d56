from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from fuzz.model_files import SIDE, model_file
from mien.attributes.model import AttributeModel
from mien.errors import ModelError
from mien.runtime import OnnxSession

CHIPS = np.full((2, SIDE, SIDE, 3), 100, np.uint8)


def session(path: Path, data: bytes) -> OnnxSession:
    path.write_bytes(data)
    return OnnxSession(path, threads=1)


def test_a_model_is_run_by_its_path_and_by_its_bytes(tmp_path: Path) -> None:
    by_path = session(tmp_path / "model.onnx", model_file())
    assert by_path.run({"chips": CHIPS})["gender_logits"] == pytest.approx(np.ones((2, 1)))
    assert OnnxSession(model_file(), threads=1).metadata == by_path.metadata


@pytest.mark.parametrize("location", ["weights", "./weights", "../weights", "/etc/passwd"])
def test_a_model_takes_its_weights_from_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for where in (tmp_path, folder):
        (where / "weights").write_bytes(bytes(400))
    monkeypatch.chdir(folder)
    with pytest.raises(ModelError, match="is not an ONNX model that can be loaded"):
        session(folder / "model.onnx", model_file(external=location))


@pytest.mark.parametrize("parts", [{"operator": "org.example"}, {"shape": []}])
def test_what_the_runtime_does_not_know_is_refused(tmp_path: Path, parts: dict) -> None:
    with pytest.raises(ModelError, match="is not an ONNX model that can be loaded"):
        session(tmp_path / "model.onnx", model_file(**parts))


def test_metadata_that_is_no_text_is_refused(tmp_path: Path) -> None:
    data = model_file().replace(b"padding", b"paddin\xff")
    with pytest.raises(ModelError, match="is not an ONNX model that can be loaded"):
        session(tmp_path / "model.onnx", data)


def test_a_run_that_fails_says_why(tmp_path: Path) -> None:
    model = session(tmp_path / "model.onnx", model_file(input="x"))
    with pytest.raises(ModelError, match=r"the runtime fails: .*'x'") as refusal:
        model.run({"chips": CHIPS})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"gender_logits": [7]}, "'gender_logits' is not what its card says: 1 finite numbers"),
        ({"gender_logits": [0]}, "'gender_logits' is not"),
        ({"embedding": [0]}, "'embedding' is not what its card says: some finite numbers"),
        ({"embedding": [2, 1, 4]}, "'embedding' is not"),
        ({"input": "x"}, "the runtime fails"),
        ({"type": onnx.TensorProto.FLOAT}, "the runtime fails"),
        ({"shape": [None, 8, 8, 3]}, "the runtime fails"),
    ],
)
def test_a_model_that_does_not_suit_its_card(parts: dict, message: str) -> None:
    model = AttributeModel(OnnxSession(model_file(**parts), threads=1))
    with pytest.raises(ModelError, match=message):
        model.predict(CHIPS)
