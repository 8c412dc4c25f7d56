"""The messages of a stream: texts with options and frames, which are pictures."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from PIL import Image
from pydantic import TypeAdapter

from fuzz import asgi
from mien.assets import ASTRONAUT
from mien.server.schemas import StreamAnswer, StreamError

_BETWEEN = b"\n--\n"
_TEXT = b"T"
_ANSWERS: TypeAdapter[object] = TypeAdapter(StreamAnswer | StreamError)
_CLOSED_BY_RULE = (1008, 1009)


def run(data: bytes) -> None:
    """Sends the messages; each begins with T if it is a text.

    Args:
        data: Messages with a line of two hyphens between them.
    """
    messages = [
        part[1:].decode("utf-8", "replace") if part[:1] == _TEXT else part[1:]
        for part in data.split(_BETWEEN)[:6]
    ]
    accepted, *sent = asgi.stream(messages)
    assert accepted["type"] == "websocket.accept"
    for message in sent:
        if message["type"] == "websocket.close":
            assert message["code"] in _CLOSED_BY_RULE, message
            continue
        answer = json.loads(message["text"])
        _ANSWERS.validate_python(answer, strict=True)
        assert answer.get("error", {}).get("code") != "internal", answer
        json.dumps(answer, allow_nan=False)


def seeds() -> Iterator[bytes]:
    """Makes a few conversations."""
    face = Image.open(ASTRONAUT).crop((140, 40, 300, 200)).resize((64, 64))
    frames = []
    for form in ("JPEG", "WEBP", "PNG", "GIF"):
        buffer = io.BytesIO()
        face.save(buffer, form)
        frames.append(b"B" + buffer.getvalue())
    texts = [
        b'T{"max_faces": 1, "certainty": 0.9}',
        b'T{"certainty": "off", "attributes": []}',
        b'T{"attributes": ["ethnicity"]}',
        b'T{"max_faces": null, "key": "x"}',
        b'T{"max_faces": -1}',
    ]
    yield from frames
    for text in texts:
        yield _BETWEEN.join((text, frames[0][:2000], text))
    yield _BETWEEN.join((frames[0], texts[0], frames[1], texts[1], frames[0]))
