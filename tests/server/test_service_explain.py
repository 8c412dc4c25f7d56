"""Where the model looked, asked of the service."""

from __future__ import annotations

import base64
import io
import threading

import httpx
import numpy as np
import pytest
from PIL import Image
from served import Serve, Service, until
from test_problems import check

from mien.explain import explain, shares
from mien.images import read_picture
from mien.server.schemas import ExplainedAnalysis


def faces(response: httpx.Response) -> list[dict]:
    assert response.status_code == 200, response.text
    ExplainedAnalysis.model_validate(response.json())
    (picture,) = response.json()["pictures"]
    return picture["faces"]


def decoded(url: str) -> np.ndarray:
    kind, _, coded = url.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(coded))))


def test_it_tells_what_the_library_does(service: Service, portrait: bytes) -> None:
    response = service.explain(portrait)
    assert response.headers["cache-control"] == "no-store"
    (face,) = faces(response)
    told = face.pop("explanation")
    assert [face] == service.analyze(portrait).json()["pictures"][0]["faces"]
    ((_, own),) = explain(service.analyzer, read_picture(portrait))
    assert (decoded(told["chip"]) == own.chip).all()
    for part in ("age", "gender"):
        importance = getattr(own, part)
        seen = decoded(told[part]["map"])
        assert seen.dtype == np.uint8
        assert seen.shape == own.chip.shape[:2]
        assert np.abs(seen / 255 - importance).max() < 0.02
        assert told[part]["shares"] == pytest.approx(shares(importance, own.template), abs=2e-3)


def test_any_face_of_a_picture(service: Service, three: bytes) -> None:
    boxes = [face["box"] for face in service.analyze(three).json()["pictures"][0]["faces"]]
    assert [face["box"] for face in faces(service.explain(three))] == boxes[:1]
    some = faces(service.explain(three, skip=1, max_faces=2))
    assert [face["box"] for face in some] == boxes[1:]
    chips = {face["explanation"]["chip"] for face in some}
    assert len(chips) == 2
    assert faces(service.explain(three, skip=3)) == []


def test_several_pictures(service: Service, small: bytes) -> None:
    parts = [("picture", ("a.jpg", small)), ("picture", ("b.jpg", b"none"))]
    response = service.client.post("/v1/explain", files=parts, params={"cropped": "true"})
    good, bad = response.json()["pictures"]
    assert "explanation" in good["faces"][0]
    assert bad["code"] == "unsupported_picture"
    ExplainedAnalysis.model_validate(response.json())


def test_what_a_request_may_ask_is_bounded(service: Service, small: bytes) -> None:
    for options in ({"max_faces": 0}, {"max_faces": 9}, {"skip": -1}):
        assert next(iter(options)) in check(service.explain(small, **options), "invalid_option")
    parts = [("picture", ("a.jpg", small))] * 3
    several = service.client.post("/v1/explain", files=parts, params={"max_faces": 4})
    assert "At most 2 pictures" in check(several, "too_many_pictures")


def test_it_is_protected_as_the_rest(serve: Serve, small: bytes) -> None:
    check(explained_by(serve, small, key="open sesame, please"), "unauthorised")
    check(explained_by(serve, small, max_body_bytes=2000), "too_large")
    check(explained_by(serve, small, max_pixels=100), "too_many_pixels")
    check(explained_by(serve, small, timeout=0.001), "timeout")
    evil = {"origin": "http://evil.example"}
    check(explained_by(serve, small, evil), "forbidden_origin")


def explained_by(
    serve: Serve, data: bytes, headers: dict[str, str] | None = None, **settings: object
) -> httpx.Response:
    """Asks a service with other settings."""
    with serve(**settings) as service:
        kind = {"content-type": "image/jpeg", **(headers or {})}
        return service.client.post("/v1/explain", content=data, headers=kind)


def test_more_than_may_wait_is_refused_at_once_and_nothing_else_is(
    serve: Serve, small: bytes
) -> None:
    with serve(max_explanations=1) as service:
        with service.connect() as connection:
            head = "POST /v1/explain HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
            connection.sendall(f"{head}Content-Length: 1000\r\n\r\nhalf".encode())
            until(lambda: service.number("mien_requests_in_progress") == 1)
            response = service.explain(small)
            check(response, "overloaded")
            assert response.headers["retry-after"] == "1"
            assert service.analyze(small).status_code == 200
        until(lambda: service.number("mien_requests_in_progress") == 0)
        assert service.explain(small).status_code == 200


def test_pictures_do_not_wait_for_explanations(serve: Serve, three: bytes, small: bytes) -> None:
    with serve(workers=1) as service:
        answers: list[httpx.Response] = []
        long = threading.Thread(target=lambda: answers.append(service.explain(three, max_faces=3)))
        long.start()
        # Counted once the faces were judged; what comes then is their explanation.
        until(lambda: service.number("mien_faces_total") == 3)
        assert service.analyze(small).status_code == 200
        assert long.is_alive(), "the explanation was done before the picture"
        long.join()
        assert len(faces(answers[0])) == 3
