"""A plain server: each request runs the same model for one picture, without limits and checks.

python -m benchmarks.server.plain PORT
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import Body, FastAPI

from mien.analyzer import Analyzer

app = FastAPI()
analyzer = Analyzer()


@app.post("/v1/analyze")
def analyze(picture: bytes = Body(media_type="image/jpeg")) -> list[dict]:
    """Analyses a picture in a thread of the framework."""
    return [face.to_dict() for face in analyzer.analyze(picture)]


@app.get("/readyz")
def readyz() -> str:
    """Answers when the model is loaded."""
    return "ready"


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
