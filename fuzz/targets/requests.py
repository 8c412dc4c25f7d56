"""Requests to the service: addresses, options, headers, forms."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from PIL import Image

from fuzz import asgi
from fuzz.strategies import extremes
from mien.server.problems import KINDS

_PATHS = (
    *("/v1/analyze", "/v1/analyze", "/v1/explain", "/v1/audience", "/v1/model", "/healthz"),
    *("/readyz", "/metrics"),
    *("/openapi.json", "/", "/v1/stream", "/../etc/passwd", "/%2e%2e/x", "/js/\0", "/é", "/v1/"),
)
_OPTIONS = (
    *("cropped", "max_faces", "attributes", "certainty", "chips", "distribution", "aligned"),
    *("key", "x"),
)
_HEADERS = (
    *("content-type", "content-length", "content-encoding", "origin", "host", "cookie", "range"),
    *("authorization", "x-api-key", "if-none-match", "if-modified-since", "sec-fetch-site"),
    *("access-control-request-method", "transfer-encoding", "accept-encoding", "x"),
)
_TYPES = (
    *("image/jpeg", "application/octet-stream", "multipart/form-data; boundary=b", "text/plain"),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"),
    "application/json",
)
_texts = st.text(max_size=8) | extremes.map(str) | st.sampled_from(("true", "off", "1", "0.9"))


def _small() -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(buffer, "PNG")
    return buffer.getvalue().decode("latin-1")


_PICTURE = _small()
_part = st.tuples(
    st.sampled_from(
        (
            'form-data; name="picture"; filename="a.png"',
            'form-data; name="files[]"; filename="\0"',
            *("form-data; name=picture", "form-data", "", "form-data; name*=utf-8''%ff"),
            'form-data; name="max_faces"',
        )
    ),
    st.sampled_from((_PICTURE, _PICTURE[:40], "1", "")),
).map(lambda part: f"--b\r\nContent-Disposition: {part[0]}\r\n\r\n{part[1]}\r\n")
_form = st.tuples(
    st.lists(_part, max_size=4).map("".join), st.sampled_from(("--b--\r\n", "", "--"))
)

INPUTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(("POST", "POST", "GET", "HEAD", "OPTIONS", "PUT", "BREW")),
        "path": st.sampled_from(_PATHS) | st.text(max_size=8).map(lambda text: f"/{text}"),
        "options": st.lists(st.tuples(st.sampled_from(_OPTIONS), _texts), max_size=3),
        "type": st.sampled_from(_TYPES),
        "headers": st.lists(st.tuples(st.sampled_from(_HEADERS), _texts), max_size=2),
        "body": st.lists(
            st.sampled_from((_PICTURE, "", '{"faces": []}', '{"faces": [{"attributes": {}}]}'))
            | _form.map("".join)
            | st.text(max_size=9),
            max_size=3,
        ),
    }
).map(lambda request: json.dumps(request).encode())


def run(data: bytes) -> None:
    """Sends a request; what is wrong with it is answered with a problem, never with "internal"."""
    given: dict[str, Any] = json.loads(data)
    headers = [("content-type", given["type"]), *given["headers"]]
    status, answered, body = asgi.request(
        given["method"],
        _utf8(given["path"]).decode(),
        urlencode([(name, _utf8(value)) for name, value in given["options"]]).encode(),
        [(name.encode(), _utf8(value)) for name, value in headers],
        [part.encode("latin-1", "replace") for part in given["body"]],
    )
    assert 200 <= status < 500 or given["path"] == "/readyz", (status, body)
    if answered.get(b"content-type") == b"application/problem+json":
        problem = json.loads(body)
        assert KINDS[problem["code"]]
        assert problem["status"] == status
        assert len(problem["detail"]) < 5000
    elif answered.get(b"content-type") == b"application/json":
        json.loads(body)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
