"""What clients may use the service, and from where."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st
from served import Serve, Service
from test_problems import check

from mien.server.middleware.limits import TokenBuckets
from mien.server.middleware.security import HostCheck, host_name

KEY = "a key that is long enough"


def closed(
    address: str, first: str | bytes | None = None, **options: object
) -> tuple[int | None, str]:
    """Opens a stream; returns how it was closed."""

    async def run() -> tuple[int | None, str]:
        async with websockets.connect(address, **options) as stream:
            if first is not None:
                await stream.send(first)
            async with asyncio.timeout(10):
                with contextlib.suppress(websockets.ConnectionClosed):
                    while True:
                        await stream.recv()
            return stream.close_code, stream.close_reason or ""

    return asyncio.run(run())


def test_browsers_are_told_what_a_page_may_do(service: Service) -> None:
    for path in ("/", "/v1/model", "/nothing", "/sample.jpg"):
        headers = service.client.get(path).headers
        policy = dict(
            part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["img-src"] == "'self' blob: data:"
        own = f"127.0.0.1:{service.port}"
        assert policy["connect-src"] == f"'self' ws://{own} wss://{own}"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["permissions-policy"].startswith("camera=(self)")
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


HOSTS = ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "192.0.2.1", "", "a b", "["]


@pytest.mark.parametrize("host", HOSTS)
def test_another_host(service: Service, host: str) -> None:
    for path in ("/", "/v1/model", "/healthz"):
        check(service.client.get(path, headers={"host": host}), "forbidden_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1:80", "[::1]:8000"])
def test_the_hosts_of_this_machine(service: Service, host: str) -> None:
    assert service.client.get("/v1/model", headers={"host": host}).status_code == 200


def test_a_service_for_others_has_addresses_and_the_names_given() -> None:
    wide = HostCheck(None, "0.0.0.0", ["Faces.Example"])  # type: ignore[arg-type]
    for host in ("192.0.2.1:8000", "[2001:db8::1]", "faces.example", "localhost:8000"):
        assert wide._allowed(host), host
    for host in ("evil.example", "faces.example.evil", "", "faces.example:x"):
        assert not wide._allowed(host), host
    assert HostCheck(None, "127.0.0.1", ["*"])._allowed("any.example")  # type: ignore[arg-type]


@given(st.text(max_size=30) | st.from_regex(r"[a-z\[\]:.@/\\%0-9]{0,20}", fullmatch=True))
def test_no_host_header_gets_into_the_policy_with_more_than_a_host(host: str) -> None:
    if host_name(host) is not None:
        assert not set(host) & set(" ;,'\"@/\\%?#\r\n")


ORIGINS = ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1.evil.example"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_page_of_another_site(service: Service, portrait: bytes, origin: str) -> None:
    kind = {"content-type": "image/jpeg", "origin": origin}
    answer = service.client.post("/v1/analyze", content=portrait, headers=kind)
    assert "--allowed-origin" in check(answer, "forbidden_origin")
    asked = {"origin": origin, "access-control-request-method": "POST"}
    check(service.client.options("/v1/analyze", headers=asked), "forbidden_origin")
    code, reason = closed(service.stream, origin=origin)
    assert code == 1008
    assert "another site" in reason


def test_the_page_of_the_service_itself(service: Service, portrait: bytes) -> None:
    kind = {"content-type": "image/jpeg", "origin": service.url}
    response = service.client.post("/v1/analyze", content=portrait, headers=kind)
    assert response.status_code == 200


def test_a_form_of_another_site_in_a_browser_that_tells_no_origin(
    service: Service, portrait: bytes
) -> None:
    for site, allowed in (("cross-site", False), ("same-site", False), ("same-origin", True)):
        kind = {"content-type": "image/jpeg", "sec-fetch-site": site}
        response = service.client.post("/v1/analyze", content=portrait, headers=kind)
        assert (response.status_code == 200) is allowed


def test_another_host_for_a_stream(service: Service) -> None:
    # The name is asked for, as after DNS rebinding, but the connection goes to the service.
    address = f"ws://evil.example:{service.port}/v1/stream"
    code, reason = closed(address, host="127.0.0.1", port=service.port)
    assert code == 1008
    assert "this name" in reason


def test_other_sites_only_if_configured(serve: Serve, small: bytes) -> None:
    friend = "https://friend.example"
    with serve(allowed_origins=[friend]) as service:
        asked = {
            "origin": friend,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        }
        allowed = service.client.options("/v1/analyze", headers=asked)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == friend
        kind = {"content-type": "image/jpeg", "origin": friend}
        response = service.client.post("/v1/analyze", content=small, headers=kind)
        assert response.headers["access-control-allow-origin"] == friend
        evil = service.client.options("/v1/analyze", headers=asked | {"origin": "http://x.example"})
        assert "access-control-allow-origin" not in evil.headers
        assert "--allowed-origin" in check(evil, "forbidden_origin")


@pytest.fixture(scope="module")
def locked(serve: Serve) -> Iterator[Service]:
    """A service with a key."""
    with serve(key=KEY) as service:
        yield service


@pytest.mark.parametrize(
    "headers",
    [{"authorization": f"Bearer {KEY}"}, {"x-api-key": KEY}, {"authorization": f"bearer {KEY}"}],
)
def test_with_the_key(locked: Service, small: bytes, headers: dict[str, str]) -> None:
    response = locked.client.post(
        "/v1/analyze", content=small, headers={"content-type": "image/jpeg", **headers}
    )
    assert response.status_code == 200
    assert locked.client.get("/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": f"Bearer {KEY}x"},
        {"authorization": f"Basic {KEY}"},
        {"x-api-key": ""},
        {"x-api-key": "é"},
        {"cookie": f"mien_key={KEY}"},
        {"cookie": "mien_key=;;="},
    ],
)
def test_without_the_key(locked: Service, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
    for path in ("/v1/model", "/metrics", "/openapi.json"):
        response = locked.client.get(path, headers=raw)
        check(response, "unauthorised")
        assert response.headers["www-authenticate"] == "Bearer"


def test_what_needs_no_key(locked: Service) -> None:
    for path in ("/", "/healthz", "/readyz", "/sample.jpg"):
        assert locked.client.get(path).status_code == 200


def test_a_browser_gets_a_cookie_for_the_key(locked: Service, small: bytes) -> None:
    wrong = locked.client.get("/", params={"key": "wrong"})
    check(wrong, "unauthorised")
    opened = locked.client.get("/", params={"key": KEY, "lang": "de"}, follow_redirects=False)
    assert opened.status_code == 303
    assert opened.headers["location"] == "/?lang=de"
    cookie = opened.headers["set-cookie"]
    assert KEY not in cookie
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    kept = {"cookie": cookie.partition(";")[0], "content-type": "image/jpeg"}
    assert locked.client.post("/v1/analyze", content=small, headers=kept).status_code == 200
    assert locked.client.get("/v1/model", params={"key": KEY}).status_code == 200


def test_the_key_does_not_lead_elsewhere(locked: Service) -> None:
    for path in ("//evil.example/", "/\\evil.example", "///evil.example"):
        with locked.connect() as connection:
            target = f"{path}?key={KEY.replace(' ', '%20')}"
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert b"\r\nlocation: /evil.example" in connection.recv(4096)


def test_a_stream_with_the_key(locked: Service, small: bytes) -> None:
    async def first_answer(address: str, options: str | None, **headers: str) -> dict:
        async with websockets.connect(address, additional_headers=headers) as stream:
            if options is not None:
                await stream.send(options)
            await stream.send(small)
            return json.loads(await asyncio.wait_for(stream.recv(), 20))

    ways = [
        (locked.stream, json.dumps({"key": KEY, "max_faces": 3}), {}),
        (f"{locked.stream}?key={KEY.replace(' ', '%20')}", None, {}),
        (locked.stream, None, {"Authorization": f"Bearer {KEY}"}),
    ]
    for address, options, headers in ways:
        assert asyncio.run(first_answer(address, options, **headers))["frame"] == 0


@pytest.mark.parametrize(
    "first", [b"frame", "{}", '{"key": "wrong"}', '{"key": 7}', '{"key": null}']
)
def test_a_stream_without_the_key(locked: Service, first: str | bytes) -> None:
    assert closed(locked.stream, first) == (1008, "Send the API key in the first message.")


def test_a_stream_with_a_wrong_key(locked: Service) -> None:
    assert closed(f"{locked.stream}?key=wrong")[0] == 1008


def test_streams_count_as_requests_of_a_client(serve: Serve) -> None:
    with serve(rate_limit=0.1, rate_burst=1) as service:
        assert service.client.get("/v1/model").status_code == 200
        assert closed(service.stream)[0] == 1008


@given(
    rate=st.floats(0.1, 100),
    burst=st.floats(1, 50),
    steps=st.lists(st.floats(0, 5), max_size=60),
)
def test_no_client_gets_more_tokens_than_there_are(
    rate: float, burst: float, steps: list[float]
) -> None:
    buckets = TokenBuckets(rate, burst)
    now, taken = 0.0, 0
    for step in steps:
        now += step
        wait = buckets.take("a", now)
        taken += wait == 0
        assert 0 <= wait <= 1 / rate
        assert taken <= burst + rate * now + 1e-6
    assert buckets.take("a", now + 1 / rate + 1e-6) == 0
    assert buckets.take("b", now) == 0


def test_so_many_clients_are_remembered_and_no_more() -> None:
    buckets = TokenBuckets(1, 1, clients=100)
    for client in range(1000):
        assert buckets.take(str(client), 0) == 0
    assert len(buckets._buckets) == 100
    assert buckets.take("999", 0) > 0
