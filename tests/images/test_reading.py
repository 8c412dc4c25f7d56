from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_files import bitmap_with_alpha, encoded, png_of_16_bits, tiff
from PIL import Image

from mien.errors import (
    PictureError,
    PictureFormatError,
    PictureNotFoundError,
    PictureTooLargeError,
    PictureUnsupportedError,
)
from mien.images import read_picture


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_give_the_pixels(astronaut: np.ndarray, form: str) -> None:
    data = encoded(Image.fromarray(astronaut), form)
    np.testing.assert_array_equal(read_picture(data), astronaut)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF"])
def test_lossy_formats_come_close(astronaut: np.ndarray, form: str) -> None:
    read = read_picture(encoded(Image.fromarray(astronaut), form, quality=90))
    assert read.shape == astronaut.shape
    assert np.abs(read.astype(int) - astronaut).mean() < 4


def test_path_text_bytes_and_array_agree(astronaut: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(astronaut).save(path)
    for source in (path, str(path), path.read_bytes(), astronaut):
        np.testing.assert_array_equal(read_picture(source), astronaut)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "AVIF"])
def test_exif_orientation_is_applied(astronaut: np.ndarray, orientation: int, form: str) -> None:
    to_stored = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    upright = astronaut[:240:2, 140:300:2]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(to_stored[orientation](upright)))
    read = read_picture(encoded(stored, form, exif=exif, quality=90))
    assert read.shape == upright.shape
    assert np.abs(read.astype(int) - upright).mean() < (4 if form == "AVIF" else 1e-9)


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\0" * 90])
def test_a_broken_exif_is_ignored(astronaut: np.ndarray, exif: bytes) -> None:
    read = read_picture(encoded(astronaut, "PNG", exif=exif))
    np.testing.assert_array_equal(read, astronaut)


def test_transparency_is_laid_over_white() -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2] = (10, 20, 30, 255)
    read = read_picture(encoded(Image.fromarray(rgba), "PNG"))
    assert read[0, 0].tolist() == [10, 20, 30]
    assert read[3, 3].tolist() == [255, 255, 255]


def test_grey_palette_and_cmyk_become_rgb(astronaut: np.ndarray) -> None:
    image = Image.fromarray(astronaut)
    grey = read_picture(encoded(image.convert("L"), "PNG"))
    assert (grey == grey[:, :, :1]).all()
    palette = read_picture(encoded(image.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"))
    assert np.abs(palette.astype(int) - astronaut).mean() < 12
    cmyk = read_picture(encoded(image.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(cmyk.astype(int) - astronaut).mean() < 12


def test_the_first_frame_of_an_animation_is_taken(astronaut: np.ndarray) -> None:
    frames = [Image.fromarray(astronaut), Image.new("RGB", (512, 512))]
    data = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(read_picture(data), astronaut)


def test_a_missing_file_a_folder_and_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(PictureNotFoundError, match=r"'.*none\.jpg': there is no such file"):
        read_picture(tmp_path / "none.jpg")
    with pytest.raises(PictureError, match=f"'{re.escape(str(tmp_path))}': it is a folder"):
        read_picture(tmp_path)
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(PictureFormatError, match=r"empty\.jpg': the file is empty"):
        read_picture(tmp_path / "empty.jpg")


def test_a_text_file_called_jpg(tmp_path: Path) -> None:
    path = tmp_path / "text.jpg"
    path.write_text("not a picture")
    with pytest.raises(PictureFormatError, match="not a picture"):
        read_picture(path)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file(astronaut: np.ndarray, form: str) -> None:
    data = encoded(Image.fromarray(astronaut), form)
    with pytest.raises(PictureFormatError):
        read_picture(data[: len(data) // 2])


def test_an_avif_with_a_wrong_byte_in_its_boxes(astronaut: np.ndarray) -> None:
    data = encoded(Image.fromarray(astronaut[40:200:2, 140:300:2]), "AVIF")
    for offset in range(300):
        assert picture_or_sentence(data[:offset] + b"\x02" + data[offset + 1 :])


def test_a_huge_header_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    png += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 0) + b"IDAT" + b"\0" * 4
    with pytest.raises(PictureTooLargeError, match="megapixels"):
        read_picture(png)


def test_the_limit_can_be_set(astronaut: np.ndarray) -> None:
    data = encoded(Image.fromarray(astronaut), "PNG")
    with pytest.raises(PictureTooLargeError, match="512 x 512"):
        read_picture(data, max_pixels=512 * 511)
    assert read_picture(data, max_pixels=512 * 512).shape == (512, 512, 3)
    with pytest.raises(PictureTooLargeError):
        read_picture(astronaut, max_pixels=1000)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((1, 4, 4, 3), np.uint8),
    ],
)
def test_an_array_of_the_wrong_form(array: np.ndarray) -> None:
    with pytest.raises(PictureFormatError, match=str(array.shape[0])):
        read_picture(array)


def test_every_kind_of_source_gives_the_same_picture(astronaut: np.ndarray, tmp_path: Path) -> None:
    image = Image.fromarray(astronaut)
    data = encoded(image, "PNG")
    (tmp_path / "a.png").write_bytes(data)
    with (tmp_path / "a.png").open("rb") as file:
        sources = [
            *(image, data, bytearray(data), memoryview(data), io.BytesIO(data), file),
            astronaut,
        ]
        for source in sources:
            np.testing.assert_array_equal(read_picture(source), astronaut)
    opaque = np.dstack([astronaut, np.full((512, 512), 255, np.uint8)])
    np.testing.assert_array_equal(read_picture(opaque), astronaut)
    np.testing.assert_array_equal(read_picture(astronaut[:, :, ::-1], colour="bgr"), astronaut)
    bgra = opaque[:, :, [2, 1, 0, 3]]
    np.testing.assert_array_equal(read_picture(bgra, colour="bgr"), astronaut)
    grey = astronaut[:, :, 0]
    for source in (grey, grey[:, :, None]):
        read = read_picture(source)
        assert read.shape == (512, 512, 3)
        np.testing.assert_array_equal(read, grey[:, :, None].repeat(3, axis=2))


def test_a_pillow_image_is_turned_upright(astronaut: np.ndarray, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(astronaut[::-1, ::-1].copy()).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(read_picture(image), astronaut)


def test_a_pillow_image_is_read_as_its_file(astronaut: np.ndarray, tmp_path: Path) -> None:
    face = np.ascontiguousarray(astronaut[:120, 140:260])
    files = {
        "no_end.jpg": encoded(face, "JPEG")[:-2],
        "ten_bits.png": png_of_16_bits(face.astype(np.uint16) * 4),
        "no_alpha.bmp": bitmap_with_alpha(face, 0),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        for source in (tmp_path / name, io.BytesIO(data)):
            with Image.open(source) as image:
                for _ in range(2):  # it is left as it was
                    np.testing.assert_array_equal(read_picture(image), read_picture(data))
                assert image.tile
        assert np.abs(read_picture(data).astype(int) - face).mean() < 4


def test_a_pillow_image_of_another_kind_of_pixels_is_refused() -> None:
    data = tiff(np.full((40, 40), -1, np.int8))
    decoded = Image.open(io.BytesIO(data))
    decoded.load()
    for image in (Image.open(io.BytesIO(data)), decoded):
        with pytest.raises(PictureUnsupportedError, match="a TIFF of 8 bits that is signed"):
            read_picture(image)


def test_what_was_done_to_a_pillow_image_is_kept(astronaut: np.ndarray) -> None:
    drafted = Image.open(io.BytesIO(encoded(astronaut, "JPEG")))
    drafted.draft("RGB", (128, 128))
    assert read_picture(drafted).shape == (128, 128, 3)
    frames = [Image.new("L", (20, 20), level) for level in (0, 255)]
    second = Image.open(io.BytesIO(encoded(frames[0], "TIFF", save_all=True, append_images=frames)))
    second.seek(2)
    assert (read_picture(second) == 255).all()
    painted = Image.open(io.BytesIO(encoded(frames[0], "PNG")))
    painted.paste(255, (0, 0, 20, 20))
    assert (read_picture(painted) == 255).all()
    other = Image.open(io.BytesIO(encoded(frames[1], "TGA")))
    assert (read_picture(other) == 255).all()


def test_a_pillow_image_whose_file_is_closed(tmp_path: Path) -> None:
    Image.new("L", (20, 20)).save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        pass
    with pytest.raises(PictureError, match=r"is closed; call load\(\)"):
        read_picture(image)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "a picture cannot be a NoneType; give a path"),
        (3, "a picture cannot be a int"),
        ([1, 2], "a picture cannot be a list"),
        (io.StringIO("text"), "open it in binary mode"),
    ],
)
def test_what_is_no_source_is_refused(source: object, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        read_picture(source)


def test_a_missing_picture_is_a_missing_file_too() -> None:
    with pytest.raises(FileNotFoundError):
        read_picture("none.jpg")
    with pytest.raises(PictureNotFoundError):
        read_picture("none.jpg")


def picture_or_sentence(data: bytes) -> bool:
    try:
        return read_picture(data, max_pixels=100_000).ndim == 3
    except PictureError as error:
        return bool(str(error))


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM"])
)
def test_any_bytes_are_a_picture_or_a_clear_error(data: bytes, start: bytes) -> None:
    assert picture_or_sentence(start + data)


@given(st.data())
def test_a_damaged_file_is_a_picture_or_a_clear_error(data: st.DataObject) -> None:
    image = Image.radial_gradient("L").resize((40, 30))
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"]))
    content = bytearray(encoded(image.convert("RGB"), form))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert picture_or_sentence(bytes(content))
