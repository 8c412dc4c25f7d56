"""The audience of pictures, asked of the service."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from served import Serve, Service, described, encode
from test_problems import check

from mien import Analyzer, Box, TrackedFace
from mien.ages import AGE_GROUP_NAMES
from mien.results import Face
from mien.video.audience import Audience
from mien.video.expected_people import summary


def watched(faces: list[Face], analyzer: Analyzer) -> dict:
    """Returns the summary of people in a video who look like the faces."""
    people = [
        TrackedFace(
            box=Box(0, 0, 1, 1),
            landmarks=None,
            score=1.0,
            quality=face.quality,
            estimates=face.estimates,
            person_id=i,
            since=0.0,
        )
        for i, face in enumerate(faces, 1)
    ]
    audience = Audience(None, analyzer.heads)
    for time in (0.0, 1.0):
        audience.add(time, people)
    return summary(audience.current.cells)


def test_pictures_are_counted_as_the_people_of_a_video(
    service: Service, astronaut: np.ndarray
) -> None:
    views = [astronaut, astronaut[:, ::-1].copy(), astronaut // 3]
    answers = [service.analyze(encode(view, "PNG")).json() for view in views]
    faces = [face for answer in answers for face in answer["pictures"][0]["faces"]]
    response = service.client.post("/v1/audience", json={"faces": faces})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    counted = response.json()
    described("Summary", counted)
    seen = watched(
        [face for view in views for face in service.analyzer.analyze(view)], service.analyzer
    )
    assert counted["people"] == seen["people"] == {"people": 3, "low": 3, "high": 3}
    for part in ("by_group", "by_gender"):
        assert list(counted[part]) == list(seen[part])
        for name, cell in seen[part].items():
            # Probabilities have four digits in an answer. The deviation of a count is the root of
            # a sum of p (1 - p), so that it may differ by more than they do.
            assert counted[part][name] == pytest.approx(cell, abs=1.3 * (3 * 5e-5) ** 0.5), name


def test_a_face_without_an_estimate_counts_for_no_group(service: Service) -> None:
    faces = [{"attributes": {}}, {"attributes": {"gender": {"probabilities": {"female": 0.25}}}}]
    counted = service.client.post("/v1/audience", json={"faces": faces}).json()
    assert counted["people"]["people"] == 2
    assert list(counted["by_group"]) == list(AGE_GROUP_NAMES)
    assert sum(cell["people"] for cell in counted["by_group"].values()) == 0
    assert counted["by_gender"]["female"]["people"] == 0.25
    nobody = service.client.post("/v1/audience", json={"faces": []}).json()
    assert nobody["people"] == {"people": 0, "low": 0, "high": 0}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The body cannot be used: "),
        (b"[1]", "The body must be named entries; it is [1]"),
        (b'{"faces": [{"box": {}}]}', "The entry 'faces.0.attributes' "),
        (
            b'{"faces": [{"attributes": {"gender": {"probabilities": {"female": 1.5}}}}]}',
            "attributes.gender.probabilities.female' must be at most 1; it is 1.5",
        ),
        (
            b'{"faces": [{"attributes": {"gender": {"probabilities": {"female": NaN}}}}]}',
            "faces.0.attributes.gender.probabilities.female",
        ),
        (
            b'{"faces": [{"attributes": {"age": {"group_probabilities": {"0-2": true}}}}]}',
            "must be a number; it is True",
        ),
        (b'{"pictures": []}', "The entry 'faces' "),
    ],
)
def test_what_is_no_list_of_faces_is_refused(service: Service, body: bytes, said: str) -> None:
    told = check(service.client.post("/v1/audience", content=body), "bad_request")
    assert said in told
    assert told.endswith('send the faces of answers: {"faces": [...]}.')


def test_options_and_compressed_bodies_are_refused(service: Service) -> None:
    body = json.dumps({"faces": []}).encode()
    check(service.client.post("/v1/audience?cropped=true", content=body), "invalid_option")
    packed = service.client.post(
        "/v1/audience", content=gzip.compress(body), headers={"content-encoding": "gzip"}
    )
    check(packed, "bad_request", 415)


def test_the_size_of_a_body_is_limited(serve: Serve) -> None:
    with serve(max_body_bytes=2000) as service:
        faces = [{"attributes": {}}] * 1000
        check(service.client.post("/v1/audience", json={"faces": faces}), "too_large")
