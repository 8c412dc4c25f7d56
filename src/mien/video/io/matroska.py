"""Reads raw pictures, each with its time, from the Matroska that ffmpeg writes into a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

_SEGMENT, _CLUSTER, _GROUP = 0x18538067, 0x1F43B675, 0xA0
_TRACKS, _TRACK, _VIDEO = 0x1654AE6B, 0xAE, 0xE0
_FOLDERS = {_SEGMENT, _CLUSTER, _GROUP, _TRACKS, _TRACK, _VIDEO}  # elements of other elements
_WIDTH, _HEIGHT, _SHOWN_WIDTH, _SHOWN_HEIGHT, _DURATION = 0xB0, 0xBA, 0x54B0, 0x54BA, 0x23E383
_TIME, _BLOCK, _SIMPLE_BLOCK = 0xE7, 0xA1, 0xA3
_LARGEST = 1 << 31  # bytes of an element; a picture of 4K has 25 million


class RawVideo:
    """Pictures of 24 bits a pixel.

    Args:
        stream: Matroska, with times in milliseconds; it is read up to the first picture.

    Attributes:
        readable: Whether there is a picture.
        pixel_aspect: How many times wider than high a pixel is.
        fps: Frames per second; 0 if unknown.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._elements = _elements(stream)
        self._cluster = 0  # its time
        header: dict[int, int] = {}
        self.readable = False
        for kind, content in self._elements:
            if kind == _CLUSTER:
                self.readable = True
                break
            if len(content) <= 8:
                header[kind] = int.from_bytes(content)
        self._size = (header.get(_HEIGHT, 0), header.get(_WIDTH, 0))
        shown = header.get(_SHOWN_WIDTH, 0), header.get(_SHOWN_HEIGHT, 0)
        self.pixel_aspect = 1.0
        if all(shown) and all(self._size):
            self.pixel_aspect = shown[0] * self._size[0] / (shown[1] * self._size[1])
        self.fps = 1e9 / header[_DURATION] if header.get(_DURATION) else 0.0

    def read(self) -> tuple[float, Any] | None:
        """Returns the next picture's time in milliseconds, and the picture; None at the end."""
        for kind, content in self._elements:
            if kind == _TIME:
                self._cluster = int.from_bytes(content)
            elif kind in (_BLOCK, _SIMPLE_BLOCK):
                later = int.from_bytes(content[1:3], signed=True)  # after the cluster
                size = 3 * self._size[0] * self._size[1]
                if size == 0 or len(content) != 4 + size:
                    return None
                pixels = np.frombuffer(content, np.uint8, offset=4)
                return float(self._cluster + later), pixels.reshape(*self._size, 3)
        return None


def _elements(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yields the kind and the content of each element; that of folders is empty and follows."""
    while True:
        kind, size = _number(stream, keep_length=True), _number(stream)
        if kind is None or size is None:
            return
        if kind in _FOLDERS:
            size = 0
        content = stream.read(size) if size <= _LARGEST else b""
        if len(content) < size:
            return
        yield kind, content


def _number(stream: BinaryIO, keep_length: bool = False) -> int | None:
    """Reads a number whose first byte says how long it is; None at the end."""
    first = stream.read(1)
    if not first or first == b"\0":
        return None
    length = 9 - first[0].bit_length()
    value = int.from_bytes(first + stream.read(length - 1))
    return value if keep_length else value & (1 << 7 * length) - 1
