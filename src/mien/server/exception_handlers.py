"""The answers of the service where something goes wrong."""

from __future__ import annotations

import json

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from mien.server.middleware.waiting import ClientGone
from mien.server.problems import Problem, invalid_option


def add_exception_handlers(app: FastAPI) -> None:
    """Has every exception answered with a problem."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, _answer_http_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(ClientGone, _answer_gone)
    app.add_exception_handler(Exception, _answer_failure)


async def _answer_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return Response(json.dumps(error.to_dict()), error.status, error.headers())


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # Where an address does not know the method, the page's files are searched for it.
    methods = [
        method
        for route in request.app.routes
        if isinstance(route, APIRoute) and route.path == request.url.path
        for method in route.methods or ()
    ]
    if methods or error.status_code == 405:
        allowed = ", ".join(methods or ["GET", "HEAD"])
        problem = Problem("method_not_allowed", f"This address knows {allowed} only.")
        error.headers = {"allow": allowed}
    elif error.status_code == 404:
        problem = Problem("not_found", f"There is nothing at {request.url.path}.")
    else:
        problem = Problem("bad_request", str(error.detail), status=error.status_code)
    response = await _answer_problem(request, problem)
    response.headers.update(error.headers or {})
    return response


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return await _answer_problem(request, invalid_option(error.errors()))


async def _answer_gone(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # as nginx counts it; no client gets it


async def _answer_failure(request: Request, error: Exception) -> Response:
    return await _answer_problem(request, Problem("internal", "The service failed; see its log."))
