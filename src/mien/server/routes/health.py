"""The routes for operators: health, readiness and metrics."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from mien.server.hosting.metrics import Metrics
from mien.server.inference import Inference


def add_health_routes(app: FastAPI, inference: Inference, metrics: Metrics) -> None:
    """Adds ``/healthz``, ``/readyz`` and ``/metrics``."""

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
