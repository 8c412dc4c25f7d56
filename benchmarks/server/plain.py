"""A plain server: one request, one picture, one run of the same model.

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
    """Runs in one of the framework's threads."""
    return [face.to_dict() for face in analyzer.analyze(picture)]


@app.get("/readyz")
def readyz() -> str:
    """Answers as soon as the model is loaded."""
    return "ready"


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
