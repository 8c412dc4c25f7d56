from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mien.errors import ModelError
from tools import import_weights


@pytest.fixture
def tensorflow_js(tmp_path: Path) -> Callable[[bool], tuple[Path, dict[str, np.ndarray]]]:
    """Writes a small TensorFlow.js model in two files; returns its path and its tensors."""

    def write(bare: bool) -> tuple[Path, dict[str, np.ndarray]]:
        rng = np.random.default_rng(0)
        plain = rng.normal(size=(2, 3)).astype("<f4")
        half = rng.normal(size=(4,)).astype("<f2")
        bytes_ = rng.integers(0, 256, (3, 1, 2), np.uint8)
        scalar = np.array(0.25, "<f4")
        entries = [
            {"name": "plain", "shape": [2, 3], "dtype": "float32"},
            {
                "name": "half",
                "shape": [4],
                "dtype": "float32",
                "quantization": {"dtype": "float16", "original_dtype": "float32"},
            },
            {
                "name": "bytes",
                "shape": [3, 1, 2],
                "dtype": "float32",
                "quantization": {"dtype": "uint8", "scale": 0.5, "min": -3.0},
            },
            {"name": "scalar", "shape": [], "dtype": "float32"},
        ]
        data = b"".join(array.tobytes() for array in (plain, half, bytes_, scalar))
        (tmp_path / "1of2.bin").write_bytes(data[:13])  # the file ends in the middle of a number
        (tmp_path / "2of2.bin").write_bytes(data[13:])
        manifest = [{"paths": ["1of2.bin", "2of2.bin"], "weights": entries}]
        path = tmp_path / "model.json"
        path.write_text(json.dumps(manifest if bare else {"weightsManifest": manifest}))
        dequantized = bytes_.astype(np.float32) * 0.5 - 3
        held = {"plain": plain, "half": half, "bytes": dequantized, "scalar": scalar}
        return path, {name: array.astype(np.float32) for name, array in held.items()}

    return write


@pytest.mark.parametrize("bare", [True, False])
def test_tensorflow_js_weights_are_read(
    tensorflow_js: Callable[[bool], tuple[Path, dict[str, np.ndarray]]], bare: bool
) -> None:
    path, held = tensorflow_js(bare)
    arrays, digest = import_weights._read_tfjs(path)
    assert arrays.keys() == held.keys()
    for name, array in held.items():
        assert arrays[name].dtype == np.float32
        np.testing.assert_array_equal(arrays[name], array)
    assert len(digest) == 64
    (path.parent / "2of2.bin").write_bytes((path.parent / "2of2.bin").read_bytes()[:-4] + b"\0" * 4)
    assert import_weights._read_tfjs(path)[1] != digest


def test_damaged_tensorflow_js_models_are_refused(
    tensorflow_js: Callable[[bool], tuple[Path, dict[str, np.ndarray]]], tmp_path: Path
) -> None:
    path, _ = tensorflow_js(True)
    (tmp_path / "2of2.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"is not a TensorFlow\.js model"):
        import_weights._read_tfjs(path)
    (tmp_path / "2of2.bin").unlink()
    with pytest.raises(ModelError, match=r"there is no file '.*2of2\.bin'"):
        import_weights._read_tfjs(path)
    path.write_text("{}")
    with pytest.raises(ModelError, match=r"is not a TensorFlow\.js model"):
        import_weights._read_tfjs(path)


def test_the_command_names_what_is_missing(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tools.import_weights", "faceres", "--from", "faceres.json")
    paths = ("--chips", str(tmp_path), "--out", str(tmp_path / "start.pt"))
    root = Path(__file__).parents[2]
    run = subprocess.run([*command, *paths], capture_output=True, text=True, cwd=root, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("import_weights: there is no chip cache in")
