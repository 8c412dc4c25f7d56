from __future__ import annotations

import numpy as np
import pytest
from icc_profiles import (
    SPACES,
    SRGB,
    cmyk_profile,
    grey_in,
    grey_profile,
    in_space,
    rgb_profile,
)
from picture_files import encoded
from PIL import Image, ImageCms

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
