"""A picture's format by its first bytes; its name and its type do not count."""

from __future__ import annotations

_ISO_BRANDS = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIF",
    b"heix": "HEIF",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
}

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)

KNOWN = "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF"
"""The formats, for messages."""


def sniff(data: bytes) -> str | None:
    """Returns Pillow's name of a picture's format, or None if the service does not take it.

    It takes the formats that browsers show and cameras write. Pillow can decode many others, some
    of them by running other programs.

    Args:
        data: The file, or its first 16 bytes.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _ISO_BRANDS.get(data[8:12])
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)
