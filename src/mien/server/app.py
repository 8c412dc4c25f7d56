"""The service's addresses. The only file that knows FastAPI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import WebSocketRoute
from starlette.staticfiles import StaticFiles

from mien import __version__
from mien.analyzer import Analyzer
from mien.assets import ASTRONAUT
from mien.pictures import SCHEMA
from mien.server.explaining import MOST_EXPLAINED
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.inference import Engine, Wishes
from mien.server.middleware.asgi import App
from mien.server.middleware.keys import Key, KeyCheck
from mien.server.middleware.limits import BodyLimit, Places, RateLimit
from mien.server.middleware.observability import Observed
from mien.server.middleware.security import HostCheck, OriginCheck, SecurityHeaders
from mien.server.middleware.waiting import ClientGone, work_for
from mien.server.openapi import ABOUT, ANALYZED, EXPLAINED, UPLOAD, problems
from mien.server.problems import Problem
from mien.server.schemas import EXAMPLES, Model
from mien.server.streams import StreamEndpoint
from mien.server.uploads import read_uploads

PAGE = Path(__file__).parents[1] / "web"
"""The folder of the page's files."""

_NOT_KEPT = {"cache-control": "no-store"}

_Cropped = Annotated[bool, Query(description="Each picture is one face and little else.")]

_PICTURE_PROBLEMS = (
    "bad_request",
    "unauthorised",
    "forbidden_origin",
    "too_large",
    "too_many_pixels",
    "too_many_pictures",
    "unsupported_picture",
    "unreadable_picture",
    "invalid_option",
    "rate_limited",
    "overloaded",
    "timeout",
)


def create_app(settings: Settings, analyzer: Analyzer, key: Key | None = None) -> App:
    """Makes the service.

    Args:
        settings: Of the service.
        analyzer: Its model is served.
        key: What clients must know; None if nothing.

    Returns:
        An ASGI application.
    """
    metrics = Metrics()
    engine = Engine(analyzer, settings, metrics)
    stream = StreamEndpoint(analyzer, settings, metrics, key)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(engine.start())
        yield
        starting.cancel()
        await engine.stop()
        stream.stop()

    app = FastAPI(
        title="mien",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere, and no request leaves the machine.
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, _answer_http_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(ClientGone, _answer_nobody)
    app.add_exception_handler(Exception, _answer_failure)
    _add_routes(app, settings, engine, metrics)
    # FastAPI leaves nulls out of examples.
    for path, example in EXAMPLES.items():
        answers = app.openapi()["paths"][path]["post"]["responses"]
        answers["200"]["content"]["application/json"]["example"] = example
    app.router.routes.append(WebSocketRoute("/v1/stream", stream))
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return _guard(app, settings, key, metrics)


def _guard(app: App, settings: Settings, key: Key | None, metrics: Metrics) -> App:
    """Puts what every request must pass around the addresses, the innermost first."""
    app = BodyLimit(app, settings.max_body_bytes, settings.max_total_bytes, settings.upload_timeout)
    app = RateLimit(app, settings.rate_limit, settings.rate_burst)
    if key is not None:
        app = KeyCheck(app, key)
    app = OriginCheck(app, settings.allowed_origins)
    if settings.allowed_origins:
        app = CORSMiddleware(
            app,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "x-api-key"],
        )
    app = HostCheck(app, settings.host, settings.allowed_hosts)
    return Observed(SecurityHeaders(app), metrics)


def _add_routes(app: FastAPI, settings: Settings, engine: Engine, metrics: Metrics) -> None:
    places = Places(settings.max_requests, metrics)
    explaining = Places(settings.max_explanations, metrics)
    limits = {
        name: getattr(settings, name) for name in ("max_body_bytes", "max_pixels", "max_pictures")
    }

    async def answer(
        request: Request, wishes: Wishes, free: Places, max_pictures: int
    ) -> JSONResponse:
        with free.take():
            uploads = await read_uploads(request, max_pictures, settings.max_body_bytes)
            work = engine.analyze_all(uploads, wishes)
            pictures = await work_for(request.receive, work, settings.timeout)
        model = engine.analyzer.card.name
        told = {"schema": SCHEMA, "model": model, "pictures": pictures}
        return JSONResponse(told, headers=_NOT_KEPT)

    @app.post(
        "/v1/analyze",
        summary="Says how the faces of pictures look",
        openapi_extra=UPLOAD,
        responses=ANALYZED | problems(*_PICTURE_PROBLEMS),
    )
    async def analyze(
        request: Request,
        cropped: _Cropped = False,
        max_faces: Annotated[
            int | None, Query(ge=1, description="Judge only the largest faces of a picture.")
        ] = None,
        chips: Annotated[
            bool, Query(description="Add to each face what the model saw, as a `data:` URL.")
        ] = False,
        distribution: Annotated[
            bool, Query(description="Add to each age its whole distribution.")
        ] = False,
    ) -> JSONResponse:
        wishes = Wishes(cropped, max_faces, chips, distribution)
        return await answer(request, wishes, places, settings.max_pictures)

    @app.post(
        "/v1/explain",
        summary="Shows where the model looked, for faces of pictures",
        description=f"It takes much longer than `/v1/analyze`. Pictures times `max_faces` are "
        f"{MOST_EXPLAINED} at most.",
        openapi_extra=UPLOAD,
        responses=EXPLAINED | problems(*_PICTURE_PROBLEMS),
    )
    async def explain(
        request: Request,
        cropped: _Cropped = False,
        max_faces: Annotated[
            int,
            Query(ge=1, le=MOST_EXPLAINED, description="Explain so many faces of a picture."),
        ] = 1,
        skip: Annotated[
            int, Query(ge=0, description="Leave out so many of the largest faces before them.")
        ] = 0,
    ) -> JSONResponse:
        wishes = Wishes(cropped, max_faces, explanation=True, skip=skip)
        most = min(settings.max_pictures, MOST_EXPLAINED // max_faces)
        return await answer(request, wishes, explaining, most)

    @app.get(
        "/v1/model",
        summary="The card of the model, and what a request may hold",
        responses={200: {"model": Model}, **problems("unauthorised", "rate_limited")},
    )
    async def model() -> JSONResponse:
        return JSONResponse({**json.loads(engine.analyzer.card.to_json()), "limits": limits})

    @app.get("/healthz", summary="Whether the service lives", response_class=PlainTextResponse)
    async def healthz() -> str:
        return "ok\n"

    @app.get(
        "/readyz",
        summary="Whether it can answer",
        response_class=PlainTextResponse,
        responses={503: {"description": "Not yet, or not any more."}},
    )
    async def readyz() -> PlainTextResponse:
        return PlainTextResponse("ready\n") if engine.ready else PlainTextResponse("not yet\n", 503)

    @app.get("/metrics", summary="Numbers for Prometheus", response_class=PlainTextResponse)
    async def numbers() -> Response:
        return Response(metrics.text(), media_type=metrics.media_type)

    @app.get("/sample.jpg", include_in_schema=False)
    async def sample() -> FileResponse:
        return FileResponse(ASTRONAUT, media_type="image/jpeg")


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
    first = error.errors()[0]
    problem = Problem("invalid_option", f"The option '{first['loc'][-1]}': {first['msg']}.")
    return await _answer_problem(request, problem)


async def _answer_nobody(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # as nginx counts it; nobody gets it


async def _answer_failure(request: Request, error: Exception) -> Response:
    return await _answer_problem(request, Problem("internal", "The service failed; see its log."))
