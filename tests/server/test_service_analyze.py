"""What the service says of pictures."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from altered import NOTICE, with_notice
from PIL import Image
from served import Serve, Service, described, encode

from mien import Analyzer
from mien.images import read_picture


def faces(response: object) -> list[dict]:
    assert response.status_code == 200, response.text  # type: ignore[attr-defined]
    (picture,) = response.json()["pictures"]  # type: ignore[attr-defined]
    return picture["faces"]


def test_the_answer_is_that_of_the_command_line(
    service: Service, portrait: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(portrait)
    command = [sys.executable, "-c", "from mien.cli import main; main()", "analyze", path.name]
    told = subprocess.run([*command, "--json"], capture_output=True, check=True, cwd=tmp_path)
    response = service.client.post("/v1/analyze", files={"picture": (path.name, portrait)})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == json.loads(told.stdout)
    described("DocumentReply", response.json())


def test_a_body_and_a_form_get_the_same_answer(service: Service, portrait: bytes) -> None:
    form = service.client.post("/v1/analyze", files={"picture": ("a.jpg", portrait)})
    body = service.analyze(portrait)
    assert body.json()["pictures"][0]["path"] == "picture"
    assert faces(body) == faces(form)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_the_bytes_count_and_not_the_type_nor_the_name(
    service: Service, astronaut: np.ndarray, form: str
) -> None:
    data = encode(astronaut, form)
    response = service.client.post("/v1/analyze", files={"picture": ("a.txt", data, "text/html")})
    assert len(faces(response)) == 1
    assert len(faces(service.analyze(data))) == 1


def test_a_picture_that_lies_on_its_side_is_turned_upright(
    service: Service, astronaut: np.ndarray
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    data = encode(np.rot90(astronaut[:, 60:400]).copy(), exif=exif)
    (picture,) = service.analyze(data).json()["pictures"]
    assert (picture["width"], picture["height"]) == (340, 512)
    assert picture["faces"][0]["box"]["y"] == pytest.approx(64, abs=4)


def test_what_is_only_told_on_demand(service: Service, portrait: bytes) -> None:
    (plain,) = faces(service.analyze(portrait))
    assert "chip" not in plain
    assert "distribution" not in plain["attributes"]["age"]
    response = service.analyze(portrait, chips="true", distribution="true")
    (face,) = faces(response)
    distribution = face["attributes"]["age"]["distribution"]
    assert sum(distribution) == pytest.approx(1, abs=1e-3)
    assert len(distribution) == 101
    age = face["attributes"]["age"]
    assert len(age["older"]) == 101
    assert {n: age["older"][int(n)] for n in age["at_least"]} == age["at_least"]
    kind, _, coded = face["chip"].partition(",")
    assert kind == "data:image/jpeg;base64"
    chip = np.asarray(Image.open(io.BytesIO(base64.b64decode(coded))))
    picture = read_picture(portrait)
    (own,) = service.analyzer.align(picture, service.analyzer.detect(picture))
    assert chip.shape == own.chip.shape
    assert np.abs(chip.astype(int) - own.chip).mean() < 4
    described("DocumentReply", response.json())


def test_a_cropped_face(service: Service, astronaut: np.ndarray) -> None:
    blank = encode(np.full((90, 80, 3), 127, np.uint8))
    (face,) = faces(service.analyze(blank, cropped="true"))
    assert face["aligned"] is False
    assert face["landmarks"] is None
    assert faces(service.analyze(blank)) == []
    crop = encode(astronaut[60:180, 170:280].copy())
    assert faces(service.analyze(crop, cropped="true"))[0]["aligned"] is True


@pytest.mark.parametrize(
    ("certainty", "label"), [("0.5", "female"), ("off", "female"), ("1", "undetermined")]
)
def test_how_certain_labels_must_be(
    service: Service, portrait: bytes, certainty: str, label: str
) -> None:
    (face,) = faces(service.analyze(portrait, certainty=certainty))
    assert face["attributes"]["gender"]["label"] == label
    own = Analyzer(threads=1, certainty=None if certainty == "off" else float(certainty))
    assert face == own.analyze(portrait)[0].to_dict()


def test_whether_a_face_looks_old_enough(service: Service, portrait: bytes) -> None:
    answer = service.analyze(portrait, over=18, challenge=99, certainty=0.9)
    (face,) = faces(answer)
    assert face["age_check"] == {
        "over": 18,
        "challenge": 99,
        "answer": "ask",
        "reason": "estimate",
        "probability": face["attributes"]["age"]["at_least"]["18"],
    }
    assert face["notice"].startswith("an apparent age is no proof of age")
    described("DocumentReply", answer.json())


def test_an_attribute_with_a_notice_is_shown_on_request_and_brings_its_notice(
    serve: Serve, portrait: bytes, tmp_path: Path
) -> None:
    with serve(model=Analyzer(with_notice(tmp_path / "model.onnx"), threads=1)) as service:
        plain = service.analyze(portrait)
        assert list(faces(plain)[0]["attributes"]) == ["age"]
        assert "notices" not in plain.json()
        asked = service.analyze(portrait, attributes=["gender", "age"])
        assert list(faces(asked)[0]["attributes"]) == ["age", "gender"]
        assert asked.json()["notices"] == {"gender": NOTICE}
        described("DocumentReply", asked.json())
        explained = service.explain(portrait, attributes="gender")
        (face,) = faces(explained)
        assert list(face["explanation"]["importance"]) == ["age", "gender"]
        assert explained.json()["notices"] == {"gender": NOTICE}


def test_the_largest_faces_only(service: Service, three: bytes) -> None:
    everyone = faces(service.analyze(three))
    assert len(everyone) == 3
    assert [face["box"] for face in faces(service.analyze(three, max_faces=2))] == [
        face["box"] for face in everyone[:2]
    ]


def test_the_service_has_a_limit_of_its_own_for_faces(serve: Serve, portrait: bytes) -> None:
    both = np.hstack([np.asarray(Image.open(io.BytesIO(portrait)))] * 2)
    with serve(max_faces=1) as service:
        assert len(faces(service.analyze(encode(both), max_faces=5))) == 1


def test_of_several_pictures_one_that_cannot_be_used_harms_no_other(
    service: Service, portrait: bytes
) -> None:
    parts = [
        ("picture", ("good.jpg", portrait)),
        ("picture", ("half.jpg", portrait[:9000])),
        ("picture", ("text.jpg", b"no picture")),
        ("picture", ("empty.jpg", b"")),
        ("picture", ("große & 顔.jpg", portrait)),
    ]
    response = service.client.post("/v1/analyze", files=parts)
    assert response.status_code == 200
    pictures = response.json()["pictures"]
    assert [picture["path"] for picture in pictures] == [name for _, (name, _) in parts]
    assert [picture.get("code") for picture in pictures] == [
        None,
        "unreadable_picture",
        "unsupported_picture",
        "unreadable_picture",
        None,
    ]
    assert pictures[1]["error"].startswith("The picture is damaged")
    assert pictures[1]["faces"] == []
    assert len(pictures[0]["faces"]) == 1
    assert pictures[0]["faces"] == pictures[4]["faces"]
    described("DocumentReply", response.json())


def test_a_large_upload_is_not_written_to_a_disk(
    service: Service, astronaut: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("tempfile.TemporaryFile", write)
    large = encode(np.asarray(Image.fromarray(astronaut).resize((1700, 1700))), "BMP")
    assert len(large) > 8e6
    response = service.client.post("/v1/analyze", files={"picture": ("large.bmp", large)})
    assert len(faces(response)) == 1


def test_the_card(service: Service) -> None:
    answer = service.client.get("/v1/model").json()
    described("Model", answer)
    assert answer["name"] == "default"
    assert answer["limits"]["max_pictures"] == 64
    assert answer["certainty"] == 0.98
    assert answer["sha256"] == service.analyzer.card.sha256


def test_the_page_and_its_sample(service: Service) -> None:
    page = service.client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    sample = service.client.get("/sample.jpg")
    assert sample.headers["content-type"] == "image/jpeg"
    assert len(faces(service.analyze(sample.content))) == 1
    again = service.client.get("/", headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 304


def test_health_and_numbers(service: Service, portrait: bytes) -> None:
    before = service.number("mien_faces_total")
    service.analyze(portrait)
    assert service.number("mien_faces_total") == before + 1
    assert service.client.get("/healthz").text == "ok\n"
    assert service.client.get("/readyz").text == "ready\n"
    numbers = service.client.get("/metrics")
    assert numbers.headers["content-type"].startswith("text/plain; version=")
    assert 'mien_requests_total{path="/v1/analyze",status="200"}' in numbers.text
