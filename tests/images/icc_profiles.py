"""Small ICC profiles, and the colours that they stand for."""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


class Space(NamedTuple):
    """An RGB space: its primaries, its white, and its exponent; None for that of sRGB."""

    primaries: tuple[tuple[float, float], ...]
    white: tuple[float, float]
    gamma: float | None


_D65 = (0.3127, 0.3290)
SRGB = Space(((0.64, 0.33), (0.3, 0.6), (0.15, 0.06)), _D65, None)
SPACES = {
    "Display P3": Space(((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)), _D65, None),
    "Adobe RGB": Space(((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), _D65, 2.2),
    "ProPhoto": Space(
        ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), (0.3457, 0.3585), 1.8
    ),
}


def _xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1, (1 - x - y) / y])


def _matrix(space: Space) -> np.ndarray:
    """From linear RGB to XYZ, as seen under D50."""
    primaries = np.stack([_xyz(*point) for point in space.primaries], axis=1)
    white = _xyz(*space.white)
    adapted = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    return (
        np.linalg.inv(_BRADFORD)
        @ adapted
        @ _BRADFORD
        @ (primaries * np.linalg.solve(primaries, white))
    )


def linear(values: np.ndarray) -> np.ndarray:
    """Returns sRGB levels, 0..1, as amounts of light."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encode(light: np.ndarray, gamma: float | None) -> np.ndarray:
    if gamma is not None:
        return light ** (1 / gamma)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def in_space(picture: np.ndarray, space: Space) -> np.ndarray:
    """Returns the pixels that show an sRGB picture in another space, uint8."""
    change = np.linalg.inv(_matrix(space)) @ _matrix(SRGB)
    light = (linear(picture / 255) @ change.T).clip(0, 1)
    return (255 * _encode(light, space.gamma)).round().astype(np.uint8)


def rgb_profile(space: Space) -> bytes:
    matrix = _matrix(space)
    if space.gamma is None:
        curve = _curve(*(65535 * linear(np.linspace(0, 1, 1024))).round().astype(int))
    else:
        curve = _curve(round(256 * space.gamma))
    columns = {name + b"XYZ": _point(matrix[:, i]) for i, name in enumerate((b"r", b"g", b"b"))}
    curves = {name + b"TRC": curve for name in (b"r", b"g", b"b")}
    return _profile(b"RGB ", b"XYZ ", b"mntr", columns | curves)


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", b"mntr", {b"kTRC": _curve(round(256 * gamma))})


def grey_in(grey: np.ndarray, gamma: float) -> np.ndarray:
    """Returns the pixels that show grey sRGB levels with another exponent, uint8."""
    return (255 * _encode(linear(grey / 255), gamma)).round().astype(np.uint8)


def cmyk_profile(dullest: float, brightest: float) -> bytes:
    """Of inks that show plain CMYK with less contrast: its levels of sRGB between two others."""
    steps = 9
    axes = np.meshgrid(*[np.linspace(0, 1, steps)] * 4, indexing="ij")
    inks = np.stack(axes, axis=-1).reshape(-1, 4)
    levels = dullest + (brightest - dullest) * (1 - inks[:, :3]) * (1 - inks[:, 3:])
    xyz = linear(levels) @ _matrix(SRGB).T / _D50
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lab = np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)
    table = (lab * [2.55, 1, 1] + [0, 128, 128]).round().clip(0, 255).astype(np.uint8).tobytes()
    same = bytes(range(256))
    numbers = b"".join(_fixed(value) for value in np.eye(3).ravel())
    lut = b"mft1\0\0\0\0" + bytes([4, 3, steps, 0]) + numbers + 4 * same + table + 3 * same
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"A2B0": lut})


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(65536 * value))


def _point(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _curve(*values: int) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values)


def _profile(space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    name = b"test\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)
    tags = {b"desc": text, b"wtpt": _point(_D50), **tags}
    index, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        index += tag + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = 128 + len(index) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, kind, space, connection)
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += b"".join(map(_fixed, _D50))
    return head + bytes(128 - len(head)) + index + body
