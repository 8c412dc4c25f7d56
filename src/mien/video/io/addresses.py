"""Addresses of streams, and what to do with others."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from urllib.request import url2pathname

STREAMS = ("rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "udp", "tcp")
"""Schemes under which there are videos alone."""

WATCHED = (*STREAMS, "http", "https")
"""Schemes of addresses that can be watched."""


def scheme_of(text: str) -> str | None:
    """Returns the scheme of an address in lower case; None if the text is no address."""
    found = re.match(r"([a-z][a-z0-9+.-]+)://|(data|file):", text, re.IGNORECASE)
    return found and (found[1] or found[2]).lower()


def what_to_do(address: str, what: str) -> str:
    """Returns how to get at what an address leads to that is not read; begins with "is".

    Args:
        address: The address.
        what: The noun for what is there.
    """
    scheme = scheme_of(address)
    if scheme == "file":
        path = url2pathname(urlsplit(address).path)
        return f"is an address; give the path of the file: {path}"
    if scheme == "data":
        return f"is an address; save the {what} that it holds and give its path"
    return f"is an address; download the {what} and give its path"


def without_secrets(address: str) -> str:
    """Leaves out the name, the password and the values of parameters, which may be secrets too.

    Of an address that holds its content nothing is left.
    """
    if scheme_of(address) == "data":
        return "data:..."
    shown = re.sub(r"//([^/]*|[^/:]*:(?!\d+/).*)@", "//", address)
    # Digits between a colon and a slash are a port, or the beginning of a password with a slash.
    shown = re.sub(r"//[^/:]*:\d+/.*@", "//...@", shown)
    return re.sub(r"=[^&]*", "=...", shown)
