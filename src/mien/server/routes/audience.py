"""The route that counts the faces of answers by age group and gender presentation."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from mien.broken_rules import sentence
from mien.server import openapi, schemas
from mien.server.inference import Inference
from mien.server.options import check_encoding, check_options
from mien.server.problems import Problem
from mien.video.expected_people import Categories, expected_people, summary

_BODY = TypeAdapter(schemas.CountedFaces)


def add_audience_route(app: FastAPI, inference: Inference) -> None:
    """Adds ``/v1/audience``."""
    categories = Categories.of(inference.analyzer.heads)

    @app.post(
        "/v1/audience",
        dependencies=[Depends(check_options), Depends(check_encoding)],
        summary="Counts the faces of answers by age group and gender presentation",
        description="The faces are those of answers of `/v1/analyze`; no picture is sent. A face "
        "counts with its probabilities, so that the numbers are expected ones.",
        openapi_extra=openapi.COUNTED,
        responses=openapi.AUDIENCE
        | openapi.problems(
            "bad_request",
            "unauthorised",
            "forbidden_origin",
            "too_large",
            "invalid_option",
            "rate_limited",
            "timeout",
        ),
    )
    async def audience(request: Request) -> JSONResponse:
        body = await request.body()
        # A large body must not hold up other requests.
        answer = await run_in_threadpool(_count, body, categories)
        return JSONResponse(answer, headers={"cache-control": "no-store"})


def _count(body: bytes, categories: Categories) -> dict[str, Any]:
    attributes = [face["attributes"] for face in _read(body)["faces"]]
    genders = [estimates.get("gender", {}).get("probabilities", {}) for estimates in attributes]
    groups = [estimates.get("age", {}).get("group_probabilities", {}) for estimates in attributes]
    return summary(expected_people(categories, genders, groups))


def _read(body: bytes) -> schemas.CountedFaces:
    try:
        return _BODY.validate_json(body, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        problem = sentence(f"The entry '{where}'" if where else "The body", [first])
        detail = f'{problem}; send the faces of answers: {{"faces": [...]}}.'
        raise Problem("bad_request", detail) from None
