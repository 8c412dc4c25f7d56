from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_files import HEIC, bitmap_with_alpha, encoded
from PIL import Image

from mien.errors import PictureFormatError, PictureUnsupportedError
from mien.images import PICTURE_SUFFIXES, formats, read_picture
from mien.images.decoding import failure
from mien.images.formats import FORMATS, find_format


def test_a_picture_of_a_phone(astronaut: np.ndarray) -> None:
    face = Image.fromarray(astronaut[40:200, 140:300]).resize((96, 96), Image.Resampling.LANCZOS)
    read = read_picture(HEIC)
    assert read.shape == (96, 96, 3)
    assert np.abs(read.astype(int) - np.asarray(face)).mean() < 4


def test_a_format_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)  # as where it is not installed
    with pytest.raises(PictureUnsupportedError, match=r"pip install 'mien\[heic\]'"):
        read_picture(HEIC)


def with_brands(data: bytes, brands: bytes) -> bytes:
    """Returns a file of the ISO media type with two other brands: a major and a compatible one."""
    length = int.from_bytes(data[:4], "big")
    return data[:8] + brands[:4] + data[12:16] + brands[4:] * (length // 4 - 4) + data[length:]


def test_the_brands_of_a_file_tell_its_codec(astronaut: np.ndarray) -> None:
    avif = encoded(astronaut[:64, :64].copy(), "AVIF")
    assert avif[8:12] == b"avif"
    for brands in (b"mif1miaf", b"miafmiaf", b"mif1MA1B", b"MA1BMA1B", b"mif1avif", b"heicmif1"):
        assert read_picture(with_brands(avif, brands)).shape == (64, 64, 3)
    heic = HEIC.read_bytes()
    assert heic[8:12] == b"heic"
    for brand in (b"mif1", b"heix", b"msf1"):
        assert read_picture(heic[:8] + brand + heic[12:]).shape == (96, 96, 3)
    with pytest.raises(PictureUnsupportedError, match="known format"):
        read_picture(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(100))


@pytest.mark.parametrize("brands", [b"heicmif1", b"mif1heic", b"mif1miaf"])
@pytest.mark.parametrize("codec", [b"vvc1", b"avc1", b"jpeg", b"j2k1", b"unci"])
def test_a_container_with_another_codec_is_not_damaged(codec: bytes, brands: bytes) -> None:
    data = with_brands(HEIC.read_bytes(), brands).replace(b"hvc1", codec)
    with pytest.raises(PictureUnsupportedError, match="not supported: a HEIF"):
        read_picture(data)


def test_a_codec_that_the_decoder_lacks_is_not_damage() -> None:
    lacking = (
        "Error while loading plugin: Support for this compression format has not been built in"
    )
    assert isinstance(failure(ValueError(lacking)), PictureUnsupportedError)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        *((form, {}) for form in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "PPM", "JPEG2000")),
        *(("TIFF", {"big_tiff": big}) for big in (False, True)),
        ("JPEG2000", {"no_jp2": True}),
    ],
)
def test_every_format_is_known_by_its_first_bytes(form: str, options: dict[str, object]) -> None:
    data = encoded(Image.new("RGB", (32, 20), "red"), form, **options)
    found = find_format(data)
    assert found in FORMATS
    assert found.open(data).format in (form, "PPM")


@pytest.mark.parametrize("after", [b"\n", b" ", b"\t", b"\r\n", b"\v", b"\f", b"#x\n", b" # x y\n"])
def test_anything_that_separates_may_follow_the_magic_of_a_pnm(after: bytes) -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    read = read_picture(b"P6" + after + b"2 2\n255\n" + pixels.tobytes())
    np.testing.assert_array_equal(read, pixels)
    plain = b"P2" + after + b"2 1 255 7 9"
    np.testing.assert_array_equal(read_picture(plain)[0, :, 0], [7, 9])


def test_suffixes_are_those_of_the_formats() -> None:
    assert {".jpg", ".png", ".heic", ".tif", ".pgm"} < PICTURE_SUFFIXES
    assert ".eps" not in PICTURE_SUFFIXES


_LOOP = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n{} loop\n"


@pytest.mark.parametrize(
    "data",
    [
        _LOOP,
        b"\xc5\xd0\xd3\xc6" + (30).to_bytes(4, "little") + bytes(22) + _LOOP,
        b"%PDF-1.4\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xd7\xcd\xc6\x9a" + bytes(40),
        b"8BPS\0\1" + bytes(40),
        b"P7\nWIDTH 1\n",
        b"BMx",
    ],
    ids=["PostScript", "PostScript for DOS", "PDF", "SVG", "WMF", "PSD", "PAM", "text"],
)
def test_no_other_format_is_decoded(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(data)
    with pytest.raises(PictureFormatError):
        read_picture(tmp_path / "picture.jpg")


def test_postscript_starts_no_program(tmp_path: Path) -> None:
    """Ghostscript is replaced by a program that leaves a mark."""
    program = tmp_path / "gs"
    program.write_text(f"#!/bin/sh\necho started > '{tmp_path}/mark'\n")
    program.chmod(0o755)
    (tmp_path / "face.jpg").write_bytes(_LOOP)
    code = "import sys, mien\nmien.read_picture(sys.argv[1])"
    command = [sys.executable, "-c", code, str(tmp_path / "face.jpg")]
    ended = subprocess.run(
        command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert "not a picture in a known format" in ended.stderr
    assert not (tmp_path / "mark").exists()


def test_every_decoder_is_there() -> None:
    for form in formats.FORMATS:
        module = __import__(form.module, fromlist=[form.decoder])
        assert issubclass(getattr(module, form.decoder), Image.Image)


def test_a_picture_whose_alpha_is_empty_is_opaque(astronaut: np.ndarray) -> None:
    face = astronaut[40:120, 140:220]
    for alpha in (0, 255):
        np.testing.assert_array_equal(read_picture(bitmap_with_alpha(face, alpha)), face)
    for form in ("PNG", "TIFF", "WEBP", "array"):
        pixels = np.dstack([face, np.zeros_like(face[..., 0])])
        data: Any = pixels
        if form != "array":
            file = io.BytesIO()
            options = {"lossless": True, "exact": True} if form == "WEBP" else {}
            Image.fromarray(pixels).save(file, form, **options)
            data = file.getvalue()
        np.testing.assert_array_equal(read_picture(data), face)
        pixels[0, 0, 3] = 255  # what is transparent on purpose is white
        assert (read_picture(pixels)[1:] == 255).all()
    half = read_picture(bitmap_with_alpha(face, 128))
    assert np.abs(half.astype(int) - (face.astype(int) + 255) // 2).max() <= 2


def test_the_preview_of_a_raw_file_is_not_taken_for_its_picture(astronaut: np.ndarray) -> None:
    """Cameras' raw files begin as a TIFF with a small preview."""
    preview = 254
    for mark, value in ((50706, b"\1\4\0\0"), (330, 8)):
        file = io.BytesIO()
        Image.fromarray(astronaut).save(file, "TIFF", tiffinfo={preview: 1, mark: value})
        with pytest.raises(PictureUnsupportedError, match="raw file"):
            read_picture(file.getvalue())
    file = io.BytesIO()
    Image.fromarray(astronaut).save(file, "TIFF", tiffinfo={preview: 1})
    np.testing.assert_array_equal(read_picture(file.getvalue()), astronaut)
