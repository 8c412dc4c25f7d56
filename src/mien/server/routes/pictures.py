"""The routes for pictures: describing faces, and explaining the estimates."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse

from mien.age_check import AgeCheck
from mien.analyzer import Analyzer
from mien.errors import ModelError, OptionError
from mien.server import openapi
from mien.server.explaining import MOST_EXPLAINED
from mien.server.hosting.metrics import Metrics
from mien.server.hosting.settings import Settings
from mien.server.inference import Inference, Options
from mien.server.middleware.limits import ConcurrencyLimit
from mien.server.middleware.waiting import work_for
from mien.server.options import check_encoding, check_options
from mien.server.problems import Problem
from mien.server.schemas import Certainty
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


def add_picture_routes(
    app: FastAPI, settings: Settings, inference: Inference, metrics: Metrics
) -> None:
    """Adds ``/v1/analyze`` and ``/v1/explain``."""
    analyzing = ConcurrencyLimit(settings.max_requests, metrics)
    explaining = ConcurrencyLimit(settings.max_explanations, metrics)
    usual: float | Literal["off"] = inference.analyzer.certainty or "off"

    async def answer(
        request: Request, options: Options, limit: ConcurrencyLimit, max_pictures: int
    ) -> JSONResponse:
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
        dependencies=[Depends(check_options), Depends(check_encoding)],
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
            Query(
                ge=1,
                le=99,
                description="Add to each face whether it looks this old in years. A face is over "
                "or under from the probability `certainty`, which cannot be `off`.",
            ),
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
        dependencies=[Depends(check_options), Depends(check_encoding)],
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
    if certainty == "off":
        detail = "The option 'over' needs a certainty of 0.5 to 1; the option 'certainty' is off."
        raise Problem("invalid_option", detail)
    try:
        return AgeCheck(over, challenge, certainty)
    except OptionError as error:
        raise Problem("invalid_option", f"The option 'challenge': {error}.") from None
