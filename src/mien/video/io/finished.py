"""Recognises streams that have an end."""

from __future__ import annotations

from base64 import b64encode
from http.client import HTTPException
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

import cv2

from mien.video.io import devices

_PLAYLIST = b"#EXTM3U"


def is_finished(device: devices.VideoDevice, address: str) -> bool:
    """Returns whether a stream has an end.

    Either OpenCV knows how long it lasts, as of films and of finished playlists, or the server says
    how many bytes there are. A camera's stream has neither.

    Args:
        device: OpenCV's open device of the stream.
        address: Address of the stream; over HTTP the server is asked.
    """
    if device.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return True
    return address.startswith("http") and _has_length(address)


def _has_length(address: str) -> bool:
    try:
        with urlopen(_request(address), timeout=devices.TIMEOUT) as response:  # noqa: S310 (http alone)
            if response.length is None or response.headers.get_content_maintype() == "multipart":
                return False  # pictures of a camera are the parts of a whole without an end
            beginning: bytes = response.read(len(_PLAYLIST))
            return beginning != _PLAYLIST  # what it lists may go on
    except (OSError, ValueError, HTTPException):
        return False  # it is for OpenCV to say what is wrong


def _request(address: str) -> Request:
    parts = urlsplit(address)
    user, _, host = parts.netloc.rpartition("@")
    request = Request(urlunsplit(parts._replace(netloc=host)))  # noqa: S310 (http alone)
    if user:
        code = b64encode(unquote(user).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {code}")
    return request
