"""Model files: their graphs, their metadata, and where they say their weights are."""

from __future__ import annotations

import contextlib
import json

import numpy as np
from hypothesis import strategies as st
from onnx import TensorProto

from fuzz.folders import empty_folder
from fuzz.model_files import CARD, SIDE, WHOLE, model_file
from fuzz.strategies import altered, changes_in, damaged
from mien.analyzer import Analyzer
from mien.assets import ASTRONAUT
from mien.faces import YuNet
from mien.images import read_picture

_DETECTOR = YuNet(threads=1)
_FACE = np.ascontiguousarray(read_picture(ASTRONAUT)[40:200:2, 140:300:2])
_WEIGHTS = bytes(400)  # of a file beside the model

_CHANGES = {
    "card": altered(CARD),
    "input": st.sampled_from(("x", "")),
    "type": st.sampled_from((TensorProto.FLOAT, TensorProto.STRING)),
    "shape": st.sampled_from(([1, SIDE, SIDE, 3], [None, 3, SIDE, SIDE], [None], [], [0])),
    "gender_logits": st.sampled_from(([0], [7], [], [1, 2], [101])),
    "embedding": st.sampled_from(([0], [7], [], [1, 2])),
    "operator": st.sampled_from(("org.example", "com.microsoft")),
    "external": st.sampled_from(
        ("weights", "./weights", "../weights", "none", "/etc/passwd", "/dev/zero")
    ),
    "padding": st.just(5_000_000),
}
INPUTS = st.one_of(
    st.fixed_dictionaries({}, optional=_CHANGES).map(lambda parts: json.dumps(parts).encode()),
    damaged(model_file()),
)


def run(data: bytes) -> None:
    """Loads a model and describes a face with it.

    Args:
        data: The file; or JSON that names parts of a whole one to replace.
    """
    folder = empty_folder("models")
    inner = folder / "inner"
    inner.mkdir()
    for parent in (folder, inner):
        (parent / "weights").write_bytes(_WEIGHTS)
    path = inner / "model.onnx"
    changes = changes_in(data)
    parts = changes or {}
    path.write_bytes(data if changes is None else model_file(**parts))
    with contextlib.chdir(inner):
        analyzer = Analyzer(path, detector=_DETECTOR, threads=1)
    numbers = [np.prod(parts.get(name, WHOLE[name])) for name in ("gender_logits", "embedding")]
    taken = parts.get("external") and any(numbers)
    assert not taken, "it took its weights from another file"
    (face,) = analyzer.analyze(_FACE, cropped=True)
    json.dumps(face.to_dict(), allow_nan=False)


def seeds() -> list[bytes]:
    """Makes a whole model."""
    return [json.dumps(WHOLE).encode()]
