"""Whatever goes wrong with a picture is said in one sentence."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from picture_files import encoded
from PIL import Image

from mien.errors import PictureError, PictureFormatError, PictureMemoryError, PictureTooLargeError
from mien.images import no_memory, read_picture
from mien.images.decoding import failure

_WITH_LITTLE_MEMORY = """
import resource, sys
import numpy, cv2
from mien.images import read_picture
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
data = open(sys.argv[1], "rb").read()
resource.setrlimit(resource.RLIMIT_AS, (used + 40_000_000, used + 40_000_000))
try:
    read_picture(data)
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "AVIF"])
def test_too_little_memory_is_no_damage(form: str, tmp_path: Path) -> None:
    path = tmp_path / "large"
    options = {"TIFF": {"compression": "tiff_adobe_deflate"}, "AVIF": {"speed": 10}}
    path.write_bytes(encoded(Image.new("RGB", (6000, 5000)), form, **options.get(form, {})))
    ended = subprocess.run(
        [sys.executable, "-c", _WITH_LITTLE_MEMORY, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == (
        "PictureMemoryError: there is not enough memory for its 6000 x 5000 pixels\n"
    )


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError("out of memory error when reading image file"),
        RuntimeError("std::bad_alloc"),
        RuntimeError("Failed to decode image: Out of memory"),
        RuntimeError("Memory allocation error: Security limit exceeded"),
    ],
)
def test_libraries_say_in_their_own_way_that_there_is_no_memory(error: Exception) -> None:
    assert isinstance(failure(error, (6, 5)), PictureMemoryError)
    assert "6 x 5" in str(failure(error, (6, 5)))
    assert isinstance(no_memory(error), MemoryError)
    assert no_memory(ValueError("broken data stream")) is None


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), SyntaxError("not a file")])
def test_whatever_a_decoder_raises_is_a_sentence(error: Exception) -> None:
    assert type(failure(error)) is PictureFormatError
    assert str(failure(error)).startswith("the picture is damaged: ")


def test_a_picture_that_was_opened_only_and_is_cut_off() -> None:
    data = encoded(Image.radial_gradient("L"), "PNG")
    image = Image.open(io.BytesIO(data[: len(data) // 2]))
    with pytest.raises(PictureFormatError, match="damaged"):
        read_picture(image)


def test_the_limit_names_what_raises_it() -> None:
    data = encoded(Image.new("L", (600, 500)), "PNG")
    with pytest.raises(PictureTooLargeError, match=r"600 x 500 .* raise max_pixels \(--max-mega"):
        read_picture(data, max_pixels=299_999)
    assert read_picture(data, max_pixels=300_000).shape == (500, 600, 3)


def test_a_picture_may_have_more_pixels_than_pillow_warns_of(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    data = encoded(Image.new("L", (2000, 1500)), "JPEG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)
    assert read_picture(data).shape == (1500, 2000, 3)
    assert not recwarn.list


def test_a_path_that_no_system_takes() -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        read_picture("a\0b.jpg")
