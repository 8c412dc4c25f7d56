"""A camera on loopback: RTSP 1.0 (RFC 2326) over TCP, pictures as RTP/JPEG (RFC 2435)."""

from __future__ import annotations

import io
import itertools
import select
import socket
import socketserver
import struct
from collections.abc import Iterator, Sequence

import numpy as np
from loopback import FPS, Loopback
from PIL import Image

_CLOCK = 90_000  # ticks a second of RTP's time for pictures
_PAYLOAD = 1400  # bytes of a picture in one packet
_JPEG = 26  # RTP's number for it
_SUBSAMPLED, _OWN_TABLES = 1, 255  # RFC 2435: 4:2:0, and quantisation tables sent along


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yields each marker of a JPEG up to its scan, what it holds, and where it ends."""
    position = 2
    while True:
        marker, length = struct.unpack_from(">HH", jpeg, position)
        end = position + 2 + length
        yield marker, jpeg[position + 4 : end], end
        if marker == 0xFFDA:
            return
        position = end


def rtp_packets(picture: np.ndarray, number: int, sequence: Iterator[int]) -> Iterator[bytes]:
    """Yields the packets of one picture, whose sides are multiples of 8."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=85, subsampling="4:2:0")
    jpeg = file.getvalue()
    tables = b"".join(body[1:] for marker, body, _ in _segments(jpeg) if marker == 0xFFDB)
    scan = jpeg[max(end for _, _, end in _segments(jpeg)) : -2]
    height, width = picture.shape[:2]
    for start in range(0, len(scan), _PAYLOAD):
        last = start + _PAYLOAD >= len(scan)
        time = number * _CLOCK // FPS
        rtp = struct.pack(">BBHII", 0x80, last << 7 | _JPEG, next(sequence) & 0xFFFF, time, 1)
        kind = (_SUBSAMPLED, _OWN_TABLES, width // 8, height // 8)
        header = struct.pack(">I4B", start, *kind)
        if start == 0:
            header += struct.pack(">BBH", 0, 0, len(tables)) + tables
        yield rtp + header + scan[start : start + _PAYLOAD]


class _Handler(socketserver.StreamRequestHandler):
    server: RtspCamera

    def handle(self) -> None:
        while self._answer():
            pass

    def _answer(self) -> bool:
        """Answers a request, or skips a report on what arrived; false at the end."""
        first = self.rfile.read(1)
        if first == b"$":
            self.rfile.read(struct.unpack(">xH", self.rfile.read(3))[0])
            return True
        lines = [first + self.rfile.readline()]
        while (line := self.rfile.readline()).strip():
            lines.append(line)
        if lines == [b""]:
            return False
        method, address, _ = lines[0].decode().split()
        fields = dict(line.decode().strip().split(": ", 1) for line in lines[1:])
        extra, body = "", ""
        if method == "OPTIONS":
            extra = "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = (
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                f"m=video 0 RTP/AVP {_JPEG}\r\na=framerate:{FPS}\r\na=control:track\r\n"
            )
            extra = f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\n"
        elif method == "SETUP":
            extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        elif method == "PLAY":
            extra = "Session: 1\r\n"
        head = f"RTSP/1.0 200 OK\r\nCSeq: {fields['CSeq']}\r\n{extra}"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        if method == "PLAY":
            self._play()
        return method != "TEARDOWN"

    def _play(self) -> None:
        """Sends pictures until the other side says something."""
        sequence = itertools.count()
        for number, picture in enumerate(itertools.cycle(self.server.pictures)):
            for packet in rtp_packets(picture, number, sequence):
                self.wfile.write(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
            if select.select([self.connection], [], [], 1 / FPS)[0]:
                if self.connection.recv(1, socket.MSG_PEEK) != b"$":
                    return
                self._answer()


class RtspCamera(Loopback):
    """Shows pictures over and over, 25 a second.

    Args:
        pictures: RGB, uint8, of one size, whose sides are multiples of 8.
        port: 0 for any that is free.
    """

    def __init__(self, pictures: Sequence[np.ndarray], port: int = 0) -> None:
        self.pictures = pictures
        super().__init__(_Handler, port)
