"""The service's addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from mien import __version__
from mien.age_check import AgeCheck
from mien.analyzer import Analyzer
from mien.assets import ASTRONAUT
from mien.errors import ModelError, OptionError
from mien.server import openapi
from mien.server.exception_handlers import add_exception_handlers
from mien.server.explaining import MOST_EXPLAINED
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.inference import Inference, Options
from mien.server.middleware.addresses import HeadAsGet, PathPrefix
from mien.server.middleware.asgi import App
from mien.server.middleware.keys import Key, KeyCheck
from mien.server.middleware.limits import BodyLimit, ConcurrencyLimit, RateLimit
from mien.server.middleware.observability import STREAM, Observed
from mien.server.middleware.security import HostCheck, OriginCheck, SecurityHeaders
from mien.server.middleware.waiting import work_for
from mien.server.options import check_options
from mien.server.page import page_routes
from mien.server.problems import Problem
from mien.server.schemas import Certainty
from mien.server.streams import StreamEndpoint
from mien.server.uploads import read_uploads

_NOT_KEPT = {"cache-control": "no-store"}

_Cropped = Annotated[bool, Query(description="Each picture is one face and little else.")]
_Attributes = Annotated[
    tuple[str, ...], Query(description="Also show this attribute, which has a notice; repeatable.")
]
_CertaintyOption = Annotated[
    Certainty,
    Query(description="Share of the decided labels that shall be right. `off` decides every one."),
]

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
    "model_failed",
    "timeout",
)


def create_app(settings: Settings, analyzer: Analyzer, key: Key | None = None) -> App:
    """Makes the service.

    Args:
        settings: Settings of the service.
        analyzer: Its model is served.
        key: Key that clients must send; None if there is none.

    Returns:
        An ASGI application.
    """
    metrics = Metrics()
    inference = Inference(analyzer, settings, metrics)
    stream = StreamEndpoint(inference, settings, metrics, key)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(inference.start())
        yield
        starting.cancel()
        inference.stop()
        stream.stop()

    prefix = settings.root_path
    app = FastAPI(
        title="mien",
        version=__version__,
        description=openapi.ABOUT,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere, and no request leaves the machine.
        docs_url=None,
        redoc_url=None,
        servers=[{"url": prefix}] if prefix else None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    add_exception_handlers(app)
    _add_picture_routes(app, settings, inference, metrics)
    _add_other_routes(app, settings, inference, metrics)
    openapi.complete(app.openapi())
    app.router.routes.append(WebSocketRoute(STREAM, stream))
    app.router.routes.append(WebSocketRoute("/{path:path}", _refuse_stream))
    app.router.routes.extend(page_routes(prefix))
    return _guard(app, settings, key, metrics)


async def _refuse_stream(socket: WebSocket) -> None:
    """Tells a client that streams have another address."""
    await socket.accept()
    await socket.close(1008, f"There is no stream at this address; it is at {STREAM}.")


def _guard(app: App, settings: Settings, key: Key | None, metrics: Metrics) -> App:
    """Puts what every request must pass around the addresses, the innermost first."""
    app = BodyLimit(app, settings.max_body_bytes, settings.max_total_bytes, settings.upload_timeout)
    app = RateLimit(app, settings.rate_limit, settings.rate_burst)
    if key is not None:
        app = KeyCheck(app, key, settings.root_path)
    if settings.allowed_origins:
        app = CORSMiddleware(
            app,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "x-api-key"],
        )
    app = OriginCheck(app, settings.allowed_origins)
    app = HostCheck(app, settings.host, settings.allowed_hosts)
    app = SecurityHeaders(HeadAsGet(app), based=bool(settings.root_path))
    return PathPrefix(Observed(app, metrics), settings.root_path)


def _add_picture_routes(
    app: FastAPI, settings: Settings, inference: Inference, metrics: Metrics
) -> None:
    analyzing = ConcurrencyLimit(settings.max_requests, metrics)
    explaining = ConcurrencyLimit(settings.max_explanations, metrics)
    usual: float | Literal["off"] = inference.analyzer.certainty or "off"

    async def answer(
        request: Request, options: Options, limit: ConcurrencyLimit, max_pictures: int
    ) -> JSONResponse:
        _check_encoding(request)
        inference.check()
        limit.check()
        # A body that comes slowly does not count as a request that is worked on.
        uploads = await read_uploads(request, max_pictures, settings.max_body_bytes)
        with limit.take():
            work = inference.analyze(uploads, options)
            answered = await work_for(request.receive, work, settings.timeout)
        return JSONResponse(answered, headers=_NOT_KEPT)

    def showing(attributes: tuple[str, ...], certainty: float | Literal["off"]) -> Analyzer:
        try:
            return inference.analyzer.showing(attributes, None if certainty == "off" else certainty)
        except ModelError as error:
            raise Problem("invalid_option", f"The option 'attributes': {error}.") from None

    @app.post(
        "/v1/analyze",
        dependencies=[Depends(check_options)],
        summary="Describes the faces of pictures",
        openapi_extra=openapi.UPLOAD,
        responses=openapi.ANALYZED | openapi.problems(*_PICTURE_PROBLEMS),
    )
    async def analyze(
        request: Request,
        cropped: _Cropped = False,
        max_faces: Annotated[
            int | None, Query(ge=1, description="Describe only so many faces, the largest.")
        ] = None,
        attributes: _Attributes = (),
        certainty: _CertaintyOption = usual,
        over: Annotated[
            int | None,
            Query(ge=1, le=99, description="Add to each face whether it looks this old in years."),
        ] = None,
        challenge: Annotated[
            int | None,
            Query(
                ge=1,
                le=99,
                description="With `over`: faces with a lower apparent age in years must be asked.",
            ),
        ] = None,
        chips: Annotated[
            bool, Query(description="Add to each face the aligned face that the model saw.")
        ] = False,
        distribution: Annotated[
            bool, Query(description="Add to each age its whole distribution.")
        ] = False,
    ) -> JSONResponse:
        options = Options(
            showing(attributes, certainty),
            cropped=cropped,
            max_faces=max_faces,
            check=_age_check(over, challenge, certainty),
            chips=chips,
            distribution=distribution,
        )
        return await answer(request, options, analyzing, settings.max_pictures)

    @app.post(
        "/v1/explain",
        dependencies=[Depends(check_options)],
        summary="Explains what the estimates for faces depend on",
        description="It takes much longer than `/v1/analyze`. Pictures times `max_faces` are "
        f"{MOST_EXPLAINED} at most.",
        openapi_extra=openapi.UPLOAD,
        responses=openapi.ANALYZED | openapi.problems(*_PICTURE_PROBLEMS, "wrong_size"),
    )
    async def explain(
        request: Request,
        aligned: Annotated[
            bool,
            Query(
                description="Each picture is an aligned face, as `chips=true` of `/v1/analyze` "
                "adds it. No face is detected."
            ),
        ] = False,
        cropped: _Cropped = False,
        max_faces: Annotated[
            int,
            Query(
                ge=1,
                le=MOST_EXPLAINED,
                description="Explain so many faces of a picture, the largest.",
            ),
        ] = 1,
        attributes: _Attributes = (),
        certainty: _CertaintyOption = usual,
    ) -> JSONResponse:
        options = Options(
            showing(attributes, certainty),
            cropped=cropped,
            aligned=aligned,
            max_faces=max_faces,
            explanation=True,
        )
        most = min(settings.max_pictures, MOST_EXPLAINED // max_faces)
        return await answer(request, options, explaining, most)


def _age_check(
    over: int | None, challenge: int | None, certainty: float | Literal["off"]
) -> AgeCheck | None:
    if over is None:
        if challenge is not None:
            raise Problem("invalid_option", "The option 'challenge' needs the option 'over'.")
        return None
    try:
        return AgeCheck(over, challenge, 0.5 if certainty == "off" else certainty)
    except OptionError as error:
        raise Problem("invalid_option", f"The option 'challenge': {error}.") from None


def _check_encoding(request: Request) -> None:
    """Refuses a body that is compressed as a whole: it may be of any size when it is unpacked."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        detail = f"The body is compressed ({encoding}); send it as it is."
        raise Problem("bad_request", detail, status=415)


def _add_other_routes(
    app: FastAPI, settings: Settings, inference: Inference, metrics: Metrics
) -> None:
    limits = {
        name: getattr(settings, name) for name in ("max_body_bytes", "max_pixels", "max_pictures")
    }

    @app.get(
        "/v1/model",
        summary="The model's card, and the limits of requests",
        responses=openapi.MODEL | openapi.problems("unauthorised", "rate_limited"),
    )
    async def model() -> JSONResponse:
        return JSONResponse({**inference.analyzer.card.to_dict(), "limits": limits})

    def state(healthy: bool, word: str) -> PlainTextResponse:
        if inference.failed:
            return PlainTextResponse("the model cannot run; see the service's log\n", 503)
        return PlainTextResponse(f"{word}\n", 200 if healthy else 503)

    @app.get(
        "/healthz",
        summary="Whether the service works",
        response_class=PlainTextResponse,
        responses={503: {"description": "The model cannot run; a restart may help."}},
    )
    async def healthz() -> PlainTextResponse:
        return state(True, "ok")

    @app.get(
        "/readyz",
        summary="Whether the service can answer now",
        response_class=PlainTextResponse,
        responses={503: {"description": "It starts, it ends, or the model cannot run."}},
    )
    async def readyz() -> PlainTextResponse:
        return state(inference.ready, "ready" if inference.ready else "not ready")

    @app.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
    async def numbers() -> Response:
        return Response(metrics.text(), media_type=metrics.media_type)

    @app.get("/sample.jpg", include_in_schema=False)
    async def sample() -> FileResponse:
        return FileResponse(ASTRONAUT, media_type="image/jpeg")
