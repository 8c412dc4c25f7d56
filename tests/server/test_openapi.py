"""The description, and what comes of requests made from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import schemathesis
from served import Serve, Service, described

from mien.server.json_schemas import json_schemas
from mien.server.problems import KINDS


def test_it_is_valid_and_complete(service: Service) -> None:
    description = service.client.get("/openapi.json").json()
    schemathesis.openapi.from_dict(description).validate()
    assert set(description["paths"]) == {
        *("/v1/analyze", "/v1/audience", "/v1/explain", "/v1/model"),
        *("/healthz", "/readyz", "/metrics"),
    }
    told = description["info"]["description"]
    for code in KINDS:
        assert f"`{code}`" in told
    for path in ("/v1/analyze", "/v1/explain"):
        responses = description["paths"][path]["post"]["responses"]
        answer = responses["200"]["content"]["application/json"]
        assert answer["schema"] == {"$ref": "#/components/schemas/Document"}
        described("DocumentReply", answer["example"])
        for status in ("400", "401", "403", "408", "413", "415", "422", "429", "503", "504"):
            (media,) = responses[status]["content"]
            assert media == "application/problem+json"


def test_it_describes_every_message_and_every_member(service: Service) -> None:
    described_there = service.client.get("/openapi.json").json()["components"]["schemas"]
    assert described_there == json_schemas()
    for name in (
        "Document",
        "CountedFaces",
        "Summary",
        "Explanation",
        "StreamOptions",
        "StreamAnswer",
        "TrackedFace",
    ):
        assert name in described_there
    for name, kind in described_there.items():
        assert kind["description"], name
        for member, about in kind["properties"].items():
            assert about.get("description") or name == "Shares", f"{name}.{member}"


def test_requests_made_from_it_find_no_failure(serve: Serve, tmp_path: Path) -> None:
    with serve(max_body_bytes=1_000_000) as service:
        result = subprocess.run(
            [
                *(Path(sys.executable).with_name("schemathesis"), "run"),
                *(f"{service.url}/openapi.json", "--max-examples", "15", "--seed", "1"),
                *("--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
                # That bytes are a picture cannot be said in a schema.
                *("--exclude-checks", "positive_data_acceptance"),
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert result.returncode == 0, result.stdout
        assert "7 selected / 7 total" in result.stdout
        assert service.client.get("/readyz").status_code == 200
