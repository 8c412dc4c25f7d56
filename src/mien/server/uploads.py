"""The pictures of a request: its body, or the parts of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from mien.server.options import option_names
from mien.server.problems import Problem, unknown_option

FIELD = "picture"
"""The name of a form's parts that hold pictures, in what is said; any other name does as well."""


_PICTURE_NAMES = (FIELD, "file", "files", "image", "images", "pictures")


class Upload(NamedTuple):
    """One uploaded file.

    Attributes:
        name: What the client calls it.
        data: Its bytes.
    """

    name: str
    data: bytes


async def read_uploads(request: Request, max_pictures: int, max_bytes: int) -> list[Upload]:
    """Reads the pictures of a request into memory; nothing is written to a disk.

    Args:
        request: Its body is one picture, or a form whose files are pictures.
        max_pictures: The greatest number allowed.
        max_bytes: The greatest size of a body.

    Returns:
        At least one.

    Raises:
        Problem: There are none, too many, or the body is of another type.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        return await _read_form(request, max_pictures, max_bytes)
    if media_type.startswith("image/") or media_type == "application/octet-stream":
        return [Upload(FIELD, await request.body())]
    raise Problem(
        "unsupported_picture",
        "Send a picture as the body with its type (such as image/jpeg), or as multipart/form-data.",
    )


async def _read_form(request: Request, max_pictures: int, max_bytes: int) -> list[Upload]:
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=max_pictures, max_fields=16
    )
    parser.spool_max_size = max_bytes + 1  # larger parts would be written to a temporary file
    try:
        form = await parser.parse()
    except (MultiPartException, FormParserError) as error:  # older Starlette passes on the latter
        message = str(error)
        if message.startswith("Too many files"):
            detail = f"At most {max_pictures} pictures are allowed in a request."
            raise Problem("too_many_pictures", detail) from None
        detail = f"The form cannot be read: {message.rstrip('.')}."
        raise Problem("bad_request", detail) from None
    try:
        for name, part in form.multi_items():
            if isinstance(part, str):
                raise _text_part(name, option_names(request))
        uploads = [
            Upload(part.filename or FIELD, await part.read())
            for _, part in form.multi_items()
            if not isinstance(part, str)
        ]
    finally:
        await form.close()
    if not uploads:
        raise Problem("bad_request", f"The form has no file; send one as the part '{FIELD}'.")
    return uploads


def _text_part(name: str, known: Sequence[str]) -> Problem:
    """Returns the problem of a form's part that is text.

    Args:
        name: Name of the part.
        known: Names of the options of the address.
    """
    if name in known:
        detail = f"The option '{name}' belongs in the address: ?{name}=VALUE."
        return Problem("invalid_option", detail)
    if name in _PICTURE_NAMES:
        detail = f"The part '{name}' is text and no file; curl sends one with -F {name}=@FILE."
        return Problem("bad_request", detail)
    return unknown_option(name, known)
