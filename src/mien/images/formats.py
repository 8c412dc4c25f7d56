"""The formats that mien reads: all are decoded inside the process.

Pillow knows more formats, but for some of them it starts other programs (Ghostscript for
PostScript), so that it is never asked what a file is.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, cast

from PIL import Image

from mien.errors import MissingExtraError, PictureUnsupportedError


class Format(NamedTuple):
    """A format of picture files.

    Attributes:
        name: Name of the format.
        suffixes: Endings of file names, in lower case.
        module: Module of the decoder.
        decoder: Class of the decoder in the module, a ``PIL.ImageFile.ImageFile``.
        adapt: Returns a file's bytes as the decoder takes them.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    decoder: str
    adapt: Callable[[bytes], bytes] = bytes

    def open(self, data: bytes) -> Image.Image:
        """Reads the header of a file of this format.

        Args:
            data: Bytes of the file.

        Raises:
            PictureUnsupportedError: The package of the decoder is not installed.
            Exception: The file is damaged; each decoder raises its own.
        """
        try:
            module: Any = import_module(self.module)
        except ImportError:
            missing = MissingExtraError(f"Reading {self.name} pictures", self.name.lower())
            text = str(missing)
            raise PictureUnsupportedError(text[0].lower() + text[1:]) from None
        decoder = getattr(module, self.decoder)
        return cast(Image.Image, decoder(io.BytesIO(self.adapt(data)), ""))


_JPEG = Format(
    "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), "PIL.JpegImagePlugin", "JpegImageFile"
)
_PNG = Format("PNG", (".png", ".apng"), "PIL.PngImagePlugin", "PngImageFile")
_WEBP = Format("WebP", (".webp",), "PIL.WebPImagePlugin", "WebPImageFile")
_AVIF = Format("AVIF", (".avif", ".avifs"), "PIL.AvifImagePlugin", "AvifImageFile")
_HEIC = Format("HEIC", (".heic", ".heif", ".hif"), "pi_heif", "HeifImageFile")
_GIF = Format("GIF", (".gif",), "PIL.GifImagePlugin", "GifImageFile")
_BMP = Format("BMP", (".bmp",), "PIL.BmpImagePlugin", "BmpImageFile")
_TIFF = Format("TIFF", (".tif", ".tiff"), "PIL.TiffImagePlugin", "TiffImageFile")
_JPEG_2000 = Format(
    "JPEG 2000", (".jp2", ".j2k", ".jpx"), "PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"
)
_PPM = Format(
    "PPM",
    (".ppm", ".pgm", ".pbm", ".pnm"),
    "PIL.PpmImagePlugin",
    "PpmImageFile",
    # a comment may follow at once
    lambda data: data[:2] + b"\n" + data[2:] if data[2:3] == b"#" else data,
)

FORMATS = (_JPEG, _PNG, _WEBP, _AVIF, _HEIC, _GIF, _BMP, _TIFF, _JPEG_2000, _PPM)
"""All formats that mien reads."""

PICTURE_SUFFIXES = frozenset(suffix for form in FORMATS for suffix in form.suffixes)
"""Endings of the names of pictures, in lower case, for the search of a folder."""

KNOWN = ", ".join(form.name for form in FORMATS[:-1]) + f" or {FORMATS[-1].name}"
"""Names of all formats, for messages."""

_AFTER_MAGIC = tuple(bytes([code]) for code in b" \t\n\v\f\r#")  # white space or a comment

_SIGNATURES = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"BM", _BMP),
    (b"II*\x00", _TIFF),
    (b"MM\x00*", _TIFF),
    (b"II+\x00", _TIFF),
    (b"MM\x00+", _TIFF),
    (b"\xff\x4f\xff\x51", _JPEG_2000),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _JPEG_2000),
    *((b"P%d" % kind + space, _PPM) for kind in range(1, 7) for space in _AFTER_MAGIC),
)

_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), _HEIC),
    **dict.fromkeys((b"hevc", b"hevx", b"hevm", b"hevs"), _HEIC),
}
_CONTAINERS = (b"mif1", b"mif2", b"msf1", b"miaf", b"MA1A", b"MA1B")  # they leave the codec open
_CODECS = {
    b"hvc1": _HEIC,
    b"av01": _AVIF._replace(adapt=lambda data: data[:8] + b"avif" + data[12:]),
    **dict.fromkeys((b"vvc1", b"avc1", b"evc1", b"jpeg", b"j2k1", b"unci"), None),
}
_HEAD = 4096  # bytes at the start of a file that name its codec


def find_format(data: bytes) -> Format | None:
    """Returns the format of a picture file by its first bytes, or None if mien does not read it.

    Args:
        data: Bytes of the file.

    Raises:
        PictureUnsupportedError: It is a HEIF container with another codec.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _WEBP
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    return next((form for signature, form in _SIGNATURES if data.startswith(signature)), None)


def _by_brand(data: bytes) -> Format | None:
    """Returns the format of a file of the ISO media type by its brands and its codec."""
    length = min(int.from_bytes(data[:4], "big"), len(data), 256)
    brands = [data[8:12], *(data[i : i + 4] for i in range(16, length - 3, 4))]
    known = next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    if known is _AVIF or not (known or any(brand in _CONTAINERS for brand in brands)):
        return known
    head = data[:_HEAD]
    form = next((form for codec, form in _CODECS.items() if codec in head), known)
    if form is None:
        raise PictureUnsupportedError(
            "this kind of picture is not supported: a HEIF container without HEVC and AV1"
        )
    return form
