"""Addresses and methods: HEAD, HTTP/1.0, paths of a proxy, and what is said of wrong ones."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urljoin

import httpx
import pytest
import websockets
from served import Serve, Service
from test_problems import check
from test_protection import KEY, closed

GET_PATHS = ("/", "/css/base.css", "/sample.jpg", "/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize("path", [*GET_PATHS, "/v1/model", "/openapi.json"])
def test_head_answers_as_get(service: Service, path: str) -> None:
    get, head = service.client.get(path), service.client.head(path)
    assert head.status_code == get.status_code == 200
    assert head.content == b""
    varying = {"date", "content-length"} if path == "/metrics" else {"date"}
    told = [
        {name: value for name, value in answer.headers.items() if name not in varying}
        for answer in (get, head)
    ]
    assert told[0] == told[1]


def test_head_of_what_is_not_there(service: Service) -> None:
    assert service.client.head("/v1/analyze").headers["allow"] == "POST"
    assert service.client.head("/nothing").status_code == 404
    assert service.client.delete("/healthz").headers["allow"] == "GET, HEAD"


def _ask(service: Service, request: bytes) -> bytes:
    """Sends a request of HTTP/1.0 as it is; returns all that comes until the connection ends."""
    with service.connect() as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_http_1_0(service: Service, small: bytes) -> None:
    assert _ask(service, b"GET /healthz HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\nok\n")
    assert b" 200 OK\r\n" in _ask(service, b"HEAD /healthz HTTP/1.0\r\n\r\n")
    head = b"POST /v1/analyze HTTP/1.0\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
    answer = _ask(service, head % len(small) + small)
    assert len(json.loads(answer.partition(b"\r\n\r\n")[2])["pictures"][0]["faces"]) == 1
    # A browser always says the name, whichever version it speaks.
    other = _ask(service, b"GET /healthz HTTP/1.0\r\nHost: evil.example\r\n\r\n")
    assert b" 403 Forbidden\r\n" in other


@pytest.mark.parametrize(
    ("method", "path", "meant"),
    [
        ("POST", "/v1/analyze/", "/v1/analyze"),
        ("POST", "/V1/Analyze", "/v1/analyze"),
        ("POST", "/v1/analyse", "/v1/analyze"),
        ("POST", "/analyze", "/v1/analyze"),
        ("GET", "/healthz/", "/healthz"),
        ("GET", "/v1/models", "/v1/model"),
        ("GET", "/v1/streams", "/v1/stream"),
    ],
)
def test_an_address_that_is_nearly_right(
    service: Service, small: bytes, method: str, path: str, meant: str
) -> None:
    detail = check(service.client.request(method, path, content=small), "not_found")
    assert detail == f"There is nothing at {path}; you may mean {meant}."


def test_a_stream_is_no_page_and_a_page_no_stream(service: Service) -> None:
    answer = service.client.get("/v1/stream")
    assert "ws://" in check(answer, "bad_request", 426)
    assert answer.headers["upgrade"] == "websocket"
    for path in ("/", "/v1/stream/", "/v1/analyze", "/nothing"):
        code, reason = closed(f"ws://127.0.0.1:{service.port}{path}")
        assert (code, reason) == (1008, "There is no stream at this address; it is at /v1/stream.")


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "deflate, gzip"])
def test_a_compressed_body(service: Service, small: bytes, encoding: str) -> None:
    kind = {"content-type": "image/jpeg", "content-encoding": encoding}
    answer = service.client.post("/v1/analyze", content=gzip.compress(small), headers=kind)
    assert "send it as it is" in check(answer, "bad_request", 415)
    plain = service.client.post(
        "/v1/analyze", content=small, headers=kind | {"content-encoding": "identity"}
    )
    assert plain.status_code == 200


@pytest.mark.parametrize("path", ["/v1/analyze", "/v1/explain"])
def test_an_unknown_option(service: Service, small: bytes, path: str) -> None:
    kind = {"content-type": "image/jpeg"}
    answer = service.client.post(f"{path}?max_face=2", content=small, headers=kind)
    detail = check(answer, "invalid_option")
    assert detail.startswith("There is no option 'max_face'; the options are ")
    assert "max_faces" in detail


def test_an_unknown_option_of_a_stream(service: Service) -> None:
    async def ask() -> dict:
        async with websockets.connect(service.stream) as stream:
            await stream.send('{"max_face": 2}')
            return json.loads(await asyncio.wait_for(stream.recv(), 20))

    error = asyncio.run(ask())["error"]
    assert error["code"] == "invalid_option"
    assert error["message"].startswith("There is no option 'max_face'; the options are key, max_f")


def test_an_option_in_the_form(service: Service, small: bytes) -> None:
    files = {"picture": ("a.jpg", small)}
    answer = service.client.post("/v1/analyze", files=files, data={"max_faces": "2"})
    detail = check(answer, "invalid_option")
    assert detail == "The option 'max_faces' belongs in the address: ?max_faces=VALUE."
    other = service.client.post("/v1/analyze", files=files, data={"maxfaces": "1"})
    detail = check(other, "invalid_option")
    assert detail.startswith("There is no option 'maxfaces'; the options are cropped, max_faces, ")


def test_names_of_a_forms_parts(service: Service, small: bytes) -> None:
    names = ["image", "file", "picture", "files", "files[]", "files[0]", "Image", "upload", "photo"]
    parts = [(name, (f"{name}.jpg", small)) for name in names]
    answer = service.client.post("/v1/analyze", files=parts)
    assert [one["path"] for one in answer.json()["pictures"]] == [f"{name}.jpg" for name in names]


# Behind a proxy's path


@pytest.fixture(scope="module", params=["/mien", "/a/b.c"])
def behind(serve: Serve, request: pytest.FixtureRequest) -> Iterator[tuple[Service, str]]:
    """A service with a key behind a path, and the path."""
    with serve(key=KEY, root_path=request.param) as service:
        yield service, request.param


@pytest.mark.parametrize("strips", [True, False], ids=["stripped", "not stripped"])
def test_behind_a_path(behind: tuple[Service, str], small: bytes, strips: bool) -> None:
    service, prefix = behind
    base = "" if strips else prefix  # of what reaches the service

    def through_the_proxy(url: str) -> str:
        """Returns what reaches the service for an address that a browser sees."""
        path = url.removeprefix(service.url)
        assert path.startswith(f"{prefix}/"), url
        return service.url + base + path.removeprefix(prefix)

    seen = f"{service.url}{prefix}/"
    opened = httpx.get(through_the_proxy(seen), params={"key": KEY, "lang": "de"})
    assert opened.status_code == 303
    assert opened.headers["location"] == f"{prefix}/?lang=de"
    cookie = opened.headers["set-cookie"]
    assert f"; Path={prefix};" in cookie
    kept = {"cookie": cookie.partition(";")[0]}

    page = httpx.get(through_the_proxy(urljoin(seen, opened.headers["location"])))
    (based,) = re.findall(r'<base href="([^"]*)">', page.text)
    assert based == f"{prefix}/"
    assert "base-uri 'self'" in page.headers["content-security-policy"]
    files = re.findall(r'(?:src|href)="([\w/.-]+\.(?:js|css|svg))"', page.text)
    assert len(files) > 5
    for file in files:
        # Also where the browser's address has no slash at its end.
        address = urljoin(f"{service.url}{prefix}", urljoin(based, file))
        assert httpx.get(through_the_proxy(address)).status_code == 200

    analyze = through_the_proxy(f"{seen}v1/analyze")
    answer = httpx.post(
        analyze, content=small, headers=kept | {"content-type": "image/jpeg"}, timeout=60
    )
    assert len(answer.json()["pictures"][0]["faces"]) == 1
    described = httpx.get(through_the_proxy(f"{seen}openapi.json"), headers=kept).json()
    assert described["servers"] == [{"url": prefix}]

    async def stream() -> dict:
        address = through_the_proxy(f"{seen}v1/stream").replace("http", "ws", 1)
        async with websockets.connect(address, additional_headers=kept) as opened_stream:
            await opened_stream.send(small)
            return json.loads(await asyncio.wait_for(opened_stream.recv(), 20))

    assert len(asyncio.run(stream())["faces"]) == 1


@pytest.mark.parametrize("strips", [True, False], ids=["stripped", "not stripped"])
def test_hints_have_the_path(behind: tuple[Service, str], strips: bool) -> None:
    service, prefix = behind
    base = "" if strips else prefix
    sent = service.client.post(f"{base}/v1/analyze/", headers={"x-api-key": KEY})
    detail = check(sent, "not_found")
    assert detail == f"There is nothing at {prefix}/v1/analyze/; you may mean {prefix}/v1/analyze."
    code, reason = closed(f"ws://127.0.0.1:{service.port}{base}/v1/streams?key={quote(KEY)}")
    assert code == 1008
    assert reason.endswith(f"it is at {prefix}/v1/stream.")


def test_the_path_without_a_slash(behind: tuple[Service, str]) -> None:
    service, prefix = behind
    answer = service.client.get(f"{prefix}?lang=de")
    assert (answer.status_code, answer.headers["location"]) == (307, f"{prefix}/?lang=de")
    check(service.client.post(prefix), "method_not_allowed")
    check(service.client.get(f"{prefix}x/"), "not_found")


def test_a_path_does_not_lead_elsewhere(behind: tuple[Service, str]) -> None:
    service, prefix = behind
    for path in ("//evil.example", f"{prefix}//evil.example", f"{prefix}/\\evil.example"):
        request = f"GET {path}?key={KEY.replace(' ', '%20')} HTTP/1.0\r\n\r\n"
        location = re.search(rb"\r\nlocation: (\S+)", _ask(service, request.encode()))
        assert location
        assert location[1].replace(b"%5C", b"") == f"{prefix}/evil.example".encode()


def test_requests_behind_a_path_are_counted_by_their_own(behind: tuple[Service, str]) -> None:
    service, prefix = behind
    before = service.client.get("/metrics", headers={"x-api-key": KEY}).text
    service.client.get(f"{prefix}/readyz")
    after = service.client.get(f"{prefix}/metrics", headers={"x-api-key": KEY}).text
    count = re.compile(r'mien_requests_total{path="/readyz",status="200"} (\S+)')
    assert float(count.findall(after)[0]) == float(count.findall(before)[0]) + 1


def test_without_a_path_the_page_has_no_base(service: Service) -> None:
    page = service.client.get("/")
    assert "<base" not in page.text
    assert "base-uri 'none'" in page.headers["content-security-policy"]
    assert "servers" not in service.client.get("/openapi.json").json()
