"""The route of the model's card, with what requests may and usually ask for."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from mien.server import openapi
from mien.server.hosting.settings import Settings
from mien.server.inference import Inference


def add_model_route(app: FastAPI, settings: Settings, inference: Inference) -> None:
    """Adds ``/v1/model``."""
    limits = {
        name: getattr(settings, name) for name in ("max_body_bytes", "max_pixels", "max_pictures")
    }

    @app.get(
        "/v1/model",
        summary="The model's card, and the limits of requests",
        responses=openapi.MODEL | openapi.problems("unauthorised", "rate_limited"),
    )
    async def model() -> JSONResponse:
        certainty = inference.analyzer.certainty or "off"
        card = inference.analyzer.card.to_dict()
        return JSONResponse({**card, "certainty": certainty, "limits": limits})
