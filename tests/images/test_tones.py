from __future__ import annotations

import cv2
import numpy as np
import pytest
from picture_files import encoded, jpeg_2000, png_of_16_bits, tiff
from PIL import Image

from mien.errors import PictureUnsupportedError
from mien.images import read_picture


@pytest.fixture(scope="module")
def face(astronaut: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(astronaut[40:160, 140:260])


@pytest.fixture(scope="module")
def grey(face: np.ndarray) -> np.ndarray:
    levels = np.asarray(Image.fromarray(face).convert("L")).copy()
    levels[0, :10] = [0, 255] * 5  # more than there may be faulty pixels
    return levels


def deep(levels: np.ndarray, bits: int) -> np.ndarray:
    """Returns levels of 8 bits as levels of more."""
    return (levels.astype(np.uint64) * (2**bits - 1) // 255).astype(np.uint32)


def same(data: bytes, expected: np.ndarray) -> bool:
    read = read_picture(data).astype(int)
    return bool(np.abs(read - expected.reshape(*expected.shape[:2], -1)).max() <= 1)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_grey_of_more_bits_keeps_its_brightness(grey: np.ndarray, bits: int) -> None:
    levels = deep(grey, bits).astype(np.uint16)
    assert same(encoded(levels, "PNG"), grey)
    for order in "<>":
        assert same(tiff(levels, byteorder=order), grey)
    header = f"P5 {grey.shape[1]} {grey.shape[0]} {2**bits - 1}\n".encode()
    raw = levels.astype(np.uint8 if bits == 8 else ">u2").tobytes()
    assert same(header + raw, grey)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_a_few_faulty_pixels_change_no_other(grey: np.ndarray, bits: int) -> None:
    levels = deep(grey, bits).astype(np.uint16)
    levels[7, [3, 50]] = 65535
    read = read_picture(encoded(levels, "PNG"))[:, :, 0].astype(int)
    assert (read[7, [3, 50]] == 255).all()
    read[7, [3, 50]] = grey[7, [3, 50]]
    assert np.abs(read - grey).max() <= 1


def test_a_few_faulty_pixels_of_floating_point(grey: np.ndarray) -> None:
    levels = grey.astype(np.float32) / 255
    levels[7, 3], levels[9, 4] = 5000, -5000
    read = read_picture(tiff(levels))[:, :, 0].astype(int)
    assert (read[7, 3], read[9, 4]) == (255, 0)
    read[7, 3], read[9, 4] = grey[7, 3], grey[9, 4]
    assert np.abs(read - grey).max() <= 1


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_colours_of_more_bits_keep_their_brightness(face: np.ndarray, bits: int) -> None:
    levels = deep(face, bits).astype(np.uint16)
    opaque = np.full(face.shape[:2], 65535, np.uint16)
    assert same(png_of_16_bits(levels), face)
    assert same(png_of_16_bits(np.dstack([levels, opaque])), face)
    assert same(tiff(levels, photometric="rgb"), face)
    grey = np.dstack([levels[:, :, 0], opaque])
    assert same(png_of_16_bits(grey), face[:, :, 0])


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_alpha_has_the_range_of_the_colours(face: np.ndarray, bits: int) -> None:
    alpha = np.full(face.shape[:2], 255, np.uint8)
    alpha[:60] = 128
    levels = deep(np.dstack([face, alpha]), bits).astype(np.uint16)
    read = read_picture(png_of_16_bits(levels))
    assert np.abs(read[60:].astype(int) - face[60:]).max() <= 1
    assert np.abs(read[:60].astype(int) - (face[:60].astype(int) * 128 // 255 + 127)).max() <= 2
    opaque = levels.copy()
    opaque[:, :, 3] = 2**bits - 1
    assert same(tiff(opaque, photometric="rgb", extrasamples=["unassalpha"]), face)
    grey = opaque[:, :, [0, 3]]
    assert same(png_of_16_bits(grey), face[:, :, 0])


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_colours_of_more_bits_in_other_formats(face: np.ndarray, bits: int) -> None:
    face = face.copy()
    face[0, 0] = 255
    levels = deep(face, bits).astype(np.uint16)
    size = f"{face.shape[1]} {face.shape[0]}"
    for most in {2**bits - 1, 65535}:
        assert same(f"P6 {size} {most}\n".encode() + levels.astype(">u2").tobytes(), face)
        plain = " ".join(map(str, levels.ravel()))
        assert same(f"P3 {size} {most}\n{plain}\n".encode(), face)
    assert same(jpeg_2000(levels), face)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_a_lossy_compression_that_exceeds_white(face: np.ndarray, bits: int) -> None:
    face = face.copy()
    face[:, ::20] = 255
    levels = deep(face, bits).astype(np.uint16)
    for pixels, expected in ((levels, face), (levels[:, :, 0], face[:, :, :1])):
        data = jpeg_2000(pixels, 60)
        stored = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert stored.max() >= 2**bits
        assert np.abs(read_picture(data).astype(int) - expected).mean() < 8


def test_a_black_picture_of_16_bits_is_black() -> None:
    assert not read_picture(png_of_16_bits(np.zeros((9, 9, 3), np.uint16))).any()


@pytest.mark.parametrize(
    ("kind", "bits"),
    [(np.uint32, 32), (np.uint32, 16), (np.uint32, 12), (np.int32, 31), (np.int16, 15)],
)
def test_wide_integers(grey: np.ndarray, kind: type[np.integer], bits: int) -> None:
    levels = deep(grey, bits).astype(kind)
    assert same(tiff(levels), grey)
    assert same(tiff(levels, compression="zlib"), grey)


def test_integers_below_zero(grey: np.ndarray) -> None:
    levels = (deep(grey, 16).astype(int) - 32768).astype(np.int16)
    assert same(tiff(levels), grey)


@pytest.mark.parametrize("bits", [8, 10, 16])
def test_where_white_is_zero(grey: np.ndarray, bits: int) -> None:
    levels = deep(255 - grey, bits).astype(np.uint8 if bits == 8 else np.uint16)
    assert same(tiff(levels, photometric="miniswhite"), grey)
    assert same(tiff(levels, photometric="miniswhite", compression="zlib"), grey)


@pytest.mark.parametrize("white", [1, 1.3, 255, 65535, 1e6])
def test_floating_point(grey: np.ndarray, white: float) -> None:
    levels = grey.astype(np.float32) / 255
    expected = grey
    if white == 1.3:  # light beyond white
        levels *= np.float32(white)
        expected = (grey * white).clip(0, 255).round()
    else:
        levels *= np.float32(white)
    assert same(tiff(levels), expected)
    levels[1, :3] = np.nan, np.inf, -np.inf
    assert np.abs(read_picture(tiff(levels)).astype(int)[2:, :, 0] - expected[2:]).max() <= 1


def test_floating_point_below_zero(grey: np.ndarray) -> None:
    assert same(tiff(grey.astype(np.float32) / 127.5 - 1), grey)
    assert same(tiff(1 - grey.astype(np.float32) / 255, photometric="miniswhite"), grey)


@pytest.mark.parametrize(
    ("pixels", "options"),
    [
        (np.zeros((40, 40, 3), np.float32), {"photometric": "rgb"}),
        (np.zeros((40, 40), np.float64), {}),
        (np.zeros((40, 40), np.uint64), {}),
        (np.zeros((40, 40), np.complex64), {}),
        (np.zeros((40, 40), np.int8), {}),
        (np.zeros((40, 40), np.float32), {"byteorder": ">", "compression": "zlib"}),
        (np.zeros((40, 40), np.int32), {"byteorder": ">", "compression": "zlib"}),
        (np.zeros((3, 40, 40), np.uint16), {"photometric": "rgb", "planarconfig": "separate"}),
    ],
)
def test_other_pixels_are_said_not_to_be_supported(
    pixels: np.ndarray, options: dict[str, object]
) -> None:
    with pytest.raises(PictureUnsupportedError, match="is not supported: "):
        read_picture(tiff(pixels, **options))
