"""The page about the addresses of the service, made from its OpenAPI document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from mien import Analyzer
from mien.server.app import create_app
from mien.server.hosting.settings import Settings
from tools.site.tables import table

_HEAD = """\
# The service's API

This page is made from the OpenAPI document of the service, version {version}. The service itself
has it at `GET /openapi.json`. [The service](service.md) explains it with examples.
"""

Json = dict[str, Any]


def document() -> Json:
    """Returns the OpenAPI document as a client gets it."""

    async def asked() -> Json:
        transport = httpx.ASGITransport(create_app(Settings(), Analyzer()))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get("/openapi.json")
        found: Json = answer.raise_for_status().json()
        return found

    return asyncio.run(asked())


def page() -> str:
    """Returns the page as Markdown."""
    described = document()
    return "\n".join(_lines(described)) + "\n"


def _lines(described: Json) -> Iterator[str]:
    yield _HEAD.format(version=described["info"]["version"])
    yield described["info"]["description"]
    yield "## Addresses\n"
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield from _operation(f"{method.upper()} {path}", operation)
    yield "## Messages\n"
    for name, schema in sorted(described["components"]["schemas"].items()):
        yield f"### {name} {{ #{_anchor(name)} }}\n"
        yield f"{schema['description']}\n"
        yield table(("member", "type", "meaning"), _members(schema))


def _operation(title: str, operation: Json) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"{operation['summary']}. {operation.get('description', '')}\n"
    if "requestBody" in operation:
        body = operation["requestBody"]
        kinds = ", ".join(f"`{kind}`" for kind in body["content"])
        yield f"**Body** ({kinds}): {body['description']}\n"
    if "parameters" in operation:
        yield "**Options**, given in the address:\n"
        yield table(
            ("option", "type", "if not given", "meaning"),
            (
                (
                    f"`{option['name']}`",
                    _type(option["schema"]),
                    f"`{json.dumps(option['schema']['default'])}`"
                    if option["schema"].get("default") not in (None, [])
                    else "–",
                    option["description"],
                )
                for option in operation["parameters"]
            ),
        )
    yield "**Answers**:\n"
    yield table(("status", "body", "meaning"), map(_answer, operation["responses"].items()))


def _answer(response: tuple[str, Json]) -> tuple[str, str, str]:
    status, described = response
    kinds = described.get("content", {})
    codes = [code for kind in kinds.values() for code in kind.get("examples", {})]
    bodies = [_type(kind["schema"]) for kind in kinds.values()]
    meaning = described["description"].rstrip(".") + "."
    if codes:
        meaning += f" Code: {', '.join(f'`{code}`' for code in codes)}."
    return status, ", ".join(bodies) or "–", meaning


def _members(schema: Json) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, member in schema["properties"].items():
        optional = "" if name in required else "*Not always present.* "
        yield f"`{name}`", _type(member), optional + member.get("description", "")


def _type(schema: Mapping[str, Any]) -> str:
    """Returns a JSON schema in words."""
    match schema:
        case {"$ref": ref}:
            name = str(ref).rpartition("/")[2]
            return f"[{name}](#{_anchor(name)})"
        case {"anyOf": choices}:
            return " or ".join(map(_type, choices))
        case {"const": value}:
            return f"`{json.dumps(value)}`"
        case {"enum": values}:
            return " or ".join(f"`{json.dumps(value)}`" for value in values)
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"object of {_type(values)}"
        case {"minimum": low, "maximum": high}:
            return f"{schema['type']}, {low} to {high}"
        case {"minimum": low}:
            return f"{schema['type']}, at least {low}"
        case {"type": simple}:
            return str(simple)
    raise ValueError(f"there are no words for the JSON schema {schema}")


def _anchor(name: str) -> str:
    return f"message-{name.lower()}"
