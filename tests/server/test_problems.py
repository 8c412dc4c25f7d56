"""Each way in which a request can fail, and its code."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from served import Serve, Service, described, encode, until

from mien.server.problems import KINDS, MEDIA_TYPE

_HEAD = "POST /v1/analyze HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"


def check(response: httpx.Response, code: str, status: int | None = None) -> str:
    """Checks a problem's form; returns its sentence."""
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = response.json()
    described("ProblemDetails", problem)
    assert problem["code"] == code
    assert problem["status"] == response.status_code == (status or KINDS[code][0])
    assert problem["detail"][0].isupper()
    assert problem["detail"].endswith(".")
    assert response.headers["x-content-type-options"] == "nosniff"
    return problem["detail"]


def _png(width: int, height: int) -> bytes:
    """Returns the beginning of a PNG of any size: all that is needed to know that it is too big."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    length = struct.pack(">I", len(header) - 4)
    data = struct.pack(">I", zlib.crc32(header)) + struct.pack(">I", 100) + b"IDAT"
    return b"\x89PNG\r\n\x1a\n" + length + header + data + bytes(10)


def test_no_picture(service: Service) -> None:
    check(service.client.post("/v1/analyze"), "unsupported_picture")
    check(service.analyze(b""), "unreadable_picture")
    ending = b"--x--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=x"}
    without = service.client.post("/v1/analyze", content=ending, headers=kind)
    assert "no file; send one as the part 'picture'" in check(without, "bad_request")
    for name in ("picture", "file", "image"):
        text = service.client.post("/v1/analyze", files={name: (None, "text")})
        assert f"The part '{name}' is text and no file" in check(text, "bad_request")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; x"]
)
def test_a_form_that_is_none(service: Service, kind: str) -> None:
    response = service.client.post(
        "/v1/analyze", content=b"--y\r\nno form", headers={"content-type": kind}
    )
    check(response, "bad_request")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no picture", "unsupported_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "unsupported_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_picture"),
        (b"8BPS\x00\x01" + bytes(100), "unsupported_picture"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "unreadable_picture"),
        (b"RIFF\x10\x00\x00\x00WEBP" + bytes(100), "unreadable_picture"),
        (b"\x00\x00\x00\x1cftypavif" + bytes(100), "unreadable_picture"),
        (_png(20, 20), "unreadable_picture"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(100), "unsupported_picture"),
        (_png(60_000, 60_000), "too_many_pixels"),
        (_png(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    ],
)
def test_what_is_no_picture_that_can_be_used(service: Service, data: bytes, code: str) -> None:
    check(service.analyze(data), code)
    check(service.client.post("/v1/analyze", files={"picture": ("a.jpg", data)}), code)


def test_a_truncated_picture(service: Service, portrait: bytes) -> None:
    detail = check(service.analyze(portrait[: len(portrait) // 2]), "unreadable_picture")
    assert detail.startswith("The picture is damaged: ")


def test_a_picture_of_a_phone_is_within_the_limit_and_a_larger_one_names_the_setting(
    service: Service,
) -> None:
    for megapixels in (50, 108, 200):
        check(service.analyze(_png(10_000, 100 * megapixels)), "unreadable_picture")
    detail = check(service.analyze(_png(20_000, 15_000)), "too_many_pixels")
    assert "20000 x 15000 pixels; at most 200 megapixels are allowed by the setting" in detail
    assert "'max_pixels'" in detail


def test_a_picture_that_is_too_long(service: Service) -> None:
    line = encode(np.zeros((1, 40_000, 3), np.uint8), "PNG")
    assert "at most 32768 on a side" in check(service.analyze(line), "too_many_pixels")


def test_another_type(service: Service, portrait: bytes) -> None:
    for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
        response = service.client.post(
            "/v1/analyze", content=portrait, headers={"content-type": kind}
        )
        check(response, "unsupported_picture")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("max_faces", "0"), ("max_faces", "many"), ("cropped", "perhaps"), ("over", "0")),
        *(("certainty", "0.4"), ("certainty", "1.1"), ("certainty", "nan"), ("certainty", "none")),
    ],
)
def test_an_option_that_cannot_be(service: Service, portrait: bytes, name: str, value: str) -> None:
    detail = check(service.analyze(portrait, **{name: value}), "invalid_option")
    assert detail.startswith(f"The option '{name}' must be ")
    assert detail.endswith(f"; it is '{value}'.")


def test_a_challenge_needs_an_age_and_is_not_below_it(service: Service, portrait: bytes) -> None:
    detail = check(service.analyze(portrait, challenge=25), "invalid_option")
    assert detail == "The option 'challenge' needs the option 'over'."
    detail = check(service.analyze(portrait, over=18, challenge=12), "invalid_option")
    assert "challenge must be 18 to 99 years" in detail
    detail = check(service.analyze(portrait, over=18, certainty="off"), "invalid_option")
    assert "needs a certainty of 0.5 to 1" in detail


def test_an_attribute_that_the_model_lacks(service: Service, portrait: bytes) -> None:
    detail = check(service.analyze(portrait, attributes=["age", "hat"]), "invalid_option")
    assert "does not predict 'hat'" in detail
    assert "it predicts age, gender" in detail


def test_another_address_or_method(service: Service) -> None:
    for path in ("/nothing", "/v1/nothing", "/../settings.py", "/%2e%2e/settings.py"):
        check(service.client.get(path), "not_found")
    check(service.client.get("/v1/analyze"), "method_not_allowed")
    check(service.client.delete("/v1/model"), "method_not_allowed")
    check(service.client.post("/"), "method_not_allowed")


@pytest.fixture(scope="module")
def narrow(serve: Serve) -> Iterator[Service]:
    """A service with small bounds."""
    with serve(
        max_body_bytes=100_000,
        max_total_bytes=150_000,
        max_pictures=2,
        max_pixels=300_000,
        upload_timeout=1,
        max_requests=3,
    ) as service:
        yield service


def test_too_many_pictures(narrow: Service, small: bytes) -> None:
    parts = [("picture", ("a.jpg", small))] * 3
    check(narrow.client.post("/v1/analyze", files=parts), "too_many_pictures")
    assert narrow.client.post("/v1/analyze", files=parts[:2]).status_code == 200


def test_a_body_that_is_too_large(narrow: Service, small: bytes) -> None:
    large = small + bytes(5_000_000)
    check(narrow.analyze(large), "too_large")
    check(narrow.client.post("/v1/analyze", files={"picture": ("a.jpg", large)}), "too_large")
    in_parts = narrow.client.post(
        "/v1/analyze",
        content=(large[i : i + 20_000] for i in range(0, len(large), 20_000)),
        headers={"content-type": "image/jpeg"},
    )
    check(in_parts, "too_large")
    assert narrow.analyze(small).status_code == 200


def _answer(connection: socket.socket) -> httpx.Response:
    """Reads one answer from a bare connection."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        assert part, received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65536)
    return httpx.Response(int(status.split()[1]), headers=headers, content=body)


def test_a_body_is_not_asked_for_in_vain(narrow: Service) -> None:
    with narrow.connect() as connection:
        head = f"{_HEAD}Content-Length: 9000000\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(head.encode())
        check(_answer(connection), "too_large")


def test_a_body_that_does_not_come(narrow: Service) -> None:
    with narrow.connect() as connection:
        connection.sendall(f"{_HEAD}Content-Length: 1000\r\n\r\nhalf".encode())
        began = time.monotonic()
        check(_answer(connection), "timeout", 408)
        assert 0.8 < time.monotonic() - began < 5


def test_a_client_that_goes_away_leaves_nothing_behind(narrow: Service) -> None:
    narrow.client.get("/healthz")
    before = narrow.number("process_open_fds")
    for _ in range(10):
        with narrow.connect() as connection:
            connection.sendall(f"{_HEAD}Content-Length: 1000\r\n\r\nhalf".encode())
    until(lambda: narrow.number("process_open_fds") <= before)


def test_a_client_that_goes_away_is_not_worked_for(serve: Serve, portrait: bytes) -> None:
    with serve(workers=1) as service:
        for _ in range(20):
            with service.connect() as connection:
                head = f"{_HEAD}Content-Length: {len(portrait)}\r\n\r\n"
                connection.sendall(head.encode() + portrait)
        until(lambda: service.number("mien_requests_in_progress") == 0)
        assert service.number("mien_pictures_total") < 20
        assert service.analyze(portrait).status_code == 200


def test_more_than_it_can_hold(narrow: Service, small: bytes) -> None:
    with narrow.connect() as connection:
        connection.sendall(f"{_HEAD}Content-Length: 90000\r\n\r\n".encode() + bytes(89_000))
        time.sleep(0.2)
        response = narrow.analyze(small + bytes(70_000))
        check(response, "overloaded")
        assert response.headers["retry-after"] == "1"
    until(lambda: narrow.analyze(small + bytes(70_000)).status_code == 200)


def test_more_than_it_can_do_is_refused_at_once(serve: Serve, small: bytes) -> None:
    with serve(max_requests=1, workers=1) as service:
        parts = [("picture", ("a.jpg", small))] * 24
        answers: list[httpx.Response] = []

        def ask() -> None:
            with httpx.Client(base_url=service.url, timeout=60) as client:
                answers.append(client.post("/v1/analyze", files=parts))

        long = threading.Thread(target=ask)
        long.start()
        until(lambda: service.number("mien_requests_in_progress") == 1)
        response = service.analyze(small)
        assert long.is_alive(), "it was refused only after the other request"
        check(response, "overloaded")
        assert response.headers["retry-after"] == "1"
        long.join()
        assert answers[0].status_code == 200
        assert service.analyze(small).status_code == 200


def test_what_takes_too_long(serve: Serve, portrait: bytes) -> None:
    with serve(timeout=0.001) as service:
        detail = check(service.analyze(portrait), "timeout")
        assert "0.001 seconds" in detail
        until(lambda: service.number("mien_requests_in_progress") == 0)


def test_too_many_requests(serve: Serve) -> None:
    with serve(rate_limit=1, rate_burst=3) as service:
        answers = [service.client.get("/v1/model") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3
        check(answers[-1], "rate_limited")
        assert answers[-1].headers["retry-after"] == "1"
        assert service.client.get("/healthz").status_code == 200
        time.sleep(1.1)
        assert service.client.get("/v1/model").status_code == 200


def test_many_at_once_are_answered_or_refused(serve: Serve, small: bytes) -> None:
    with serve(max_requests=4) as service:
        statuses = []

        def ask() -> None:
            with httpx.Client(base_url=service.url, timeout=60) as client:
                response = client.post(
                    "/v1/analyze", content=small, headers={"content-type": "image/jpeg"}
                )
                statuses.append(response.status_code)

        threads = [threading.Thread(target=ask) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(statuses) <= {200, 503}
        assert len(statuses) == 24
        assert statuses.count(200) >= 4


def test_a_client_that_sends_a_byte_a_second_stops_no_other(serve: Serve, small: bytes) -> None:
    with serve(max_requests=2, workers=1) as service, contextlib.ExitStack() as stack:
        slow = [stack.enter_context(service.connect()) for _ in range(10)]
        for connection in slow:
            connection.sendall(f"{_HEAD}Content-Length: {len(small)}\r\n\r\n".encode())
        for i in range(3):
            for connection in slow:
                connection.sendall(small[i : i + 1])
            assert service.analyze(small).status_code == 200
            time.sleep(1)
        assert service.number("mien_requests_in_progress") == 0
        slow[0].sendall(small[3:])
        assert _answer(slow[0]).status_code == 200


def _ask_without_reading(service: Service, request: bytes) -> tuple[socket.socket, int]:
    """Sends a request again and again, until the service takes no more; reads no answer.

    Returns:
        The connection, and how many requests were sent.
    """
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", service.port))
    connection.settimeout(3)
    sent = 0
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(request)
            sent += 1
    return connection, sent


def test_a_client_that_does_not_read_its_answer_stops_no_other(serve: Serve, small: bytes) -> None:
    count = 32
    with serve(max_requests=2, workers=1) as service:
        parts = [("picture", ("x" * 4000, b"no picture"))] * count  # their names come back
        asked = service.client.build_request("POST", "/v1/analyze", files=parts)
        head = _HEAD.replace("image/jpeg", asked.headers["content-type"])
        body = asked.read()
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        connection, sent = _ask_without_reading(service, request)
        with connection:
            until(lambda: service.number("mien_requests_in_progress") == 0)
            for _ in range(3):
                assert service.analyze(small).status_code == 200
            assert count < service.number("mien_pictures_total") < count * sent, "it is not stuck"


def test_connections_that_ask_nothing_stop_no_other(service: Service, small: bytes) -> None:
    with contextlib.ExitStack() as stack:
        for i in range(200):
            connection = stack.enter_context(service.connect())
            connection.sendall((b"", b"POST /v1/ana")[i % 2])
        assert service.analyze(small).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends such connections")
def test_a_client_that_takes_no_answer_is_cut_off(serve: Serve) -> None:
    with serve(send_timeout=0.5) as service:
        before = service.number("process_open_fds")
        request = b"GET /sample.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100
        with _ask_without_reading(service, request)[0]:
            until(lambda: service.number("process_open_fds") <= before + 1)  # this side's


def test_a_client_that_leaves_in_the_middle_of_its_picture_is_no_error(
    serve: Serve, portrait: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with serve() as service:
        with service.connect() as connection:
            head = f"{_HEAD}Content-Length: {len(portrait)}\r\n\r\n".encode()
            connection.sendall(head + portrait[:1000])
        until(lambda: 'status="499"' in service.client.get("/metrics").text)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
