from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pi_heif
import pytest
from icc_profiles import (
    SPACES,
    SRGB,
    Space,
    cmyk_profile,
    grey_in,
    grey_profile,
    in_space,
    rgb_profile,
)
from picture_files import HEIC, encoded
from PIL import ExifTags, Image, ImageCms

from mien.images import read_picture


@pytest.fixture(scope="module")
def face(astronaut: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(astronaut[:220, 100:320])


def difference(read: np.ndarray, expected: np.ndarray) -> int:
    return int(np.abs(read.astype(int) - expected).max())


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_colours_become_those_of_srgb(face: np.ndarray, name: str, form: str) -> None:
    stored = in_space(face, SPACES[name])
    profile = rgb_profile(SPACES[name])
    assert difference(stored, face) > 15
    assert difference(read_picture(encoded(stored, form)), stored) == 0
    assert difference(read_picture(encoded(stored, form, icc_profile=profile)), face) <= 2


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF"])
def test_formats_that_lose_something_keep_their_profile(face: np.ndarray, form: str) -> None:
    space = SPACES["ProPhoto"]
    data = encoded(in_space(face, space), form, quality=95, icc_profile=rgb_profile(space))
    assert np.abs(read_picture(data).astype(int) - face).mean() < 4


def test_the_colours_of_what_is_transparent_are_converted_too(face: np.ndarray) -> None:
    space = SPACES["ProPhoto"]
    alpha = np.full(face.shape[:2], 255, np.uint8)
    alpha[:100] = 128
    stored = np.dstack([in_space(face, space), alpha])
    read = read_picture(encoded(stored, "PNG", icc_profile=rgb_profile(space)))
    assert difference(read[100:], face[100:]) <= 2
    assert difference(read[:100], face[:100] // 2 + 127) <= 3


@pytest.mark.parametrize("gamma", [1.4, 1.8, 2.6])
def test_grey_has_profiles_of_its_own(face: np.ndarray, gamma: float) -> None:
    grey = np.asarray(Image.fromarray(face).convert("L"))
    stored, profile = grey_in(grey, gamma), grey_profile(gamma)
    opaque = Image.fromarray(np.dstack([stored, np.full_like(stored, 255)]), "LA")
    deep = stored.astype(np.uint16) * 257
    for image in (stored, opaque, deep):
        read = read_picture(encoded(image, "PNG", icc_profile=profile))
        assert difference(read, grey[:, :, None]) <= 4
    assert difference(stored, grey) > 8


def test_grey_with_a_profile_of_colours(face: np.ndarray) -> None:
    grey = np.asarray(Image.fromarray(face).convert("L"))
    space = SPACES["ProPhoto"]
    data = encoded(grey_in(grey, 1.8), "PNG", icc_profile=rgb_profile(space))
    assert difference(read_picture(data), grey[:, :, None]) <= 2


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_inks_have_profiles_too(face: np.ndarray, form: str) -> None:
    cmyk = Image.fromarray(face).convert("CMYK")
    read = read_picture(encoded(cmyk, form, quality=95, icc_profile=cmyk_profile(0.1, 0.8)))
    assert np.abs(read - (25.5 + 0.7 * face)).mean() < 5
    assert np.abs(read.astype(int) - face).mean() > 15


def test_lab_needs_no_profile(face: np.ndarray) -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(Image.fromarray(face), srgb, lab, outputMode="LAB")
    assert difference(read_picture(encoded(image, "TIFF")), face) < 12


def with_chunks(png: bytes, **chunks: bytes) -> bytes:
    """Returns a PNG with more chunks before its pixels."""
    added = b"".join(
        struct.pack(">I", len(data))
        + name.encode()
        + data
        + struct.pack(">I", zlib.crc32(name.encode() + data))
        for name, data in chunks.items()
    )
    return png[:33] + added + png[33:]


@pytest.mark.parametrize("form", ["PNG", "AVIF"])
def test_colours_may_be_declared_by_numbers(face: np.ndarray, form: str) -> None:
    stored = in_space(face, SPACES["Display P3"])
    options = {"quality": 95} if form == "AVIF" else {}
    plain = encoded(stored, form, **options)
    profile = rgb_profile(SPACES["Display P3"])
    by_profile = read_picture(encoded(stored, form, icc_profile=profile, **options))
    if form == "PNG":
        data = with_chunks(plain, cICP=bytes([12, 13, 0, 1]))
    else:
        data = plain.replace(b"colrnclx\0\1\0\x0d", b"colrnclx\0\x0c\0\x0d")
    assert difference(read_picture(data), read_picture(plain)) > 10
    assert difference(read_picture(data), by_profile) <= 1


def test_a_heic_may_declare_its_colours_by_numbers() -> None:
    data = HEIC.read_bytes()
    plain = read_picture(data)
    start = data.index(b"colrnclx") + 8
    wide = read_picture(data[:start] + b"\0\x0c\0\x0d" + data[start + 4 :])
    png = encoded(plain, "PNG", icc_profile=rgb_profile(SPACES["Display P3"]))
    assert difference(wide, plain) > 5
    opened = pi_heif.HeifImageFile(io.BytesIO(data[:start] + b"\0\x0c\0\x0d" + data[start + 4 :]))
    assert difference(wide, read_picture(opened)) == 0
    assert difference(wide, read_picture(png)) <= 1


def chromaticities(space: Space) -> bytes:
    points = (space.white, *space.primaries)
    return struct.pack(">8I", *(round(100_000 * value) for point in points for value in point))


def test_a_png_may_declare_its_chromaticities(face: np.ndarray) -> None:
    space = SPACES["Adobe RGB"]
    png = encoded(in_space(face, space), "PNG")
    gamma = struct.pack(">I", 45455)
    read = read_picture(with_chunks(png, gAMA=gamma, cHRM=chromaticities(space)))
    assert difference(read, face) <= 2
    ignored = (
        {"gAMA": gamma, "cHRM": chromaticities(SRGB)},
        {"gAMA": gamma, "cHRM": chromaticities(space), "sRGB": b"\0"},
        {"gAMA": gamma, "cHRM": bytes(32)},
        {"gAMA": gamma, "cHRM": struct.pack(">8I", 31270, 32900, 1, 1, 2, 1, 1, 2)},
        {"gAMA": bytes(4), "cHRM": chromaticities(space)},
        {"gAMA": struct.pack(">I", 1), "cHRM": chromaticities(space)},
        {"cICP": bytes([9, 16, 0, 1])},  # PQ
        {"cICP": bytes([1, 13, 0, 1])},
    )
    for chunks in ignored:
        assert difference(read_picture(with_chunks(png, **chunks)), read_picture(png)) == 0


def test_cameras_mark_adobe_rgb_in_exif(face: np.ndarray) -> None:
    stored = in_space(face, SPACES["Adobe RGB"])
    assert difference(stored, face) > 10
    for index, expected in (("R03", face), ("R98", stored)):
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: index}
        for form, most in (("JPEG", 6), ("WEBP", 2)):
            options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {"lossless": True}
            data = encoded(stored, form, exif=exif.tobytes(), **options)
            assert difference(read_picture(data), expected) <= most


def test_a_jpeg_2000_has_its_profile_in_a_box(face: np.ndarray) -> None:
    plain = encoded(in_space(face, SPACES["Display P3"]), "JPEG2000")
    profile = rgb_profile(SPACES["Display P3"])
    assert difference(read_picture(plain), face) > 10
    header, colours = plain.index(b"jp2h") - 4, plain.index(b"colr") - 4
    old = int.from_bytes(plain[colours : colours + 4], "big")
    for method in (b"\2", b"\3"):
        box = struct.pack(">I", 11 + len(profile)) + b"colr" + method + bytes(2) + profile
        length = int.from_bytes(plain[header : header + 4], "big") - old + len(box)
        data = plain[:header] + struct.pack(">I", length) + plain[header + 4 : colours]
        data += box + plain[colours + old :]
        assert difference(read_picture(data), face) <= 2


def test_what_a_png_declares_counts_more_than_its_profile(face: np.ndarray) -> None:
    png = encoded(in_space(face, SPACES["Display P3"]), "PNG", icc_profile=grey_profile(1.8))
    read = read_picture(with_chunks(png, cICP=bytes([12, 13, 0, 1])))
    assert difference(read, face) <= 2


def test_a_profile_of_srgb_changes_nothing(face: np.ndarray) -> None:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (rgb_profile(SRGB), made):
        assert difference(read_picture(encoded(face, "PNG", icc_profile=profile)), face) == 0


@pytest.mark.parametrize(
    "profile",
    [
        b"no profile",
        rgb_profile(SPACES["ProPhoto"])[:200],
        rgb_profile(SPACES["ProPhoto"])[:128] + bytes(300),
        rgb_profile(SPACES["ProPhoto"]).replace(b"rTRC", b"xTRC"),
        grey_profile(1.8),
        cmyk_profile(0.1, 0.8),
    ],
    ids=["text", "cut off", "empty", "without red", "of grey", "of inks"],
)
def test_a_profile_that_is_broken_or_for_other_colours_is_ignored(
    face: np.ndarray, profile: bytes
) -> None:
    assert difference(read_picture(encoded(face, "PNG", icc_profile=profile)), face) == 0
