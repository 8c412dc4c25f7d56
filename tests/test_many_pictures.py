"""Many pictures in one call."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from faulty import FAULTY, Faulty
from PIL import Image

from mien import Analyzer, ModelError, pictures
from mien.assets import ASTRONAUT
from mien.errors import PictureNotFoundError
from mien.pictures import Analyzed, analyze_pictures


class Broken(io.BytesIO):
    """An open file that cannot be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise TimeoutError("the disk does not answer")


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(threads=1)


@pytest.fixture
def face(astronaut: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(astronaut[:220, 100:320])


def told(results: list[Analyzed]) -> list[str | int]:
    return [result.error or len(result.faces) for result, _ in results]


def test_one_that_cannot_be_used_harms_no_other(analyzer: Analyzer, face: np.ndarray) -> None:
    sources = [
        ("path", ASTRONAUT),
        ("missing", PictureNotFoundError("there is no such file")),
        ("text", b"no picture"),
        ("broken", Broken()),
        ("none", None),
        ("array", face),
        ("float", face.astype(np.float32)),
        ("black", np.zeros((9, 9), np.uint8)),
        ("again", face),
    ]
    results = list(analyze_pictures(analyzer, sources))
    assert [result.path for result, _ in results] == [name for name, _ in sources]
    counts = told(results)
    assert (counts[0], counts[5], counts[7:]) == (1, 1, [0, 1])
    for index, start in (
        (1, "there is no such file"),
        (2, "it is not a picture in a known format"),
        (3, "the picture cannot be read: the disk does not answer"),
        (4, "a picture cannot be a NoneType"),
        (6, "an array must be uint8"),
    ):
        assert str(counts[index]).startswith(start)
    for result, picture in results:
        assert (picture is None) == (result.error is not None)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RuntimeError("the kernel\nfailed"), "the picture cannot be analyzed: the kernel failed"),
        (MemoryError(), "there is not enough memory for the picture"),
    ],
)
def test_one_that_a_detector_fails_on_harms_no_other(
    error: Exception, sentence: str, face: np.ndarray
) -> None:
    analyzer = Analyzer(detector=Faulty(error), threads=1)
    sources = [("a", face), ("b", FAULTY), ("c", face)]
    assert told(list(analyze_pictures(analyzer, sources))) == [1, sentence, 1]


def test_a_model_that_cannot_run_ends_it(face: np.ndarray) -> None:
    analyzer = Analyzer(detector=Faulty(ModelError("the model cannot run")), threads=1)
    with pytest.raises(ModelError):
        list(analyze_pictures(analyzer, [("a", face), ("b", FAULTY)]))


def test_large_ones_take_turns(
    analyzer: Analyzer, face: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [(str(i), face if i % 3 else np.zeros((9, 9, 3), np.uint8)) for i in range(14)]
    expected = [0 if i % 3 == 0 else 1 for i in range(14)]
    for pixels in (1, face.size // 3, 5 * face.size // 3):
        monkeypatch.setattr(pictures, "_PIXELS_AHEAD", pixels)
        assert told(list(analyze_pictures(analyzer, iter(sources)))) == expected


def test_no_more_is_read_than_is_asked_for(analyzer: Analyzer, face: np.ndarray) -> None:
    asked = 0

    def sources():
        nonlocal asked
        for i in range(1000):
            asked += 1
            yield str(i), face

    results = analyze_pictures(analyzer, sources())
    assert next(results).result.path == "0"
    results.close()
    assert asked < 20


_MEMORY = """
import resource, sys
from mien import Analyzer
from mien.pictures import analyze_pictures
analyzer = Analyzer(threads=1)
paths = [(sys.argv[1], sys.argv[1])] * 10
years = [result.faces[0].age.years for result, _ in analyze_pictures(analyzer, paths)]
assert len(set(years)) == 1
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory in other units")
def test_ten_pictures_of_108_megapixels_take_less_than_a_gibibyte_and_a_half(
    tmp_path: Path,
) -> None:
    with Image.open(ASTRONAUT) as image:
        large = image.crop((0, 0, 512, 384)).resize((12_000, 9_000), Image.Resampling.BICUBIC)
    large.save(tmp_path / "large.jpg", quality=90)
    ended = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(tmp_path / "large.jpg")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(ended.stdout) < 1.5 * 2**20
