"""A Matroska file of JPEG pictures whose times are chosen freely, which no encoder would write."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image


def _element(name: int, content: bytes) -> bytes:
    length = (len(content) | 1 << 56).to_bytes(8)
    return name.to_bytes((name.bit_length() + 7) // 8) + length + content


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(4))


def write_matroska(path: Path, frames: Iterable[tuple[np.ndarray, int]]) -> None:
    """Writes pictures (RGB, of one size), each with its time in milliseconds."""
    frames = list(frames)
    height, width = frames[0][0].shape[:2]
    header = _element(0x1A45DFA3, _element(0x4282, b"matroska") + _number(0x4287, 4))
    info = _element(0x1549A966, _number(0x2AD7B1, 1_000_000))  # times are in milliseconds
    picture = _element(0xE0, _number(0xB0, width) + _number(0xBA, height))
    kind = _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1) + _element(0x86, b"V_MJPEG")
    tracks = _element(0x1654AE6B, _element(0xAE, kind + picture))
    clusters = b""
    for pixels, milliseconds in frames:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=90)
        block = _element(0xA3, b"\x81\x00\x00\x80" + file.getvalue())
        clusters += _element(0x1F43B675, _number(0xE7, milliseconds) + block)
    path.write_bytes(header + _element(0x18538067, info + tracks + clusters))
