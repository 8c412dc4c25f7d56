"""Whatever is wrong with one picture, the others are answered."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest
import websockets
from faulty import FAULTY, Faulty
from picture_files import HEIC
from served import Serve, Service, encode

from mien import Analyzer

_MISSING = "Reading HEIC pictures needs packages that are not installed; install them with: pip "


def test_a_picture_of_a_phone(service: Service) -> None:
    response = service.analyze(HEIC.read_bytes(), cropped="true")
    assert response.status_code == 200
    (picture,) = response.json()["pictures"]
    assert (picture["width"], picture["height"]) == (96, 96)
    assert picture["faces"][0]["aligned"]


def test_a_picture_whose_format_needs_a_package(
    service: Service, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)  # as where it is not installed
    alone = service.analyze(HEIC.read_bytes())
    assert alone.status_code == 415
    assert alone.json()["code"] == "unsupported_picture"
    assert alone.json()["detail"] == f"{_MISSING}install 'mien[heic]'."
    parts = [("picture", ("a.heic", HEIC.read_bytes())), ("picture", ("b.jpg", small))]
    first, second = service.client.post("/v1/analyze", files=parts).json()["pictures"]
    assert (first["code"], first["faces"]) == ("unsupported_picture", [])
    assert len(second["faces"]) == 1


@pytest.mark.parametrize(
    ("error", "code", "status", "sentence"),
    [
        (RuntimeError("odd"), "internal", 500, "The service failed; see its log."),
        (
            MemoryError(),
            "overloaded",
            503,
            "There is not enough memory for the picture. Try again in a moment.",
        ),
    ],
)
def test_a_failure_of_any_kind(
    serve: Serve, small: bytes, error: Exception, code: str, status: int, sentence: str
) -> None:
    faulty = encode(FAULTY, "PNG")
    with serve(model=Analyzer(detector=Faulty(error), threads=1)) as service:
        alone = service.analyze(faulty)
        assert (alone.status_code, alone.json()["code"]) == (status, code)
        assert alone.json()["detail"] == sentence
        parts = [("picture", (name, data)) for name, data in (("a", faulty), ("b", small))]
        first, second = service.client.post("/v1/analyze", files=parts).json()["pictures"]
        assert (first["code"], first["error"]) == (code, sentence)
        assert len(second["faces"]) == 1


def test_a_frame_of_any_kind_ends_no_stream(
    serve: Serve, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    failing = Analyzer(detector=Faulty(RuntimeError("odd")), threads=1)
    frames = [encode(FAULTY, "PNG"), HEIC.read_bytes(), b"", small[: len(small) // 2], small]

    async def run(service: Service) -> list[dict]:
        answers = []
        async with websockets.connect(service.stream) as stream, asyncio.timeout(60):
            for frame in frames:
                await stream.send(frame)
                answers.append(json.loads(await stream.recv()))
        return answers

    with serve(model=failing) as service:
        *refused, answered = asyncio.run(run(service))
        assert service.number("mien_frames_total") == len(frames)
    codes = ["internal", "unreadable", "unreadable", "unreadable"]
    assert [answer["error"]["code"] for answer in refused] == codes
    assert refused[1]["error"]["message"].startswith(_MISSING)
    assert len(answered["faces"]) == 1
