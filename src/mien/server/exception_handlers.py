"""The answers of the service where something goes wrong."""

from __future__ import annotations

import json
from difflib import get_close_matches

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from mien.server.middleware.observability import STREAM
from mien.server.middleware.waiting import ClientGone
from mien.server.problems import Problem, invalid_option

_LONGEST = 100  # characters of a path for which a similar one is looked for


def add_exception_handlers(app: FastAPI, prefix: str) -> None:
    """Has every exception answered with a problem.

    Args:
        app: The application.
        prefix: Path at which clients see it, such as ``/mien``; empty: at the root.
    """

    async def answer_http_error(request: Request, error: Exception) -> Response:
        return await _answer_http_error(request, error, prefix)

    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, answer_http_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(ClientGone, _answer_gone)
    app.add_exception_handler(ClientDisconnect, _answer_gone)  # in the middle of its body
    app.add_exception_handler(Exception, _answer_failure)


async def _answer_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return Response(json.dumps(error.to_dict()), error.status, error.headers())


async def _answer_http_error(request: Request, error: Exception, prefix: str) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    addresses = {
        route.path: route.methods or set()
        for route in request.app.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    }
    # What no address takes, its method included, is searched for among the page's files.
    near = get_close_matches(path[:_LONGEST].lower(), [*addresses, STREAM], 1)
    headers = {}
    if path == STREAM:
        detail = "This address is a WebSocket; connect to it with ws:// or wss://."
        problem = Problem("bad_request", detail, status=426)
        headers = {"upgrade": "websocket"}
    elif path in addresses or (error.status_code == 405 and not near):
        methods = addresses.get(path, {"GET"})
        allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        problem = Problem("method_not_allowed", f"This address knows {allowed} only.")
        headers = {"allow": allowed}
    elif error.status_code in (404, 405):
        hint = f"; you may mean {prefix}{near[0]}" if near else ""
        problem = Problem("not_found", f"There is nothing at {prefix}{path}{hint}.")
    else:
        problem = Problem("bad_request", str(error.detail), status=error.status_code)
    response = await _answer_problem(request, problem)
    response.headers.update(headers)
    return response


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return await _answer_problem(request, invalid_option(error.errors()))


async def _answer_gone(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # as nginx counts it; no client gets it


async def _answer_failure(request: Request, error: Exception) -> Response:
    return await _answer_problem(request, Problem("internal", "The service failed; see its log."))
