"""The service as an ASGI application: its routes, and what every request passes before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from mien import __version__
from mien.analyzer import Analyzer
from mien.server import openapi
from mien.server.exception_handlers import add_exception_handlers
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.inference import Inference
from mien.server.middleware.addresses import HeadAsGet, PathPrefix
from mien.server.middleware.asgi import App
from mien.server.middleware.keys import Key, KeyCheck
from mien.server.middleware.limits import BodyLimit, RateLimit
from mien.server.middleware.observability import STREAM, Observed
from mien.server.middleware.security import HostCheck, OriginCheck, SecurityHeaders
from mien.server.page import page_routes
from mien.server.routes.audience import add_audience_route
from mien.server.routes.health import add_health_routes
from mien.server.routes.model import add_model_route
from mien.server.routes.pictures import add_picture_routes
from mien.server.routes.sample import add_sample_route
from mien.server.streams import StreamEndpoint


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
    add_exception_handlers(app, prefix)
    add_picture_routes(app, settings, inference, metrics)
    add_audience_route(app, inference)
    add_model_route(app, settings, inference)
    add_health_routes(app, inference, metrics)
    add_sample_route(app)
    openapi.complete(app.openapi())
    app.router.routes.append(WebSocketRoute(STREAM, stream))
    app.router.routes.append(WebSocketRoute("/{path:path}", _refuse_stream(prefix + STREAM)))
    app.router.routes.extend(page_routes(prefix))
    return _guard(app, settings, key, metrics)


def _refuse_stream(address: str) -> Callable[[WebSocket], Awaitable[None]]:
    """Returns what tells a client that streams have another address."""

    async def refuse(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close(1008, f"There is no stream at this address; it is at {address}.")

    return refuse


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
