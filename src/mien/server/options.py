"""Checks of a request before its body is read: its options, and its encoding."""

from __future__ import annotations

from fastapi import Request
from fastapi.routing import APIRoute

from mien.server.problems import Problem, unknown_option

_OF_ALL = ("key",)  # which the check of the key reads


def option_names(request: Request) -> list[str]:
    """Returns the names of the options that an address knows."""
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    return [parameter.alias for parameter in route.dependant.query_params]


def check_options(request: Request) -> None:
    """Refuses options that the address does not know.

    Raises:
        Problem: There is one.
    """
    known = option_names(request)
    for name in request.query_params:
        if name not in known and name not in _OF_ALL:
            raise unknown_option(name, known)


def check_encoding(request: Request) -> None:
    """Refuses a body that is compressed as a whole: it may be of any size when it is unpacked.

    Raises:
        Problem: It is compressed.
    """
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        detail = f"The body is compressed ({encoding}); send it as it is."
        raise Problem("bad_request", detail, status=415)
