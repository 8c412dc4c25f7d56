"""Where the model looked, asked of the service."""

from __future__ import annotations

import base64
import io
import threading

import httpx
import numpy as np
import pytest
from PIL import Image
from served import Serve, Service, described, encode, until
from test_problems import check

from mien.explanation import explain, shares
from mien.images import read_picture


def faces(response: httpx.Response) -> list[dict]:
    assert response.status_code == 200, response.text
    described("DocumentReply", response.json())
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
    assert list(told["importance"]) == list(own.importance) == ["age", "gender"]
    for name, importance in own.importance.items():
        part = told["importance"][name]
        seen = decoded(part["map"])
        assert seen.dtype == np.uint8
        assert seen.shape == own.chip.shape[:2]
        assert np.abs(seen / 255 - importance).max() < 0.02
        assert part["shares"] == pytest.approx(shares(importance, own.template), abs=2e-3)


def test_the_largest_faces_of_a_picture(service: Service, three: bytes) -> None:
    boxes = [face["box"] for face in service.analyze(three).json()["pictures"][0]["faces"]]
    assert [face["box"] for face in faces(service.explain(three))] == boxes[:1]
    some = faces(service.explain(three, max_faces=2))
    assert [face["box"] for face in some] == boxes[:2]
    chips = {face["explanation"]["chip"] for face in some}
    assert len(chips) == 2


def test_an_aligned_face_is_explained_without_its_picture(
    service: Service, portrait: bytes
) -> None:
    (whole,) = faces(service.explain(portrait))
    _, _, coded = whole["explanation"]["chip"].partition(",")
    (face,) = faces(service.explain(base64.b64decode(coded), aligned="true"))
    size = service.analyzer.card.size
    assert face["box"] == {"x": 0, "y": 0, "width": size, "height": size}
    assert face["aligned"] is True
    assert face["explanation"]["chip"] == whole["explanation"]["chip"]
    for name, importance in whole["explanation"]["importance"].items():
        again = face["explanation"]["importance"][name]
        assert again["shares"] == pytest.approx(importance["shares"], abs=0.02)


def test_the_aligned_face_of_an_answer_is_explained(service: Service, portrait: bytes) -> None:
    chip = service.analyze(portrait, chips="true").json()["pictures"][0]["faces"][0]["chip"]
    kind, _, coded = chip.partition(",")
    assert kind == "data:image/jpeg;base64"
    (face,) = faces(service.explain(base64.b64decode(coded), aligned="true"))
    ((_, own),) = explain(service.analyzer, read_picture(portrait))
    for name, importance in own.importance.items():
        told = face["explanation"]["importance"][name]
        assert told["shares"] == pytest.approx(shares(importance, own.template), abs=0.1)


def test_an_aligned_face_of_another_size(
    service: Service, portrait: bytes, astronaut: np.ndarray
) -> None:
    size = service.analyzer.card.size
    detail = check(service.explain(portrait, aligned="true"), "wrong_size")
    assert f"{size} x {size} pixels" in detail
    assert "this picture has 512 x 512" in detail
    wide = encode(np.ascontiguousarray(astronaut[:size, : size + 1]), "PNG")
    check(service.explain(wide, aligned="true"), "wrong_size")


def test_several_pictures(service: Service, small: bytes) -> None:
    parts = [("picture", ("a.jpg", small)), ("picture", ("b.jpg", b"none"))]
    response = service.client.post("/v1/explain", files=parts, params={"cropped": "true"})
    good, bad = response.json()["pictures"]
    assert "explanation" in good["faces"][0]
    assert bad["code"] == "unsupported_picture"
    described("DocumentReply", response.json())


def test_what_a_request_may_ask_is_bounded(service: Service, small: bytes) -> None:
    for options in ({"max_faces": 0}, {"max_faces": 9}, {"aligned": "perhaps"}):
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
    serve: Serve, three: bytes, small: bytes
) -> None:
    with serve(max_explanations=1) as service:
        answers: list[httpx.Response] = []
        long = threading.Thread(target=lambda: answers.append(service.explain(three, max_faces=3)))
        long.start()
        until(lambda: service.number("mien_requests_in_progress") == 1)
        response = service.explain(small)
        assert service.analyze(small).status_code == 200
        assert long.is_alive(), "the explanation was done before the others were answered"
        check(response, "overloaded")
        assert response.headers["retry-after"] == "1"
        long.join()
        assert len(faces(answers[0])) == 3
        assert service.explain(small).status_code == 200


def test_pictures_do_not_wait_for_explanations(serve: Serve, three: bytes, small: bytes) -> None:
    with serve(workers=1) as service:
        answers: list[httpx.Response] = []
        long = threading.Thread(target=lambda: answers.append(service.explain(three, max_faces=3)))
        long.start()
        # Counted once the faces are described; what comes then is their explanation.
        until(lambda: service.number("mien_faces_total") == 3)
        assert service.analyze(small).status_code == 200
        assert long.is_alive(), "the explanation was done before the picture"
        long.join()
        assert len(faces(answers[0])) == 3
