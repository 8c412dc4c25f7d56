"""Colours that a file declares where Pillow does not look, as an ICC profile."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

BROKEN_EXIF = (OSError, SyntaxError, TypeError, ValueError, struct.error)
"""What Pillow raises for EXIF data that are broken."""

_Point = tuple[float, float]

_D65 = (0.3127, 0.3290)
_PRIMARIES: dict[int, tuple[_Point, _Point, _Point, _Point]] = {
    1: (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: (_D65, (0.68, 0.32), (0.265, 0.69), (0.15, 0.06)),
}
"""White, red, green and blue by the numbers of ITU-T H.273: sRGB, BT.2020, Display P3."""

_GAMMAS = {**dict.fromkeys((1, 2, 6, 13, 14, 15), None), 4: 2.2, 5: 2.8, 8: 1.0}
"""Exponents by the numbers of H.273; None: as sRGB. PQ and HLG, of more light, are left out."""

_ADOBE_POINTS = (_D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
_ADOBE_GAMMA = 563 / 256
_ADOBE_FILES = "R03"  # interoperability index that cameras give to pictures in Adobe RGB
_INTEROPERABILITY_INDEX = 1

_NCLX = b"colrnclx"  # a box of AVIF and HEIC
_JP2_PROFILE = re.compile(rb"colr[\2\3]")  # a box of JPEG 2000, with a restricted or any profile
_HEAD = 65536  # bytes at the start of a file where it is looked for
_PNG_START = 8  # bytes of the signature

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_MOST = 3.0  # a profile's greatest number: those of real spaces are below 1
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


class _Space(NamedTuple):
    """An RGB space.

    Attributes:
        points: Chromaticities of white, red, green and blue.
        gamma: Exponent; None: the curve of sRGB.
    """

    points: tuple[_Point, ...]
    gamma: float | None


def use_declared(image: Image.Image, data: bytes) -> None:
    """Gives an opened picture the profile of the colours that its file declares.

    A PNG's ``cICP`` counts more than its profile. Where Pillow finds no profile, these count:
    ``nclx`` of AVIF and HEIC, a PNG's ``gAMA`` with ``cHRM``, the profile of a JPEG 2000, and the
    mark in EXIF by which cameras tell Adobe RGB.

    Args:
        image: Opened picture.
        data: Bytes of its file.
    """
    numbers = _cicp(data) if image.format == "PNG" else None
    space = _numbered(numbers)
    if space is None and not image.info.get("icc_profile"):
        if image.format == "PNG":
            space = _chromaticities(image)
        elif image.format == "JPEG2000":
            image.info["icc_profile"] = _jp2_profile(data)
        else:
            space = _numbered(_nclx(image, data)) or _adobe(image)
    if space is not None and (profile := _profile(space)) is not None:
        image.info["icc_profile"] = profile


def _jp2_profile(data: bytes) -> bytes | None:
    found = _JP2_PROFILE.search(data, 4, _HEAD)
    if found is None:
        return None
    start = found.start() - 4
    return data[found.end() + 2 : start + int.from_bytes(data[start : start + 4], "big")]


def _adobe(image: Image.Image) -> _Space | None:
    try:
        exif = image.getexif()
        if ExifTags.IFD.Interop not in exif.get_ifd(ExifTags.IFD.Exif):
            return None
        index = exif.get_ifd(ExifTags.IFD.Interop).get(_INTEROPERABILITY_INDEX)
    except BROKEN_EXIF:
        return None
    return _Space(_ADOBE_POINTS, _ADOBE_GAMMA) if index == _ADOBE_FILES else None


def _cicp(data: bytes) -> tuple[int, int] | None:
    position = _PNG_START
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"IDAT":
            break
        if kind == b"cICP" and length == 4:
            return data[position + 8], data[position + 9]
        position += 12 + length
    return None


def _nclx(image: Image.Image, data: bytes) -> tuple[int, int] | None:
    start = data.find(_NCLX, 0, _HEAD) + len(_NCLX)
    if image.format not in ("AVIF", "HEIF") or start < len(_NCLX) or start + 4 > len(data):
        return None
    primaries, transfer = struct.unpack_from(">HH", data, start)
    return primaries, transfer


def _numbered(numbers: tuple[int, int] | None) -> _Space | None:
    if numbers is None or numbers[0] not in _PRIMARIES or numbers[1] not in _GAMMAS:
        return None
    return _Space(_PRIMARIES[numbers[0]], _GAMMAS[numbers[1]])


def _chromaticities(image: Image.Image) -> _Space | None:
    values, gamma = image.info.get("chromaticity"), image.info.get("gamma")
    if values is None or gamma is None or not 0.1 <= gamma <= 10 or "srgb" in image.info:
        return None
    points = tuple(zip(values[::2], values[1::2], strict=True))
    if np.allclose(points, _PRIMARIES[1], atol=0.005) and abs(gamma * 2.2 - 1) < 0.01:
        return None  # so PNGs of sRGB have been declared
    return _Space(points, 1 / gamma)


def _profile(space: _Space) -> bytes | None:
    """Returns an ICC profile; None if the chromaticities are no space."""
    matrix = _matrix(space.points)
    if matrix is None:
        return None
    curve = _curve(0, space.gamma) if space.gamma is not None else _curve(3, *_SRGB_CURVE)
    tags = {b"wtpt": _xyz_tag(_D50)}
    for i, name in enumerate((b"r", b"g", b"b")):
        tags |= {name + b"XYZ": _xyz_tag(matrix[:, i]), name + b"TRC": curve}
    index, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        index += tag + struct.pack(">II", start + len(body), len(value))
        body += value
    size = 128 + len(index) + len(body)
    head = struct.pack(">I4xI4s4s4s", size, 0x04000000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">12x4s28x", b"acsp") + _numbers(*_D50)
    return head.ljust(128, b"\0") + index + body


def _matrix(points: tuple[_Point, ...]) -> NDArray[np.float64] | None:
    """Returns what turns linear RGB into XYZ as seen under D50."""
    if min(y for _, y in points) <= 0:
        return None
    white, *primaries = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in points)
    colours = np.stack(primaries, axis=1)
    if abs(np.linalg.det(colours)) < 1e-6:
        return None
    adapted = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    to_d50 = np.linalg.inv(_BRADFORD) @ adapted @ _BRADFORD
    matrix = np.asarray(to_d50 @ (colours * np.linalg.solve(colours, white)), np.float64)
    return matrix if np.abs(matrix).max() < _MOST else None


def _numbers(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(65536 * value) for value in values))


def _xyz_tag(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(*values)


def _curve(kind: int, *values: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _numbers(*values)
