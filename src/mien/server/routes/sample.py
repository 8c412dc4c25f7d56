"""The route of the sample picture."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import FileResponse

from mien.assets import ASTRONAUT


def add_sample_route(app: FastAPI) -> None:
    """Adds ``/sample.jpg``, which the page offers."""

    @app.get("/sample.jpg", include_in_schema=False)
    async def sample() -> FileResponse:
        return FileResponse(ASTRONAUT, media_type="image/jpeg")
